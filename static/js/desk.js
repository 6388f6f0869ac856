// The desk: shortcuts, the clock, questions picked without leaving the page, and forms sent over HTTP without a socket.

import { apply, ask, isOpen, live, onOpen, onText, send } from "./live.js";

const off = "keys-off";
const toggle = document.getElementById("keys");
const clock = document.getElementById("clock");

const keysOn = () => localStorage.getItem(off) === null;
const showKeys = () => toggle.setAttribute("aria-pressed", String(keysOn()));
toggle.addEventListener("click", () => {
  if (keysOn()) localStorage.setItem(off, "1");
  else localStorage.removeItem(off);
  showKeys();
});
showKeys();

function pick(step) {
  const links = [...live.querySelectorAll("[data-pick]")].filter((link) => !link.closest("details:not([open])"));
  const at = links.findIndex((link) => link.getAttribute("aria-current"));
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  next?.click();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  if (key === "?") toggle.click();
  if (!keysOn()) return;
  if (key === "j") pick(1);
  else if (key === "k") pick(-1);
  else {
    const button = live.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
    if (button.closest("details")?.open) document.getElementById("adhoc-text").focus();
  }
});

// What this desk looks at: a question, "0" follows the stage, and which entries of its result. A new connection begins
// with what its address says.
const address = new URLSearchParams(location.search);
const following = { action: "look", question: "0", filter: "" };
const first = { ...following, question: address.get("question") || "0", filter: address.get("filter") ?? "" };
let looked = first;

function lookAt(question) {
  looked = { ...following, question };
  left = { id: stepId() };
  send(JSON.stringify(looked));
}

// After a step it is the server that says whether this desk stays at a question or follows the stage again.
onText(() => {
  const { look } = live.querySelector("[data-look]").dataset;
  if (look !== looked.question) looked = { ...following, question: look };
});

onOpen(() => { if (looked !== first) send(JSON.stringify(looked)); });

live.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pick]");
  if (!link || !isOpen() || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  lookAt(new URL(link.href).searchParams.get("question"));
});

// Without a socket the command goes over HTTP; what was wrong with it stands on the page that comes back.
live.addEventListener("htmx:ws:before:message:outgoing", (event) => {
  const { values } = event.detail.message;
  if (values.action === "look") looked = { ...following, ...values };
  else if (values.action !== "decide") {
    stepping = document.activeElement.matches("#desk-question button:focus-visible");
    left = { id: stepId() };
  }
  if (isOpen()) {
    if (values.action === "decide") decide();
    return;
  }
  event.detail.cancelled = true;
  if (values.action === "look") location.search = new URLSearchParams(values);
  else post(values);
});

async function post(values) {
  const notice = document.querySelector("#notice");
  try {
    const answer = await fetch(live.dataset.commandUrl, { method: "POST", body: new URLSearchParams(values) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    notice.replaceChildren(...page.querySelector("#notice").childNodes);
    if (answer.ok && values.action === "ask") finishAsking();
    if (values.action !== "decide") live.dataset.stateUrl = page.getElementById("live").dataset.stateUrl;
    await ask();
  } catch {
    notice.replaceChildren(document.getElementById("unsent").content.cloneNode(true));
  }
}

function finishAsking() {
  const adhoc = document.getElementById("adhoc");
  if (adhoc.contains(document.activeElement)) adhoc.querySelector("summary").focus();
  document.getElementById("adhoc-form").reset();
  adhoc.open = false;
}

onText((text) => { if (text.includes("data-asked")) finishAsking(); });

// Whoever takes a step or goes to another question begins at its top; what others do moves nothing.
const content = document.getElementById("content");
const stepId = () => live.querySelector("#desk-question [data-key=n]")?.id;
let left = null;                // until the answer comes: the step that was offered before

onText((text) => {
  if (left === null || !text.includes('hx-target="#desk-question"')) return;
  const moved = left.id !== stepId();
  left = null;
  if (!moved) return;
  content.scrollTop = 0;
  if (content.getBoundingClientRect().top < 0) content.scrollIntoView();
});

// Whoever takes steps by keyboard finds the focus on the next one, as long as they do nothing else. A key held down is one press.
let stepping = false;

document.addEventListener("pointerdown", () => { stepping = false; }, { capture: true, passive: true });
document.addEventListener("keydown", (event) => {
  stepping = false;
  if (event.repeat && event.key === "Enter" && event.target.matches("#desk-question button")) event.preventDefault();
}, { capture: true });

onText((text) => {
  const lost = document.activeElement === content || document.activeElement === document.body;
  if (stepping && lost && text.includes('hx-target="#desk-question"')) live.querySelector("#desk-question [data-key=n]")?.focus();
});

// Entries of a result come and go while people answer. A list that moves under the pointer makes moderators press the
// wrong button, so it stands still until the pointer leaves it; what they decide themselves they see at once.
const mouse = matchMedia("(hover: hover)");
let held = "";
let decided = null;             // until the answer comes: the row decided about, where it stood, what came after it

const placeOf = (row) => `${row.closest("section").id} ${row.previousElementSibling?.id}`;

function decide() {
  const { name } = document.activeElement;
  const row = document.activeElement.closest(".sg-entries li");
  decided = row ? { id: row.id, place: placeOf(row), next: row.nextElementSibling?.id, name } : {};
}

const hovered = () => mouse.matches && Boolean(document.querySelector(".sg-entries:hover"));

function hold(text) {
  held = text;
  const note = document.getElementById("entries-held");
  if (note) note.hidden = !held;
}

live.addEventListener("htmx:ws:before:message:incoming", (event) => {
  const { data } = event.detail.message;
  if (data.includes('hx-target="#desk-question"')) hold("");
  if (!data.includes('hx-target="#entries"')) return;
  event.detail.cancelled = !decided && hovered();
  hold(event.detail.cancelled ? data : "");
});

document.addEventListener("pointermove", () => {
  if (!held || hovered()) return;
  const html = held;
  hold("");
  apply(html);
}, { passive: true });

// Whoever decides by keyboard goes on with the entry behind the one that has gone to another place.
onText((text) => {
  if (!decided || !text.includes('hx-target="#notice"')) return;
  const { id, place, next, name } = decided;
  decided = null;
  const row = document.getElementById(id);
  const goesOn = (row && placeOf(row) !== place && document.getElementById(next)) || row;
  if (!goesOn || goesOn.contains(document.activeElement)) return;
  (goesOn.querySelector(`[name="${name}"]`) ?? goesOn.querySelector("button")).focus({ preventScroll: true });
});

function showClock() {
  const parts = { hour: "numeric", minute: "2-digit", timeZone: live.dataset.zone };
  clock.textContent = new Intl.DateTimeFormat("de-DE", parts).format(new Date());
}
setInterval(showClock, 5000);
