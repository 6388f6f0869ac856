// Votes on their way, one for each asking of a question: each is kept in the browser until it has been acknowledged, and
// sent again by whatever way is open. The server counts an id once, however often it comes. Pages without a connection
// post what an earlier page has kept.

const ACKNOWLEDGED_WITHIN = 5000;
const POSTED_WITHIN = 10000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;

const earlier = document.getElementById("earlier");
const store = `vote:${earlier.dataset.code}:`;
const answered = /data-submission="([0-9a-f-]{36})" data-state="(\w+)"/g;

// A vote is what its form says (values), what it answers (asked) and what counts until then (before).
const kept = new Map();
const asking = ({ question, wave }) => `${question}-${wave}`;
const isKept = (vote) => kept.get(asking(vote.values)) === vote;

// How a page reaches the server: the socket of a live page, and what it does with frames and with a vote that counts.
let page = { isOpen: () => false, apply: settle, counted() {} };

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));   // pages without https have no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// The browser's storage may be switched off; then a vote lives as long as the page.
function keep(vote) {
  const { values, asked, before } = vote;
  kept.set(asking(values), vote);
  try {
    localStorage.setItem(store + asking(values), JSON.stringify({ values, asked, before }));
  } catch { /* kept on this page only */ }
}

// Where a vote waits for company before it is written, its form says at once that it is on its way.
function saySending({ values }, sending) {
  const at = document.getElementById(`sending-${asking(values)}`);
  const text = sending ? at?.dataset.text : "";
  if (at && at.textContent !== text) at.textContent = text;
}

function drop(vote) {
  clearTimeout(vote.waiting);
  saySending(vote, false);
  kept.delete(asking(vote.values));
  const key = store + asking(vote.values);
  try {
    if (localStorage.getItem(key)?.includes(vote.values.submission)) localStorage.removeItem(key);
  } catch { /* nothing was kept there */ }
}

function restore() {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(store));
    keys.map((key) => JSON.parse(localStorage.getItem(key))).forEach((vote) => kept.set(asking(vote.values), vote));
  } catch { /* there is nothing that could be read */ }
}

// Where a vote is told of: at its question, or above everything when that is not on the page.
function place({ values }) {
  const id = asking(values);
  const stands = document.getElementById(`told-${id}`) ?? document.getElementById(`receipt-${id}`);
  const other = document.getElementById(`earlier-${id}`);
  if (stands) other?.remove();
  if (stands ?? other) return stands ?? other;
  const made = document.createElement("div");
  made.id = `earlier-${id}`;
  earlier.append(made);
  return made;
}

// At its own question nobody needs to be told which one it is.
function tell(vote, what) {
  const at = place(vote);
  const asked = document.createElement("p");
  asked.className = "sg-muted";
  asked.textContent = vote.asked;
  at.replaceChildren(...(earlier.contains(at) ? [asked] : []), what);
}

function showKept(vote) {
  vote.late = true;
  saySending(vote, false);
  if (place(vote).querySelector("[data-resend]")) return;
  const told = document.getElementById(vote.before ? "kept-change" : "kept").content.cloneNode(true);
  told.querySelectorAll("[data-before]").forEach((at) => { at.textContent = vote.before; });
  told.querySelector("[data-resend]").addEventListener("click", () => kept.forEach(sendNow));
  tell(vote, told);
}

const showLate = () => kept.forEach((vote) => { if (vote.late) showKept(vote); });

function later(vote, milliseconds) {
  clearTimeout(vote.waiting);
  vote.waiting = setTimeout(deliver, milliseconds * (0.6 + 0.8 * Math.random()), vote);
}

async function post(vote) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(vote.values)) [].concat(value).forEach((one) => body.append(name, one));
  const signal = AbortSignal.timeout?.(POSTED_WITHIN);
  const answer = await fetch(earlier.dataset.voteUrl, { method: "POST", headers: { "HX-Request": "true" }, body, signal });
  const text = await answer.text();
  if (text.includes("data-submission")) await page.apply(text);
  else if (answer.status >= 400 && answer.status < 500 && isKept(vote)) refuse(vote, text);
}

// Refused before it was read as a vote: the reason stands on a page of ours. A page of somebody in between, such as an
// office's proxy, refuses nothing: the vote stays kept.
function refuse(vote, text) {
  const reason = new DOMParser().parseFromString(text, "text/html").querySelector("[data-refused]");
  if (!reason) return;
  const why = document.createElement("p");
  why.className = "kern-error";
  why.setAttribute("role", "alert");
  why.textContent = reason.textContent;
  tell(vote, why);
  drop(vote);
}

async function deliver(vote) {
  clearTimeout(vote.waiting);
  if (!isKept(vote)) return;
  if (page.isOpen() && !vote.overHttp) {
    page.send(JSON.stringify(vote.values));
    vote.overHttp = true;                       // without an acknowledgement in time the next try goes the other way
    vote.waiting = setTimeout(deliver, ACKNOWLEDGED_WITHIN, vote);
    return;
  }
  await post(vote).catch(() => { /* no network: it stays kept */ });
  if (!isKept(vote)) return;
  showKept(vote);
  later(vote, vote.pause);
  vote.pause = Math.min(vote.pause * 2, LONGEST_PAUSE);
}

function sendNow(vote) {
  vote.pause = FIRST_PAUSE;
  deliver(vote);
}

// Send an answer. It outranks one for the same asking whose acknowledgement has not come.
export function cast(values, asked, before) {
  const first = kept.get(asking(values));
  values.submission = newId();
  if (first) values.number = String(Math.max(Number(values.number), Number(first.values.number) + 1));
  const vote = { values, asked, before: before || first?.before };
  keep(vote);
  earlier.replaceChildren();
  showLate();
  if (page.isOpen()) saySending(vote, true);
  else showKept(vote);
  sendNow(vote);
}

// What waits for its acknowledgement at this asking: the fields of the vote, or nothing.
export const waiting = (question, wave) => kept.get(asking({ question, wave }))?.values;

// What came in may answer votes; what is not on the page by that is told from the text.
export function settle(text) {
  for (const [, submission, state] of text.matchAll(answered)) {
    const vote = [...kept.values()].find(({ values }) => values.submission === submission);
    if (!vote || state === "waiting") continue;
    drop(vote);
    tellFate(vote, state, text);
  }
  showLate();                                   // a frame may have taken it away; a vote just sent needs no word
}

function tellFate(vote, state, text) {
  const told = `[data-submission="${vote.values.submission}"]`;
  if (!document.querySelector(told)) {
    const frame = document.createElement("template");
    frame.innerHTML = text;
    const parts = [...frame.content.querySelectorAll("template")].map((part) => part.content.querySelector(told));
    tell(vote, parts.find(Boolean));
  }
  if (state === "counted") {
    document.getElementById(`told-${asking(vote.values)}`)?.replaceChildren();   // where the form stays
    page.counted(vote.values);
  } else place(vote).scrollIntoView({ block: "nearest" });
}

// A page with a connection: everything that waits goes out when it opens.
export function connect(connection) {
  page = connection;
}

export function sendAll() {
  for (const vote of kept.values()) {
    vote.overHttp = false;
    sendNow(vote);
  }
}

window.addEventListener("online", () => kept.forEach(sendNow));

restore();
for (const vote of kept.values()) {
  vote.pause = FIRST_PAUSE;
  showKept(vote);
  later(vote, FIRST_PAUSE);
}
