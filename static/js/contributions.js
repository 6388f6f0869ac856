// The page of questions from the floor. What is sent is kept in the browser until it has been acknowledged, and sent
// again by whatever way is open: the server takes an id once. The list does not move under a finger or the focus.

import { apply, isOpen, live, onOpen, onPart, onText, onTold, send } from "./live.js";

const ACKNOWLEDGED_WITHIN = 5000;   // ms
const POSTED_WITHIN = 10000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
const STILL_FOR = 10000;            // a list that nobody has touched for so long may take its new order
const RENEWED_EVERY = 30000;       // further pages are asked for, on average
const LONGEST_TEXT = 500;

const place = (id) => document.getElementById(id);
const list = place("list");
const said = place("said-own");
const outbox = place("outbox");
const store = `ask:${live.dataset.code}:${live.dataset.session}:`;

function save(key, value) {
  try {
    if (value === null) localStorage.removeItem(store + key);
    else localStorage.setItem(store + key, JSON.stringify(value));
  } catch { /* switched off: it lives as long as the page */ }
}

function saved() {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(store));
    return keys.map((key) => [key.slice(store.length), JSON.parse(localStorage.getItem(key))]);
  } catch {
    return [];
  }
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));   // pages without https have no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// What is on its way, by a key: a question by its submission, a backing by what is backed, of which the last counts.
const waiting = new Map();

function wish(key, path, values) {
  const sent = { key, path, values, pause: FIRST_PAUSE };
  clearTimeout(waiting.get(key)?.timer);
  waiting.set(key, sent);
  save(key, { path, values });
  deliver(sent);
}

const isWaiting = (sent) => waiting.get(sent.key) === sent;

async function deliver(sent) {
  clearTimeout(sent.timer);
  if (!isWaiting(sent)) return;
  if (isOpen() && !sent.overHttp) {
    send(JSON.stringify(sent.values));
    sent.overHttp = true;                       // without an acknowledgement in time the next try goes the other way
    sent.timer = setTimeout(deliver, ACKNOWLEDGED_WITHIN, sent);
    return;
  }
  await post(sent).catch(() => { /* no network: it stays kept */ });
  if (!isWaiting(sent)) return;
  showKept(sent);
  sent.timer = setTimeout(deliver, sent.pause * (0.6 + 0.8 * Math.random()), sent);
  sent.pause = Math.min(sent.pause * 2, LONGEST_PAUSE);
}

async function post(sent) {
  const signal = AbortSignal.timeout?.(POSTED_WITHIN);
  const answer = await fetch(sent.path, { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams(sent.values), signal });
  const text = await answer.text();
  if (answer.headers.get("Content-Type")?.includes("application/json")) {
    const { told, html } = JSON.parse(text);
    await apply(html);
    settle(told);
    return;
  }
  // Refused before it was read: the reason stands on a page of ours. What refuses in between is no answer.
  const reason = new DOMParser().parseFromString(text, "text/html").querySelector("[data-refused]");
  if (reason) settle({ ...named(sent), state: "refused", message: reason.textContent });
}

function named({ values }) {
  if (values.do === "ask") return { submission: values.submission };
  return values.do === "withdraw" ? { withdrawn: values.contribution } : { contribution: values.contribution, backed: values.do !== "back" };
}

const keyOf = (told) => told.submission ?? (told.contribution ? `back-${told.contribution}` : `withdraw-${told.withdrawn}`);
const sendNow = (sent) => {
  sent.pause = FIRST_PAUSE;
  sent.overHttp = false;
  deliver(sent);
};
const sendAll = () => waiting.forEach(sendNow);

function settle(told) {
  const sent = waiting.get(keyOf(told));
  if (!sent) return;
  if (told.state === "waiting") {
    showKept(sent);
    return;
  }
  clearTimeout(sent.timer);
  waiting.delete(sent.key);
  save(sent.key, null);
  if (told.submission) settleQuestion(sent, told);
  else if (told.contribution) settleBacking(sent, told);
  else if (told.state === "refused") fail(place(`own-${told.withdrawn}`), told.message);
}
onTold(settle);

// A question that cannot be sent now stands above the form, with the word that it is kept.
function showKept(sent) {
  if (sent.values.do !== "ask" || outbox.querySelector(`[data-kept="${sent.key}"]`)) return;
  const kept = fill("kept-question", sent.values.text);
  kept.dataset.kept = sent.key;
  kept.querySelector("[data-resend]").addEventListener("click", sendAll);
  outbox.append(kept);
}

