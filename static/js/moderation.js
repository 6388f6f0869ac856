// Questions from the floor at the desk: forms without leaving the page, keys, and lists that stand still under a pointer.
// The socket only says that something has changed; what it is, is asked for with the present look.

import { apply, live, onPart, onText } from "./live.js";
import { windowName } from "./window.js";

const off = "keys-off";
const REST = 1500;              // ms without a move, after which a list may change under the pointer
const UNDO = 10000;
const TYPING = 250;

const toggle = document.getElementById("keys");
const clock = document.getElementById("clock");
const done = document.getElementById("done");
const one = document.getElementById("one");
const bulk = document.getElementById("bulk");
const filter = document.getElementById("filter");
const here = location.pathname;

// What is asked and sent, one after the other, so that the newest state is applied last.
let line = Promise.resolve();
const inLine = (work) => (line = line.then(work, work));

let etag = "";
const chosen = new Set();       // ids of those selected, which stay so while lists change

async function take(html, whole = true) {
  if (whole) one.firstElementChild?.removeAttribute("hx-morph-skip");
  ours = true;
  await apply(html);
  ours = false;
  showChosen();
  askAgain();
}

// Which questions are alike is still being looked up.
function askAgain() {
  if (document.querySelector("[data-searching]")) setTimeout(() => refresh(), 1000);
}

const stateUrl = () => `${here}/state${location.search}`;

function refresh(own = false) {
  return inLine(async () => {
    const answer = await fetch(stateUrl(), { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" }).catch(() => null);
    if (!answer || answer.status === 304 || !answer.ok) return askAgain();
    const html = await answer.text();
    etag = answer.headers.get("ETag") ?? "";
    if (moving() && !own) hold(html);
    else await take(html, own);
  });
}

live.addEventListener("htmx:ws:before:message:incoming", (event) => {
  if (event.detail.message.data.startsWith('{"moved"')) refresh();
});

// A list that moves under the pointer makes moderators press the wrong button.
let touched = -REST;              // when the pointer last moved on the lists
let held = "";
const lists = document.getElementById("lists");
const moving = () => performance.now() - touched < REST;

function hold(html) {
  held = html;
  document.getElementById("held").hidden = !held;
}

function release() {
  if (!held) return;
  if (moving()) return void setTimeout(release, REST);
  const html = held;
  hold("");
  inLine(() => take(html, false));
}

// Where sockets are blocked, live.js asks by itself: its lists wait as well.
let ours = false;
onPart((part) => {
  if (ours || !part.includes('hx-target="#lists"') || !moving()) return null;
  hold(part);
  return Promise.resolve();
});

lists.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") touched = performance.now(); }, { passive: true });
lists.addEventListener("pointerleave", () => { touched = -REST; release(); });
setInterval(release, 500);

// Looking at something else: the address says what, so that it can be opened again or sent to somebody.
function go(address, focus) {
  history.replaceState(null, "", address);
  live.dataset.stateUrl = stateUrl();
  etag = "";
  touched = -REST;
  hold("");
  one.firstElementChild?.removeAttribute("hx-morph-skip");
  return refresh(true).then(() => document.getElementById(focus)?.focus());
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const closes = link.id === "one-close" && new URLSearchParams(location.search).get("one");
  go(link.search, closes ? `c${closes}` : link.hash === "#one" ? "one-head" : "");
});

function find() {
  const values = new URLSearchParams(new FormData(filter));
  const open = new URLSearchParams(location.search).get("one");
  if (open) values.set("one", open);
  for (const [name, value] of [...values]) if (!value) values.delete(name);
  go(`?${values}`);
}

let typing = 0;
filter.addEventListener("submit", (event) => { event.preventDefault(); find(); });
filter.addEventListener("change", (event) => { if (event.target.matches("select")) find(); });
document.getElementById("wanted").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(find, TYPING);
});

// Forms: what a button says goes out, and what moves of the page comes back.
// What somebody is writing stays while the lists change; it goes when it is sent.
one.addEventListener("input", () => one.firstElementChild.setAttribute("hx-morph-skip", ""));

live.addEventListener("submit", (event) => {
  const form = event.target;
  if (form === filter || event.defaultPrevented) return;
  event.preventDefault();
  const values = new URLSearchParams(new FormData(form, event.submitter));
  if (form === bulk && !values.has("contribution")) return;
  values.set("window", windowName);
  const after = nextOf(event.submitter);
  touched = -REST;
  hold("");
  inLine(() => post(values, form, after));
});

