// Statements one after the other, in an order of this browser's own. They come in pages that never change; the frame says
// how many there are and what the pages are called. When some are added, the last page is another one. Pages are fetched as they are needed, not by all phones at once.

import { enhances } from "./forms.js";
import { waiting } from "./kept.js";
import { spread, own } from "./shuffle.js";

const PAGE = 50;
const FETCHED_WITHIN = 10000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
const ARRIVALS = 2500;          // phones a second that may ask for a page
const SENT_AT_ONCE = 40;        // answers in one message

const running = new WeakMap();  // box → what goes on in it

function enhance(form) {
  const box = form.querySelector("[data-parts]");
  if (!running.has(box)) running.set(box, begin(form, box));
  running.get(box)();
}

function begin(form, box) {
  const [one, done] = box.querySelectorAll("template");
  const question = form.elements.question.value;
  const wave = form.elements.wave.value;
  const texts = new Map();
  const pages = new Map();      // name of a page → fetching it
  const counted = new Map();    // what the server has told us, and what is on its way to it
  const unsent = new Map();
  let number = 0;
  let shown = null;             // the part on the page; "" when all are answered
  let passed = [];              // parts answered here, to go back to

  for (const [name, value] of Object.entries(waiting(question, wave) ?? {})) {
    if (name.startsWith("answer.")) unsent.set(name.slice(7), value);
  }

  const place = (key) => spread(`${own()} ${question} ${key}`);
  const names = () => box.dataset.pages.split(" ");
  const gone = () => (box.dataset.gone ?? "").split(" ");
  const every = () => Array.from({ length: Number(box.dataset.parts) }, (_, at) => `o${at + 1}`);
  const keys = () => every().filter((key) => !gone().includes(key));
  const choice = (key) => unsent.get(key) ?? counted.get(key);

  function following() {
    const rest = keys().filter((key) => choice(key) === undefined);
    return rest.length ? rest.reduce((first, key) => (place(key) < place(first) ? key : first)) : "";
  }

  // Gives whether it is known what has been answered: the page of somebody who has comes before the answers do.
  function readReceipt() {
    const place = document.getElementById(`receipt-${question}-${wave}`);
    const told = place?.querySelector("[data-answer]");
    if (!told) return !place;
    number = Math.max(number, Number(told.dataset.number));
    counted.clear();
    for (const piece of told.dataset.answer.split(" ")) {
      const [key, value] = piece.split("=");
      if (value) counted.set(key, value);
      if (unsent.get(key) === value) unsent.delete(key);
    }
    return true;
  }

  async function fetchPage(at) {
    let pause = FIRST_PAUSE;
    for (;;) {
      try {
        const answer = await fetch(box.dataset.url + names()[at], { signal: AbortSignal.timeout?.(FETCHED_WITHIN) });
        if (!answer.ok) throw new Error(`page: ${answer.status}`);
        (await answer.json()).forEach((text, line) => texts.set(`o${at * PAGE + line + 1}`, text));
        return;
      } catch {
        await new Promise((resolve) => { setTimeout(resolve, pause * (0.6 + 0.8 * Math.random())); });
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  // The first comes at once where few are there; with many, each waits a share of the time that all of them take.
  async function load(key, spreadOver) {
    const at = Math.floor((Number(key.slice(1)) - 1) / PAGE);
    const name = names()[at];
    if (texts.has(key)) return;
    if (!pages.has(name)) {
      const wait = new Promise((resolve) => { setTimeout(resolve, Math.random() * spreadOver); });
      pages.set(name, wait.then(() => fetchPage(at)));
    }
    await pages.get(name);
  }

  const crowd = () => Number(form.closest("[data-present]")?.dataset.present ?? 0) / ARRIVALS * 1000;

  function tellProgress(place) {
    const told = place.querySelector("[data-progress]");
    const before = keys().filter((other) => other !== shown && choice(other) !== undefined).length;
    if (told) told.textContent = told.dataset.progress.replace("{n}", before + 1).replace("{all}", keys().length);
  }

  async function show(key, focus) {
    shown = key;
    if (key) await load(key, crowd());
    if (shown !== key || !box.isConnected) return;
    const made = (key ? one : done).content.cloneNode(true);
    const heading = made.querySelector("h2");
    if (key) {
      heading.querySelector("bdi").textContent = texts.get(key);
      tellProgress(made);
      for (const button of made.querySelectorAll("[type=submit]")) {
        button.name = `answer.${key}`;
        if (button.value === choice(key)) button.setAttribute("aria-pressed", "true");
      }
    }
    const back = made.querySelector("[data-back]");
    const earlier = passed.filter((other) => other !== key);
    back.hidden = !earlier.length;
    back.addEventListener("click", () => {
      passed = earlier.slice(0, -1);
      show(earlier.at(-1), true);
    });
    made.querySelector("[data-on]")?.addEventListener("click", () => show(following(), true));
    box.replaceChildren(one, done, made);
    if (focus) heading.focus();
    const next = keys().filter((other) => !texts.has(other) && choice(other) === undefined)[0];
    if (next) load(next, crowd() + FIRST_PAUSE * 3);
  }

  // Who is through is told, and goes on when they want to.
  function tellNew() {
    const rest = keys().filter((key) => choice(key) === undefined).length;
    const told = box.querySelector("[data-new]");
    told.textContent = rest === 0 ? "" : rest === 1 ? told.dataset.one : told.dataset.many.replace("{n}", rest);
    box.querySelector("p:has([data-on])").hidden = rest === 0;
  }

  // What is sent holds all that has not been counted yet, so the newest message is enough.
  form.addEventListener("answering", ({ detail: values }) => {
    if ("abstain" in values) return;
    number += 1;
    values.number = String(Math.max(number, Number(values.number)));
    number = Number(values.number);
    for (const [key, value] of unsent) values[`answer.${key}`] ??= value;
    for (const [name, value] of Object.entries(values)) if (name.startsWith("answer.")) unsent.set(name.slice(7), value);
    passed = [...passed.filter((key) => key !== shown), shown];
    if (unsent.size < SENT_AT_ONCE) show(following(), true);
  });

  return () => {
    const full = unsent.size >= SENT_AT_ONCE;
    if (!readReceipt()) return;
    for (const key of gone()) unsent.delete(key);
    const abstain = form.querySelector("[name=abstain]");
    if (abstain) abstain.hidden = counted.size + unsent.size > 0;
    if (shown === null) {
      passed = [...counted.keys()];
      show(following(), false);
    } else if (full && unsent.size < SENT_AT_ONCE) {
      show(following(), true);
    } else if (shown === "" && box.querySelector("[data-new]")) {
      tellNew();
    } else if (gone().includes(shown)) {
      show(following(), false);
    } else {
      tellProgress(box);
    }
  };
}

enhances("statements", enhance);
