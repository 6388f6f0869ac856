// The desk: shortcuts, the clock, questions picked without leaving the page, and forms sent over HTTP without a socket.

import { ask, isOpen, live, onOpen, onText, send } from "./live.js";

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
  const links = [...live.querySelectorAll("[data-pick]")];
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

// Which question this desk looks at; "0" follows the stage. A new connection begins with the one in its address.
const first = new URLSearchParams(location.search).get("question") ?? "0";
let looked = first;

function lookAt(question) {
  looked = question;
  send(JSON.stringify({ action: "look", question }));
}

onOpen(() => { if (looked !== first) lookAt(looked); });

live.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pick]");
  if (!link || !isOpen() || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  lookAt(new URL(link.href).searchParams.get("question"));
});

// Without a socket the command goes over HTTP; what was wrong with it stands on the page that comes back.
live.addEventListener("htmx:ws:before:message:outgoing", (event) => {
  looked = "0";                                 // a step follows the stage again
  if (isOpen()) return;
  event.detail.cancelled = true;
  post(event.detail.message.values);
});

async function post(values) {
  const notice = document.getElementById("notice");
  try {
    const answer = await fetch(live.dataset.commandUrl, { method: "POST", body: new URLSearchParams(values) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    notice.replaceChildren(...page.getElementById("notice").childNodes);
    if (answer.ok && values.action === "ask") finishAsking();
    live.dataset.stateUrl = live.dataset.stateUrl.split("?")[0];
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

function showClock() {
  const parts = { hour: "numeric", minute: "2-digit", timeZone: live.dataset.zone };
  clock.textContent = new Intl.DateTimeFormat("de-DE", parts).format(new Date());
}
setInterval(showClock, 5000);
