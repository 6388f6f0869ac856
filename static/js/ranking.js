// An order: a list with a button up and one down for each option, or dragging. Rows that have a place stand first, their
// fields are sent in that order; the fields of the others are disabled. The list keeps its place through pushes.

import { enhances } from "./forms.js";

const shown = new WeakMap();    // list → the standing answer that it was put in the order of

function enhance(form) {
  const box = form.querySelector("[data-places]");
  if (!shown.has(box)) build(box);
  for (const [key, label] of Object.entries(JSON.parse(box.dataset.labels ?? "{}"))) relabel(box, key, label);
  if (shown.get(box) === box.dataset.answer) return;
  shown.set(box, box.dataset.answer);
  arrange(box, box.dataset.answer.split(" ").filter(Boolean));
}

const rowsOf = (box) => [...box.querySelectorAll("li")];
const rankedIn = (box) => box.querySelectorAll("li > input:not(:disabled)").length;
const textOf = (row) => row.querySelector(".sg-rank__text").textContent;

function make(tag, className, properties = {}) {
  return Object.assign(document.createElement(tag), { className, ...properties });
}

function build(box) {
  for (const row of rowsOf(box)) {
    const text = make("span", "sg-rank__text", { textContent: row.querySelector("label").textContent });
    const buttons = make("span", "sg-updown");
    buttons.append(button(box, text.textContent, "up"), button(box, text.textContent, "down"));
    const field = make("input", "", { type: "hidden", name: "answer", value: row.dataset.option });
    row.replaceChildren(make("b", "sg-num sg-grip"), text, buttons, field);
  }
  box.append(make("p", "sg-muted sg-moved"));
  box.lastElementChild.setAttribute("role", "status");
  box.addEventListener("click", press);
  box.addEventListener("pointerdown", hold);
  box.addEventListener("pointermove", drag);
  box.addEventListener("lostpointercapture", drop);
}

// The words of an option have been corrected.
function relabel(box, key, label) {
  const row = box.querySelector(`[data-option="${key}"]`);
  row.querySelector(".sg-rank__text").textContent = label;
  for (const move of row.querySelectorAll("[data-move]")) {
    move.querySelector(".kern-label").textContent = fill(box.dataset[move.dataset.move], label);
  }
}

function button(box, text, direction) {
  const made = make("button", "kern-btn kern-btn--secondary", { type: "button" });
  const name = make("span", "kern-label kern-sr-only", { textContent: fill(box.dataset[direction], text) });
  const icon = make("span", `kern-icon kern-icon--arrow-${direction}`);
  icon.setAttribute("aria-hidden", "true");
  made.dataset.move = direction;
  made.append(icon, name);
  return made;
}

const fill = (sentence, text, place) => sentence.replace("{place}", place).replace("{text}", () => text);

function arrange(box, keys) {
  const rows = rowsOf(box);
  const first = keys.map((key) => rows.find((row) => row.dataset.option === key));
  box.querySelector("ol").prepend(...first);
  number(box, first.length);
}

// The first rows have a place, as many as `ranked`, and the last one too when it is the only one left. Buttons that lead nowhere stay, so that the focus does.
function number(box, ranked) {
  const all = Number(box.dataset.places);
  rowsOf(box).forEach((row, at, rows) => {
    const out = at >= ranked && !(ranked === rows.length - 1 && all === rows.length);
    row.classList.toggle("is-out", out);
    row.querySelector("input").disabled = out;
    row.querySelector(".sg-grip").textContent = out ? "–" : at + 1;
    row.querySelector("[data-move=up]").setAttribute("aria-disabled", String(!out && at === 0));
    row.querySelector("[data-move=down]").setAttribute("aria-disabled", String(out || at === rows.length - 1));
  });
}

// The row stays where it is in the document and the others pass it: so neither focus nor a pointer is lost.
function move(box, row, to) {
  const rows = rowsOf(box);
  const places = Number(box.dataset.places);
  const from = rows.indexOf(row);
  const ranked = rankedIn(box);
  const was = from < ranked;
  const is = was ? to < ranked : to <= ranked && to < places;
  if (to < from) row.after(...rows.slice(to, from));
  else row.before(...rows.slice(from + 1, to + 1));
  number(box, Math.min(ranked - was + is, places));
}

function tell(box, row) {
  const { moved, out } = box.dataset;
  const place = rowsOf(box).indexOf(row) + 1;
  box.querySelector(".sg-moved").textContent = fill(row.classList.contains("is-out") ? out : moved, textOf(row), place);
}

function press({ currentTarget: box, target }) {
  const pressed = target.closest("[data-move]");
  if (!pressed || pressed.getAttribute("aria-disabled") === "true") return;
  const row = pressed.closest("li");
  const at = rowsOf(box).indexOf(row);
  const free = Math.min(rankedIn(box), box.dataset.places - 1);
  const above = row.classList.contains("is-out") ? free : at - 1;
  move(box, row, pressed.dataset.move === "up" ? above : at + 1);
  tell(box, row);
}

// A finger drags by the number only: elsewhere it scrolls the page.
function hold(event) {
  const row = event.target.closest("li");
  if (!row || event.button || event.target.closest("button")) return;
  if (event.pointerType !== "mouse" && !event.target.closest(".sg-grip")) return;
  row.setPointerCapture(event.pointerId);
  row.classList.add("is-held");
}

function drag({ currentTarget: box, target, pointerId, clientY }) {
  if (!target.classList.contains("is-held") || !target.hasPointerCapture(pointerId)) return;
  const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;
  const rows = rowsOf(box);
  const to = rows.filter((row) => row !== target && middle(row) < clientY).length;
  if (to === rows.indexOf(target)) return;
  move(box, target, to);
  tell(box, target);
}

function drop({ target }) {
  target.classList.remove("is-held");
}

enhances("ranking", enhance);