function fill(template, text) {
  const made = place(template).content.firstElementChild.cloneNode(true);
  made.querySelector("[data-text]").textContent = text;
  return made;
}

function settleQuestion({ key, values }, told) {
  outbox.querySelector(`[data-kept="${key}"]`)?.remove();
  if (told.state === "stored") {
    said.textContent = told.published ? said.dataset.published : said.dataset.sent;
    return;
  }
  const field = place("ask-text");
  if (field && !field.value.trim()) {             // what somebody has begun meanwhile stays
    field.value = values.text;
    keepDraft();
  }
  if (field?.value === values.text) refuseAtField(field, told.message);
  else {
    const refused = fill("refused-question", values.text);
    refused.querySelector("[data-why]").textContent = told.message;
    outbox.append(refused);
  }
}

function refuseAtField(field, message) {
  const error = place("ask-error");
  error.querySelector("span:last-child").textContent = message;
  error.setAttribute("role", "alert");
  error.hidden = false;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

function forgive() {
  const field = place("ask-text");
  if (!field?.hasAttribute("aria-invalid")) return;
  field.removeAttribute("aria-invalid");
  place("ask-error").hidden = true;
}

// The form: what is typed is kept from one page to the next.

function draft() {
  return saved().find(([key]) => key === "draft")?.[1];
}

function keepDraft() {
  const form = live.querySelector("[data-ask]");
  const { text, addressee, name } = Object.fromEntries(new FormData(form));
  save("draft", text || name ? { text, addressee: addressee ?? "", name } : null);
  count();
}

function count() {
  const field = place("ask-text");
  if (!field) return;
  const left = LONGEST_TEXT - [...field.value.trim()].length;
  const at = place("ask-count");
  at.textContent = left > 100 ? "" : (left < 0 ? at.dataset.over : at.dataset.left).replace("{}", Math.abs(left));
}

let dressed = null;

function dress() {
  const form = live.querySelector("[data-ask]");
  showUnsent(form);
  if (!form || form === dressed) return;
  dressed = form;
  const before = draft();
  if (before && !form.elements.text.value) {
    form.elements.text.value = before.text;
    form.elements.name.value = before.name;
    if (form.elements.addressee) form.elements.addressee.value = before.addressee;
    if (before.name) place("ask-named").open = true;
  }
  count();
}

// When the form goes while somebody writes, the text stays in sight, and comes back with the form.
function showUnsent(form) {
  const shown = outbox.querySelector("[data-unsent]");
  const text = form ? "" : draft()?.text;
  if (!text) shown?.remove();
  if (!text || shown) return;
  const unsent = fill("refused-question", text);
  unsent.dataset.unsent = "";
  unsent.querySelector("[data-why]").textContent = outbox.dataset.unsent;
  outbox.append(unsent);
}

live.addEventListener("input", (event) => {
  if (!event.target.closest("[data-ask]")) return;
  forgive();
  keepDraft();
});

function submitQuestion(form) {
  const values = Object.fromEntries(new FormData(form));
  const text = values.text.trim();
  if (!place("ask-named").open) values.name = "";
  values.submission = newId();
  forgive();
  if (text) {                                     // without one the server's reason comes to a field that stays
    form.elements.text.value = "";
    keepDraft();
  }
  wish(values.submission, form.action, values);
}

live.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-ask]")) submitQuestion(form);
  else if (form.matches("[data-withdraw]")) {
    const values = Object.fromEntries(new FormData(form));
    wish(`withdraw-${values.contribution}`, form.action, values);
  } else if (form.id === "backing") toggle(event.submitter);
  else return;
  event.preventDefault();
});

// Backing: the button turns at once, the number comes with the acknowledgement.

function toggle(button) {
  const backed = button.name === "back";
  press(button, backed);
  wish(`back-${button.value}`, place("backing").action, { do: backed ? "back" : "unback", contribution: button.value });
  mark(list);
}

function press(button, backed) {
  if (!button.matches(".sg-back")) return;
  const pressed = String(backed);
  if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  button.name = backed ? "unback" : "back";
}

