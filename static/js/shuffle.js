// The options of a form in an order of this browser's own: the same on every visit, another one for each question.

import { enhances } from "./forms.js";

const code = document.getElementById("earlier").dataset.code;

// Nothing is kept before an order is wanted.
let seed = null;
export const own = () => (seed ??= kept());

function kept() {
  const key = `order:${code}`;
  try {
    const known = localStorage.getItem(key) ?? String(Math.floor(Math.random() * 2 ** 31));
    localStorage.setItem(key, known);
    return known;
  } catch {
    return "";                                  // nothing can be kept: the order of the ballot
  }
}

// A number for a text, well spread: FNV-1a, 32 bits (Fowler, Noll, Vo).
export function spread(text) {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

function enhance(form) {
  const list = form.querySelector("[data-shuffle]");
  for (const [key, label] of Object.entries(JSON.parse(list?.dataset.labels ?? "{}"))) {
    list.querySelector(`input[value="${key}"]`).labels[0].textContent = label;
  }
  if (!list || !own()) return;
  const place = (choice) => spread(`${own()} ${form.elements.question.value} ${choice.querySelector("input").value}`);
  const order = [...list.children].sort((one, other) => place(one) - place(other));
  if (order.some((choice, at) => choice !== list.children[at])) list.append(...order);   // moving takes the focus away
}

enhances("shuffle", enhance);
