// A form of points: what is left is counted while people write, and buttons and arrow keys give and take points.

import { enhances } from "./forms.js";

const STEPS = 20;               // presses from nothing to all points
const SAY_AFTER = 1000;         // a screen reader hears what is left when the writing rests

const enhanced = new WeakSet();

const fieldsOf = (form) => [...form.querySelectorAll('input[name^="answer."]')];
const isWhole = (field) => /^\s*\d*\s*$/.test(field.value);
const points = (field) => Number(field.value) || 0;

// Called again whenever something has come in: the page may have been renewed under the form.
function enhance(form) {
  if (!enhanced.has(form)) {
    enhanced.add(form);
    listen(form);
  }
  form.querySelectorAll("[data-by], [data-rest]").forEach((made) => { made.hidden = false; });
  show(form);
}

function listen(form) {
  form.addEventListener("input", () => changed(form));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-by]");
    if (button) give(form, button.parentElement.querySelector("input"), Number(button.dataset.by));
  });
  form.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by || !fieldsOf(form).includes(event.target)) return;
    event.preventDefault();
    give(form, event.target, by);
  });
}

const left = (form) => Number(form.querySelector(".sg-give").dataset.points) - fieldsOf(form).reduce((sum, field) => sum + points(field), 0);

// The last step gives just what is left, so that nobody needs to reckon.
function give(form, field, by) {
  const step = Math.max(1, Math.round(Number(form.querySelector(".sg-give").dataset.points) / STEPS));
  const has = points(field);
  field.value = by > 0 ? has + Math.max(0, Math.min(step, left(form))) : Math.max(0, has - step);
  changed(form);
}

let saying = 0;

function changed(form) {
  show(form);
  clearTimeout(saying);
  saying = setTimeout(() => { form.querySelector("[data-said]").textContent = words(form); }, SAY_AFTER);
}

function words(form) {
  const { dataset } = form.querySelector(".sg-give");
  const rest = left(form);
  if (!fieldsOf(form).every(isWhole)) return dataset.unread;
  if (!rest) return dataset.none;
  const one = Math.abs(rest) === 1;
  const sentence = rest > 0 ? (one ? dataset.leftOne : dataset.left) : (one ? dataset.overOne : dataset.over);
  return sentence.replace("{n}", Math.abs(rest).toLocaleString(document.documentElement.lang));
}

// After a refusal the fields say that they are meant, and by what, until they are mended: those that are no number, else
// all of a wrong sum.
function blame(form, rest) {
  const wrong = document.getElementById(`wrong-${form.elements.question.value}-${form.elements.wave.value}`);
  const fields = fieldsOf(form);
  fields.forEach((field) => {
    const meant = wrong && rest && (!isWhole(field) || fields.every(isWhole));
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", wrong?.id]]) {
      if (meant) field.setAttribute(name, value);
      else field.removeAttribute(name);
    }
  });
}

function show(form) {
  const place = form.querySelector("[data-rest]");
  const rest = fieldsOf(form).every(isWhole) ? left(form) : -1;
  const said = words(form);
  if (place.textContent !== said) place.textContent = said;
  place.classList.toggle("is-none", !rest);
  place.classList.toggle("is-over", rest < 0);
  blame(form, rest);
  form.querySelectorAll("[data-by]").forEach((button) => {
    const has = points(button.parentElement.querySelector("input"));
    button.setAttribute("aria-disabled", String(button.dataset.by === "1" ? rest <= 0 : !has));
  });
}

enhances("points", enhance);
