// Items of a programme are dragged among those of their day. Dropped, an item is sent as its buttons send it, by so many
// places; the page that answers says where it stands. Escape, or a touch that is taken away, lets all stay as it was.

const FROM_EDGE = 72;           // px from the edge of the window, within which a held item lets the page scroll
const PACE = 10;                // px in each frame

const said = document.getElementById("moving");
let held = null;                // {row, grip, pointer, rows as they stood, y of the pointer}

const rowsOf = (row) => [...row.parentElement.children];
const title = (row) => row.querySelector("h3").textContent;
const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function say(sentence, row) {
  const rows = rowsOf(row);
  said.textContent = fill(sentence, { text: title(row), place: rows.indexOf(row) + 1, all: rows.length });
}

// The end of the event is passed by nothing, so an item stays between the fixed ones around it.
function bounds(row) {
  const rows = rowsOf(row);
  const at = rows.indexOf(row);
  const fixed = (one) => "fixed" in one.dataset;
  const after = rows.findIndex((one, place) => place > at && fixed(one));
  return [rows.findLastIndex((one, place) => place < at && fixed(one)) + 1, (after < 0 ? rows.length : after) - 1];
}

// The row stays where it is in the document and the others pass it, so that the pointer is not lost.
function move(row, to) {
  const rows = rowsOf(row);
  const from = rows.indexOf(row);
  if (to === from) return;
  if (to < from) row.after(...rows.slice(to, from));
  else row.before(...rows.slice(from + 1, to + 1));
  say(said.dataset.moved, row);
}

function follow() {
  const { row, y } = held;
  const [first, last] = bounds(row);
  const above = rowsOf(row).filter((one) => one !== row && middle(one) < y).length;
  move(row, Math.min(Math.max(above, first), last));
}

function scroll() {
  if (!held) return;
  const { y } = held;
  const by = y < FROM_EDGE ? -PACE : y > innerHeight - FROM_EDGE ? PACE : 0;
  if (by) {
    scrollBy({ top: by, behavior: "instant" });
    follow();
  }
  requestAnimationFrame(scroll);
}

function hold(event) {
  if (event.button || held) return;
  const grip = event.currentTarget;
  const row = grip.closest("li");
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  held = { row, grip, pointer: event.pointerId, rows: rowsOf(row), y: event.clientY };
  row.classList.add("is-held");
  requestAnimationFrame(scroll);
}

function drag({ pointerId, clientY }) {
  if (held?.pointer !== pointerId) return;
  held.y = clientY;
  follow();
}

function release() {
  const { row, grip, pointer, rows } = held;
  held = null;
  row.classList.remove("is-held");
  if (grip.hasPointerCapture(pointer)) grip.releasePointerCapture(pointer);
  return { row, rows };
}

function drop({ pointerId }) {
  if (held?.pointer !== pointerId) return;
  const { row, rows } = release();
  const places = rowsOf(row).indexOf(row) - rows.indexOf(row);
  if (places) send(row, places);
}

function cancel() {
  if (!held) return;
  const { row, rows } = release();
  row.before(...rows.slice(0, rows.indexOf(row)));
  row.after(...rows.slice(rows.indexOf(row) + 1));
  say(said.dataset.kept, row);
}

// A form of its own: what the buttons send stays as it is, if the page is shown again.
function send(row, places) {
  const form = row.querySelector("form").cloneNode(true);
  form.querySelector("button").remove();
  form.elements.places.value = places;
  form.hidden = true;
  document.body.append(form);
  form.submit();
}

for (const grip of document.querySelectorAll("[data-grip]")) {
  grip.hidden = false;
  grip.addEventListener("pointerdown", hold);
  grip.addEventListener("pointermove", drag);
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("lostpointercapture", cancel);
}
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") cancel(); });
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });

// What the page says as it comes is told by screen readers only when it comes later.
const now = said.textContent;
said.textContent = "";
setTimeout(() => { said.textContent = now; }, 100);
