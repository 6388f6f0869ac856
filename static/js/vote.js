// A vote on its way: it gets an id of its own, is kept in the browser until it has been acknowledged, and is sent again by
// whatever way is open. The server counts an id once, however often it comes.

import { apply, isOpen, live, onOpen, onText, send } from "./live.js";

const ACKNOWLEDGED_WITHIN = 5000;
const POSTED_WITHIN = 10000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;

const store = `vote:${live.dataset.code}`;
const answered = /data-submission="([0-9a-f-]{36})" data-state="(\w+)"/g;
let waiting = 0;
let pause = FIRST_PAUSE;

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));   // pages without https have no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// The browser's storage may be switched off; then the vote lives as long as the page.
let kept = null;
function keep(vote) {
  kept = vote;
  try {
    if (vote) localStorage.setItem(store, JSON.stringify(vote));
    else localStorage.removeItem(store);
  } catch { /* kept on this page only */ }
}
function restore() {
  try {
    return JSON.parse(localStorage.getItem(store));
  } catch {
    return null;
  }
}

const earlier = document.getElementById("earlier");
const region = ({ question, wave }) =>
  document.getElementById(`told-${question}-${wave}`) ?? document.getElementById(`receipt-${question}-${wave}`);

// What becomes of a vote whose question has left the stage is told above it.
function place(vote) {
  const found = region(vote);
  if (found) return found;
  const made = document.createElement("div");
  made.id = `receipt-${vote.question}-${vote.wave}`;
  earlier.replaceChildren(made);
  return made;
}

function tellRefusal(text) {
  const told = `[data-submission="${kept.values.submission}"]`;
  if (!live.querySelector(told)) {
    const frame = document.createElement("template");
    frame.innerHTML = text;
    const parts = [...frame.content.querySelectorAll("template")].map((part) => part.content.querySelector(told));
    place(kept).replaceChildren(parts.find(Boolean));
  }
  place(kept).scrollIntoView({ block: "nearest" });
}

function showKept() {
  if (!kept) return;
  kept.late = true;
  if (place(kept).querySelector("[data-resend]")) return;
  place(kept).replaceChildren(document.getElementById("kept").content.cloneNode(true));
  place(kept).querySelector("[data-resend]").addEventListener("click", () => { pause = FIRST_PAUSE; deliver(); });
}

function later(milliseconds) {
  clearTimeout(waiting);
  waiting = setTimeout(deliver, milliseconds * (0.6 + 0.8 * Math.random()));
}

async function post(vote) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(vote.values)) [].concat(value).forEach((one) => body.append(name, one));
  const signal = AbortSignal.timeout?.(POSTED_WITHIN);
  const answer = await fetch(live.dataset.voteUrl, { method: "POST", headers: { "HX-Request": "true" }, body, signal });
  const text = await answer.text();
  if (text.includes("data-submission")) await apply(text);
  else if (answer.status >= 400 && answer.status < 500 && kept === vote) refuse(text);
}

// Refused before it was read as a vote: the reason stands on a page of its own.
function refuse(page) {
  const why = document.createElement("p");
  why.className = "kern-error";
  why.setAttribute("role", "alert");
  why.textContent = new DOMParser().parseFromString(page, "text/html").querySelector("main p")?.textContent;
  place(kept).replaceChildren(why);
  keep(null);
}

async function deliver() {
  clearTimeout(waiting);
  if (!kept) return;
  if (isOpen() && !kept.overHttp) {
    send(JSON.stringify(kept.values));
    kept.overHttp = true;                       // without an acknowledgement in time the next try goes the other way
    waiting = setTimeout(deliver, ACKNOWLEDGED_WITHIN);
    return;
  }
  await post(kept).catch(() => { /* no network: it stays kept */ });
  if (kept) {
    showKept();
    later(pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

live.addEventListener("htmx:ws:before:message:outgoing", (event) => {
  const form = event.target.closest("[data-vote]");
  if (!form) return;
  const { values } = event.detail.message;
  event.detail.cancelled = true;
  begin(values);
});

// Also without a connection that htmx could use: the extension then says so instead of sending.
live.addEventListener("htmx:ws:error", (event) => {
  const form = event.target.closest?.("form[data-vote]");
  if (!form) return;
  const values = {};
  for (const [name, value] of new FormData(form)) values[name] = name in values ? [].concat(values[name], value) : value;
  begin(values);
});

function finishChanging(vote) {
  earlier.replaceChildren();
  const details = document.querySelector(`#change-${vote.question}-${vote.wave} details`);
  if (details?.contains(document.activeElement)) details.querySelector("summary").focus();
  if (details) details.open = false;
}

function begin(values) {
  const before = kept;
  values.submission = newId();
  earlier.replaceChildren();
  if (before && before.question === values.question && before.wave === values.wave) {
    values.number = String(Math.max(Number(values.number), Number(before.values.number) + 1));
  }
  keep({ question: values.question, wave: values.wave, values });
  pause = FIRST_PAUSE;
  if (!isOpen()) showKept();
  deliver();
}

onText((text) => {
  for (const [, submission, state] of text.matchAll(answered)) {
    if (kept?.values.submission === submission && state !== "waiting") {
      clearTimeout(waiting);
      if (state === "counted") finishChanging(kept);
      if (state === "refused") tellRefusal(text);
      keep(null);
    }
  }
  if (kept?.late) showKept();                   // a frame may have taken it away; a vote just sent needs no word
});

onOpen(() => {
  if (!kept) return;
  kept.overHttp = false;
  pause = FIRST_PAUSE;
  deliver();
});

window.addEventListener("online", () => { pause = FIRST_PAUSE; deliver(); });

kept = restore();
if (kept) {
  kept.overHttp = false;
  showKept();
  later(FIRST_PAUSE);
}