function settleBacking(sent, told) {
  const button = place(`back-${told.contribution}`);
  if (button) press(button, told.backed);
  else if (told.state === "stored" && !told.backed) said.textContent = said.dataset.unbacked;
  if (told.state === "refused") {
    mark(list);
    fail(place(`q${told.contribution}`), told.message);
    return;
  }
  place(`q${told.contribution}`)?.querySelector(".kern-error")?.remove();
  live.querySelectorAll(`[data-figure="q${told.root}"]`).forEach((at) => { at.textContent = told.backers; });
  const mine = place("private");
  const backed = new Set(words(mine, "backed"));
  if (told.backed) backed.add(String(told.root));
  else backed.delete(String(told.root));
  mine.dataset.backed = [...backed].join(" ");
}

function fail(item, message) {
  if (!item) return;
  item.querySelector(".kern-error")?.remove();
  const why = document.createElement("p");
  why.className = "kern-error";
  why.setAttribute("role", "alert");
  why.textContent = message;
  item.append(why);
}

const words = (at, name) => (at?.dataset[name] ?? "").split(" ").filter(Boolean);

// The list is the same for everybody: what is one's own is marked here.
function mark(root) {
  const mine = place("private");
  const backed = new Set(words(mine, "backed"));
  for (const key of waiting.keys()) {
    const { values } = waiting.get(key);
    if (values.do === "back") backed.add(values.contribution);
    if (values.do === "unback") backed.delete(values.contribution);
  }
  root.querySelectorAll(".sg-back").forEach((button) => press(button, backed.has(button.value)));
  for (const id of [...words(mine, "own"), ...words(mine, "joined")]) {
    const button = root.querySelector(`#back-${id}`);
    if (!button) continue;
    const tag = document.createElement("span");
    tag.className = "sg-tag";
    const label = document.createElement("span");
    label.append(place("own-tag").content.cloneNode(true), button.querySelector("[data-figure]"));
    tag.append(label);
    button.replaceWith(tag);
  }
  const changes = root.querySelector("[data-changes]");
  for (const item of root.querySelectorAll("[data-item]")) offerBack(item, changes && backed.has(item.dataset.item));
}

// What is backed can be taken back where nothing can be backed any more, too.
function offerBack(item, isBacked) {
  const id = item.dataset.item;
  const there = item.querySelector(".sg-unback");
  if (isBacked && !item.querySelector(`#back-${id}`)) {
    const button = place("unback").content.firstElementChild.cloneNode(true);
    Object.assign(button, { id: `back-${id}`, value: id });
    button.setAttribute("aria-describedby", `q${id}-text`);
    item.append(button);
  } else if (there && !isBacked) {
    if (there === document.activeElement) {
      item.tabIndex = -1;
      item.focus({ preventScroll: true });
    }
    there.remove();
  }
}

// A new list stays in hand while somebody is in the present one; it comes on demand, or when nobody has touched it.
const reorder = place("reorder");
let held = "";
let touched = -STILL_FOR;
let more = false;                                 // further pages stand below the first one, up to this one:
let lastPage = Number(live.dataset.page);
let pause = 0;

reorder.dataset.idle = "";
reorder.hidden = false;
const touch = () => { touched = performance.now(); };
for (const name of ["pointerdown", "pointermove", "wheel", "keydown", "focusin", "focusout"]) list.addEventListener(name, touch, { passive: true });
window.addEventListener("scroll", touch, { passive: true });

const items = (root) => [...root.querySelectorAll("[data-item]")].map((item) => item.dataset.item).join(" ");
const inUse = () => more || list.contains(document.activeElement) || performance.now() - touched < STILL_FOR;

function part(html) {
  const frame = document.createElement("template");
  frame.innerHTML = html;
  return frame.content.querySelector("template");
}

function showList(html) {
  held = "";
  reorder.dataset.idle = "";
  return draw(part(html));
}

async function draw(frame) {
  mark(frame.content);
  await htmx.swap({ sourceElement: live, target: live, swap: "none", text: frame.outerHTML, transition: false });
}

const beyond = () => more || live.dataset.page !== "1";

async function takeList(html) {
  const known = items(list);
  const fresh = items(part(html).content);
  if (fresh === known || !known || !inUse()) {
    await showList(html);
    return;
  }
  held = html;
  delete reorder.dataset.idle;
  clearTimeout(pause);
  pause = setTimeout(showLater, STILL_FOR);
  await draw(inPlace(html));
}

