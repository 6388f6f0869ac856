// The forms of the live page: an answer goes to the votes on their way, with or without a connection.

import { enhanceForm } from "./forms.js";
import { cast, connect, sendAll, settle } from "./kept.js";
import { apply, isOpen, live, onOpen, onText, send } from "./live.js";

// Which button sent the form: "abstain" is one of its own.
let pressed = null;
live.addEventListener("submit", (event) => { pressed = event.submitter; }, true);

// A form for additions folds itself up when there is an empty field for the next one; after the last it is gone.
let adding = null;
live.addEventListener("submit", (event) => {
  const details = event.target.closest("[data-additions] details");
  if (!details) return;
  adding = details.querySelector("textarea").id;
  details.querySelector("summary").focus({ preventScroll: true });
}, true);
onText(() => {
  const place = live.querySelector("[data-additions]");
  if (!adding || !place || document.getElementById(adding)) return;
  adding = null;
  const details = place.querySelector("details");
  if (details) details.open = false;
  else if (document.activeElement.matches("body, #content")) place.querySelector("h2").focus({ preventScroll: true });
});

const enhanceForms = () => live.querySelectorAll("form[data-module]").forEach(enhanceForm);
onText(enhanceForms);
enhanceForms();

// What was said of a vote must not be read beside the next question, unless the frame that brings it says it of that.
const saidVote = document.getElementById("said-vote");
const region = () => live.querySelector("[data-question]")?.id;
let looking = region();
onText((text) => {
  if (region() === looking) return;
  looking = region();
  if (!text.includes('"#said-vote"')) saidVote.textContent = "";
});

connect({ isOpen, send, apply, counted: finishChanging });
onText(settle);
onOpen(sendAll);

live.addEventListener("htmx:ws:before:message:outgoing", (event) => {
  const form = event.target.closest("[data-vote]");
  if (!form) return;
  event.detail.cancelled = true;
  begin(form, event.detail.message.values);
});

// Also without a connection that htmx could use: the extension then says so instead of sending.
live.addEventListener("htmx:ws:error", async (event) => {
  const wish = event.target.closest?.("form:is([data-extend],[data-group],[data-add])");
  if (wish) {
    const sent = { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams(new FormData(wish)) };
    const answer = await fetch(wish.action, sent).catch(() => null);
    if (answer?.ok) await apply(await answer.text());
  }
  const form = event.target.closest?.("form[data-vote]");
  if (!form) return;
  const values = {};
  for (const [name, value] of new FormData(form, pressed?.form === form ? pressed : null)) values[name] = name in values ? [].concat(values[name], value) : value;
  begin(form, values);
});

// What is asked at the start makes room for the first question, and once it is answered keeps the focus.
onText(() => {
  const early = live.querySelector("#group-ask[data-early]");
  if (early && !early.contains(document.activeElement) && live.querySelector("[data-question]")) {
    early.open = false;
    early.removeAttribute("data-early");
  }
  const folded = live.querySelector("#group details:not([open])");
  if (folded?.contains(document.activeElement)) folded.querySelector("summary").focus({ preventScroll: true });
});

// A form that goes on after an answer adds to the values and moves on.
function begin(form, values) {
  form.dispatchEvent(new CustomEvent("answering", { detail: values }));
  const asked = form.querySelector("legend :is(.sg-question, .kern-sr-only)");
  const counted = document.querySelector(`#receipt-${values.question}-${values.wave} [data-submission] strong`);
  cast(values, asked.textContent, counted?.textContent);
}

function finishChanging({ question, wave }) {
  const details = document.querySelector(`#change-${question}-${wave} details`);
  if (details?.contains(document.activeElement)) details.querySelector("summary").focus();
  if (details) details.open = false;
}
