// The connection of a live page: numbers, heartbeat, the light that says "disconnected", and asking over HTTP where
// sockets are blocked.

const ASK_EVERY = 3000;         // ms between two questions over HTTP
const FAILURES_BEFORE_ASKING = 2;
const SILENCE = 45000;          // the server says something every 20 s
const SAY_AFTER = 2500;         // a shorter break is not worth a word

export const live = document.getElementById("live");
const net = document.getElementById("net");
const said = document.getElementById("said-net");

let connection = null;
let failures = 0;
let reached = false;            // over HTTP, while sockets fail
let asking = 0;
let etag = "";
let silence = 0;
let speaking = 0;

export const isOpen = () => connection?.socket?.readyState === WebSocket.OPEN;
export const send = (text) => connection.socket.send(text);

// Everybody who wants to read what comes in, as text, from the socket or over HTTP.
const readers = [];
export const onText = (reader) => readers.push(reader);
const opened = [];
export const onOpen = (listener) => opened.push(listener);

export async function apply(html) {
  await htmx.swap({ sourceElement: live, target: live, swap: "none", text: html, transition: false });
  readers.forEach((reader) => reader(html));
}

function showNumbers({ text, bars, lead }) {
  for (const [name, value] of Object.entries(text)) {
    for (const place of live.querySelectorAll(`[data-figure="${name}"]`)) {
      if (place.textContent !== value) place.textContent = value;
    }
  }
  for (const [name, width] of Object.entries(bars)) {
    live.querySelectorAll(`[data-bar="${name}"]`).forEach((bar) => bar.setAttribute("width", width));
  }
  live.querySelectorAll("[data-row]").forEach((row) => row.classList.toggle("is-lead", lead.includes(row.dataset.row)));
}

function heard() {
  clearTimeout(silence);
  silence = setTimeout(() => connection?.socket?.close(), SILENCE);
}

function setConnected(connected) {
  clearTimeout(speaking);
  speaking = 0;
  if (connected) {
    net.hidden = true;
    if (said.textContent) said.textContent = "";
  } else if (net.hidden) {
    speaking = setTimeout(() => {
      net.hidden = false;
      said.textContent = said.dataset.text;
    }, SAY_AFTER);
  }
}

async function ask() {
  try {
    const answer = await fetch(live.dataset.stateUrl, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
    if (answer.ok || answer.status === 304) {
      reached = true;
      setConnected(true);
    }
    if (answer.ok) {
      etag = answer.headers.get("ETag") ?? "";
      await apply(await answer.text());
    }
  } catch {
    if (reached) setConnected(false);
    reached = false;
  }
  if (asking) asking = setTimeout(ask, ASK_EVERY * (0.9 + 0.2 * Math.random()));
}

function startAsking() {
  if (!asking) {
    asking = -1;
    ask();
  }
}

function stopAsking() {
  clearTimeout(asking);
  asking = 0;
  reached = false;
  etag = "";
}

live.addEventListener("htmx:ws:before:connection", (event) => { connection = event.detail.connection; });

live.addEventListener("htmx:ws:after:connection", () => {
  failures = 0;
  stopAsking();
  setConnected(true);
  heard();
  opened.forEach((listener) => listener());
});

live.addEventListener("htmx:ws:close", (event) => {
  clearTimeout(silence);
  if (event.detail.reason !== "closed") return;
  failures += 1;
  if (!reached && !speaking) setConnected(false);
  if (failures >= FAILURES_BEFORE_ASKING) startAsking();
});

live.addEventListener("htmx:ws:before:message:incoming", (event) => {
  heard();
  const { data } = event.detail.message;
  if (!data.startsWith("{")) return;
  event.detail.cancelled = true;
  const message = JSON.parse(data);
  if (message.tick) showNumbers(message.tick);
});

live.addEventListener("htmx:ws:after:message:incoming", (event) => {
  readers.forEach((reader) => reader(event.detail.message.data));
});