async function post(values, form, after) {
  const answer = await fetch(`${here}${location.search}`, { method: "POST", body: values, headers: { "HX-Request": "true" } }).catch(() => null);
  const html = answer && (answer.headers.get("Content-Type") ?? "").startsWith("text/html") ? await answer.text() : "";
  if (!html.startsWith("<template hx ")) {
    document.getElementById("told").replaceChildren(document.getElementById("unsent").content.cloneNode(true));
    return;
  }
  etag = "";
  if (answer.ok && form === bulk) clear();
  await take(html, answer.ok && one.contains(form));
  if (answer.ok) showDone();
  goOn(after);
}

// Whoever decides by keyboard goes on with the one behind that which has gone to another place.
const rowOf = (element) => element?.closest?.(".sg-one");

function nextOf(button) {
  const row = rowOf(button);
  if (!row || !(row.contains(document.activeElement) || document.activeElement === document.body)) return null;
  const place = row.closest("section").id;
  return { id: row.id, place, next: row.nextElementSibling?.id, before: row.previousElementSibling?.id };
}

function goOn(after) {
  if (!after) return;
  const row = document.getElementById(after.id);
  if (row?.closest("section")?.id === after.place) return void (row.contains(document.activeElement) || row.focus());
  const then = document.getElementById(after.next) ?? document.getElementById(after.before) ?? document.getElementById("content");
  then.focus({ preventScroll: true });
  then.scrollIntoView({ block: "nearest" });
}

let going = 0;
function showDone() {
  clearTimeout(going);
  const bar = done.firstElementChild;
  going = setTimeout(() => {
    if (bar?.contains(document.activeElement)) document.getElementById("content").focus({ preventScroll: true });
    bar?.remove();
  }, UNDO);
}
if (done.firstElementChild) showDone();

// Selecting.
const boxes = () => [...lists.querySelectorAll(".sg-pick > input")];
const idOf = (box) => box.id.slice(1);

function showChosen() {
  for (const box of boxes()) box.checked = chosen.has(idOf(box));
  const head = document.getElementById("bulk-head");
  const n = boxes().filter((box) => box.checked).length;
  if (n) head.textContent = head.dataset.some.replace("{}", n);
}

function clear() {
  chosen.clear();
  showChosen();
}

let last = null;
function choose(box, on, many) {
  const all = boxes();
  const from = many && last ? all.findIndex((other) => other.id === last) : -1;
  const at = all.indexOf(box);
  const some = from < 0 ? [box] : all.slice(Math.min(from, at), Math.max(from, at) + 1);
  for (const other of some) chosen[on ? "add" : "delete"](idOf(other));
  last = box.id;
  showChosen();
}

lists.addEventListener("click", (event) => {
  if (event.target.matches(".sg-pick > input")) choose(event.target, event.target.checked, event.shiftKey);
});
bulk.addEventListener("reset", () => { chosen.clear(); setTimeout(showChosen); });

// Keys.
const keysOn = () => localStorage.getItem(off) === null;
const showKeys = () => toggle.setAttribute("aria-pressed", String(keysOn()));
toggle.addEventListener("click", () => {
  if (keysOn()) localStorage.setItem(off, "1");
  else localStorage.removeItem(off);
  showKeys();
});
showKeys();

function move(step) {
  const rows = [...lists.querySelectorAll(".sg-one")];
  const at = rows.indexOf(rowOf(document.activeElement));
  const row = at < 0 ? rows[step > 0 ? 0 : rows.length - 1] : rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function press(place, key) {
  const button = place?.querySelector(`[data-deed="${CSS.escape(key)}"]`);
  if (!button) return false;
  button.click();
  if (button.matches("summary") && button.parentElement.open) button.parentElement.querySelector("button")?.focus();
  return true;
}

function onKey(key, event) {
  const row = rowOf(document.activeElement);
  const box = row?.querySelector(":scope > .sg-pick > input");
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (key === "x" && box) choose(box, !box.checked, event.shiftKey);
  else if (key === "g") bulk.querySelector("button").focus();
  else if (key === "/") document.getElementById("wanted").focus();
  else if (key === "e" && row) go(row.querySelector("a[data-go]").search, "edit-text");
  else if (live.querySelector(`[data-key="${CSS.escape(key)}"]`)) live.querySelector(`[data-key="${CSS.escape(key)}"]`).click();
  else if (row || one.contains(document.activeElement)) return press(row ?? one, key);
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape" && event.target === document.getElementById("wanted")) event.target.blur();
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  if (key === "?") toggle.click();
  if (keysOn() && key.length === 1 && onKey(key, event)) event.preventDefault();
});

function showClock() {
  const parts = { hour: "numeric", minute: "2-digit", timeZone: live.dataset.zone };
  clock.textContent = new Intl.DateTimeFormat("de-DE", parts).format(new Date());
}
setInterval(showClock, 5000);
showChosen();
onText(showChosen);
askAgain();