// What has become of those that stand there, where they stand.
function inPlace(html) {
  const frame = part(html);
  const fresh = new Map([...frame.content.querySelectorAll("[data-item]")].map((item) => [item.dataset.item, item]));
  const present = [...list.querySelectorAll("[data-item]")];
  frame.content.querySelector("ul")?.replaceChildren(...present.map((item) => fresh.get(item.dataset.item) ?? item.cloneNode(true)));
  return frame;
}

function showLater() {
  if (!held) return;
  if (inUse()) pause = setTimeout(showLater, 1000);
  else showList(held);
}

place("reorder-now").addEventListener("click", async () => {
  await showList(held);
  place("all").focus({ preventScroll: true });
});

onPart((html) => {
  if (!html.includes('hx-target="#list"')) return null;
  return beyond() ? Promise.resolve() : takeList(html);
});

// Further pages come below the first one, without those that stand there already. Frames have the first page only, so
// whoever looks further asks for what stands there, now and then.
const restUrl = (number) => `${live.dataset.stateUrl.replace("/state?", "/list?")}&page=${number}`;
const rests = new Map();                          // what was last got of a page, by its number

async function rest(number) {
  const before = rests.get(number);
  const answer = await fetch(restUrl(number), { headers: before ? { "If-None-Match": before.etag } : {}, cache: "no-store" });
  if (answer.status === 304) return before;
  if (!answer.ok) throw new Error(answer.statusText);
  const got = { etag: answer.headers.get("ETag") ?? "", html: await answer.text() };
  rests.set(number, got);
  return got;
}

function addRest(whole, html) {
  const further = document.createElement("template");
  further.innerHTML = html;
  const known = new Set(items(whole).split(" "));
  const fresh = [...further.content.querySelectorAll("[data-item]")].filter((item) => !known.has(item.dataset.item));
  const onward = further.content.querySelector("nav");
  onward?.querySelector("#fewer")?.remove();
  whole.querySelector("ul")?.append(...fresh);
  whole.querySelector("nav")?.replaceWith(...[onward].filter(Boolean));
  return fresh;
}

async function renew() {
  const before = new Map(rests);
  const whole = document.createElement("template");
  for (let number = Number(live.dataset.page); number <= lastPage; number += 1) {
    const { html } = await rest(number);
    if (whole.innerHTML) addRest(whole.content, html);
    else whole.innerHTML = html;
  }
  if ([...rests].some(([number, got]) => before.get(number) !== got)) {
    await takeList(`<template hx type="partial" hx-target="#list" hx-swap="innerMorph">${whole.innerHTML}</template>`);
  }
}

function renewLater() {
  setTimeout(async () => {
    if (beyond() && !document.hidden) await renew().catch(() => { /* no network: the next time */ });
    renewLater();
  }, RENEWED_EVERY * (0.75 + 0.5 * Math.random()));
}
renewLater();

live.addEventListener("click", async (event) => {
  const link = event.target.closest("#more");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const number = Number(new URL(link.href).searchParams.get("page"));
  const got = await rest(number).catch(() => null);
  if (!got) {
    location.assign(link.href);
    return;
  }
  const [first] = addRest(list, got.html);
  mark(list);
  more = true;
  lastPage = number;
  if (!first) return;
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
});

// What has become of one's own questions is said when it changes, and only then.
const fates = new Map();

function sayFates() {
  const changed = [];
  for (const own of live.querySelectorAll("#own [data-fate]")) {
    const before = fates.get(own.id);
    if (before !== undefined && before !== own.dataset.fate) changed.push(own.dataset.said);
    fates.set(own.id, own.dataset.fate);
  }
  if (changed.length) said.textContent = changed.join(" ");
}

function after() {
  dress();
  mark(list);
  sayFates();
}
onText(after);
onOpen(sendAll);
window.addEventListener("online", sendAll);

for (const [key, kept] of saved()) {
  if (key === "draft") continue;
  const sent = { key, ...kept, pause: FIRST_PAUSE, overHttp: true };
  waiting.set(key, sent);
  showKept(sent);
  sent.timer = setTimeout(deliver, FIRST_PAUSE * (0.6 + 0.8 * Math.random()), sent);
}
after();
