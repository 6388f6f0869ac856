// The connection of a live page: numbers, heartbeat, the light that says "disconnected", and asking over HTTP where
// sockets are blocked.

import { nameRows } from "./rows.js";

const ASK_EVERY = 3000;         // ms between two questions over HTTP
const ASKED_WITHIN = 5000;
const FAILURES_BEFORE_ASKING = 2;
const SILENCE = 45000;          // the server says something every 20 s
const HANGS_AFTER = 5000;       // a try that neither opens nor fails
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
let lostSince = 0;              // ms on the page's clock, 0 while the server is reached
let doubt = 0;

// The countdown: by the server's clock, which this one may be behind or ahead of.
let ahead = null;               // ms, unknown until the server has told its time
const saidTime = document.getElementById("said-time");
const lastSeconds = 20;
let begun = "";
let ending = "";

// 125 seconds as people say them: 2 minutes 5 seconds.
function spoken(seconds, words) {
  const part = (n, one, many) => (n === 1 ? one : n ? many.replace("{}", n) : "");
  const parts = [part(Math.floor(seconds / 60), words.minute, words.minutes), part(seconds % 60, words.second, words.seconds)];
  return parts.filter(Boolean).join(" ") || words.seconds.replace("{}", 0);
}

function showTime() {
  if (ahead === null) return;
  const places = live.querySelectorAll("[data-closes]");
  // What was said of a countdown that is over must not be read beside the next question.
  if (!places.length) saidTime.textContent = "";
  for (const place of places) {
    const { closes, total, left, said } = place.dataset;
    const seconds = Math.max(0, Math.ceil((closes - Date.now() - ahead) / 1000));
    const words = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    place.querySelector("[data-time]").textContent = left.replace("{}", words);
    place.querySelector("[data-bar=time]").setAttribute("width", `${Math.min(100, seconds / total * 100)}%`);
    if (begun !== closes || (seconds <= lastSeconds && ending !== closes)) saidTime.textContent = said.replace("{}", spoken(seconds, place.dataset));
    begun = closes;
    if (seconds <= lastSeconds) ending = closes;
  }
}
setInterval(showTime, 500);
nameRows();

export const isOpen = () => connection?.socket?.readyState === WebSocket.OPEN;
export const send = (text) => connection.socket.send(text);

// Everybody who wants to read what comes in, as text, from the socket or over HTTP.
const readers = [nameRows];
export const onText = (reader) => readers.push(reader);
const opened = [];
export const onOpen = (listener) => opened.push(listener);

// Who is told what came of something sent.
const tellers = [];
export const onTold = (teller) => tellers.push(teller);

// Who takes parts of frames in hand, such as a list that must not move: what is returned is waited for, null is no taker.
const takers = [];
export const onPart = (taker) => takers.push(taker);

export async function apply(html) {
  const focused = document.activeElement;
  // One after the other: what is private goes into places that the frame before it makes.
  for (const text of html.split(/(?=<template hx )/)) {
    const taken = takers.map((taker) => taker(text)).find((one) => one !== null);
    if (taken) await taken;
    else await htmx.swap({ sourceElement: live, target: live, swap: "none", text, transition: false });
  }
  keepFocus(focused);
  readers.forEach((reader) => reader(html));
}

// A frame that takes away what had the focus must not send its reader back to the top of the page.
function keepFocus(focused) {
  if (document.activeElement !== document.body || focused === document.body) return;
  const place = focused?.isConnected ? focused : document.getElementById("content");
  place?.focus({ preventScroll: true });
}

// Numbers by name: those of rows come as one list for each row, the screen's at a desk once more in the same shape.
function numbers({ text, bars, rows, lead, screen }) {
  const { cells, bars: widths, of } = rows ?? { cells: [], bars: [], of: {} };
  for (const [key, values] of Object.entries(of)) {
    cells.forEach((name, at) => { text[name.replace("*", key)] = values[at]; });
    widths.forEach((name, at) => { bars[name.replace("*", key)] = values[cells.length + at]; });
  }
  const shown = screen ? numbers(screen) : { text: {}, bars: {} };
  for (const [name, value] of Object.entries(shown.text)) text[`screen-${name}`] = value;
  for (const [name, width] of Object.entries(shown.bars)) bars[`screen-${name}`] = width;
  return { text, bars, lead };
}

