// The questions from the floor beside the desk of the poll: forms without leaving the page, and buttons that stand still
// under a pointer.

import { apply, live } from "./live.js";
import { windowName } from "./window.js";

const UNDO = 10000;
const place = document.getElementById("desk-floor");
const told = document.getElementById("floor-told");
const mouse = matchMedia("(hover: hover)");
const only = (html) => html.includes('hx-target="#desk-floor"') && !html.includes('hx-target="#desk-question"');
const hovered = () => mouse.matches && place.matches(":hover");
let held = "";

live.addEventListener("htmx:ws:before:message:incoming", (event) => {
  const { data } = event.detail.message;
  if (!data.includes('hx-target="#desk-floor"')) return;
  event.detail.cancelled = only(data) && hovered();
  held = event.detail.cancelled ? data : "";
});

place.addEventListener("pointerleave", () => {
  const html = held;
  held = "";
  if (html) apply(html);
});

let going = 0;
live.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!place.contains(form) && !told.contains(form)) return;
  event.preventDefault();
  const card = form.closest("[data-waits]");
  const next = card?.nextElementSibling?.matches("[data-waits]") ? card.nextElementSibling.id : card?.previousElementSibling?.id;
  const within = form.contains(document.activeElement);
  const body = new URLSearchParams(new FormData(form, event.submitter));
  body.set("window", windowName);
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  const html = answer && (answer.headers.get("Content-Type") ?? "").startsWith("text/html") ? await answer.text() : "";
  if (!html.startsWith("<template hx ")) {
    told.replaceChildren(document.getElementById("unsent").content.cloneNode(true));
    return;
  }
  held = "";
  await apply(html);
  clearTimeout(going);
  going = setTimeout(() => told.replaceChildren(), UNDO);
  // Whoever decides by keyboard goes on with the next one that waits, or with what comes next.
  if (!within || place.contains(document.activeElement)) return;
  (document.getElementById(next) ?? place).querySelector("button")?.focus({ preventScroll: true });
});