function showNumbers(tick) {
  const { text, bars, lead } = numbers(tick);
  for (const place of live.querySelectorAll("[data-figure]")) {
    const value = text[place.dataset.figure];
    if (value !== undefined && place.textContent !== value) place.textContent = value;
  }
  for (const bar of live.querySelectorAll("[data-bar]")) {
    const width = bars[bar.dataset.bar];
    if (width !== undefined) bar.setAttribute("width", width);
  }
  for (const rect of live.querySelectorAll("[data-cells] [data-bar]")) {
    rect.closest("td, tr").classList.toggle("is-lead", lead.includes(rect.dataset.bar));
  }
}

function heard() {
  clearTimeout(silence);
  silence = setTimeout(() => connection?.socket?.close(), SILENCE);
}

function lose() {
  if (lostSince) return;
  lostSince = performance.now();
  clearTimeout(doubt);
  doubt = setTimeout(startAsking, HANGS_AFTER);
}

function find() {
  clearTimeout(doubt);
  lostSince = 0;
  net.hidden = true;
  if (said.textContent) said.textContent = "";
}

function sayLost() {
  if (!net.hidden || performance.now() - lostSince < SAY_AFTER) return;
  net.hidden = false;
  said.textContent = said.dataset.text;
}

// The link by which this page was opened is over: the page itself says so in its place, and what to do.
const LINK_OVER = 4403;
const leave = () => location.replace(location.pathname + location.search);

async function state() {
  const signal = AbortSignal.timeout?.(ASKED_WITHIN);
  const answer = await fetch(live.dataset.stateUrl, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal });
  if (answer.status === 304) return "";
  if (answer.status === 403 || answer.status === 404) leave();
  if (!answer.ok) throw new Error(`state: ${answer.status}`);
  const text = await answer.text();
  etag = answer.headers.get("ETag") ?? "";
  const now = Date.parse(answer.headers.get("Date"));
  if (now) ahead = now - Date.now();
  return text;
}

export async function ask() {
  const text = await state().catch(() => null);
  if (!asking) return;                          // a socket has opened meanwhile and brought what is newer
  reached = text !== null;
  if (reached) find();
  else {
    lose();
    sayLost();
  }
  if (text) await apply(text);
  clearTimeout(asking);
  const pause = lostSince && net.hidden ? lostSince + SAY_AFTER - performance.now() : ASK_EVERY * (0.9 + 0.2 * Math.random());
  if (asking) asking = setTimeout(ask, pause);
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

live.addEventListener("htmx:ws:before:connection", (event) => {
  connection = event.detail.connection;
  if (!lostSince && !asking) doubt = setTimeout(startAsking, HANGS_AFTER);
});

live.addEventListener("htmx:ws:after:connection", () => {
  failures = 0;
  stopAsking();
  find();
  heard();
  opened.forEach((listener) => listener());
});

live.addEventListener("htmx:ws:close", (event) => {
  clearTimeout(silence);
  if (event.detail.code === LINK_OVER) leave();
  if (event.detail.reason !== "closed") return;
  failures += 1;
  if (!reached) lose();
  if (failures >= FAILURES_BEFORE_ASKING) startAsking();
});

let focused = null;
let applying = Promise.resolve();

live.addEventListener("htmx:ws:before:message:incoming", (event) => {
  heard();
  focused = document.activeElement;
  const { data } = event.detail.message;
  if (!data.startsWith("{")) {
    if (takers.length) {
      event.detail.cancelled = true;
      applying = applying.then(() => apply(data));
    }
    return;
  }
  event.detail.cancelled = true;
  const message = JSON.parse(data);
  if (message.tick) showNumbers(message.tick);
  if (message.told) applying = applying.then(() => tellers.forEach((teller) => teller(message.told)));
  if (message.now) ahead = message.now - Date.now();
});

live.addEventListener("htmx:ws:after:message:incoming", (event) => {
  keepFocus(focused);
  readers.forEach((reader) => reader(event.detail.message.data));
});

// The browser knows before the connection does.
window.addEventListener("offline", () => {
  connection?.socket?.close();
  lose();
  startAsking();
});
