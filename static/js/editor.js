// The form of a question: the preview follows what is typed, and options come, go and move without leaving the page.
// The server makes all of it; without this script the same buttons load the page anew.

const PAUSE = 400;              // ms without a key before the preview is asked for

const form = document.getElementById("editor");
const said = document.getElementById("said");
let waiting = 0;
let asked = 0;

async function ask(pressed) {
  const body = new FormData(form);
  body.set("do", pressed);
  asked += 1;
  const number = asked;
  const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout?.(10000) }).catch(() => null);
  if (!answer?.ok || number !== asked) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Only what has changed is put into a frame, so that it does not flicker. The first pages come with their frames.
function show(page) {
  const frames = [...page.querySelectorAll("iframe")];
  document.getElementById("preview-missing").hidden = frames.length > 0;
  const here = document.getElementById("preview");
  if (frames.length && !here.querySelector("iframe")) here.append(...page.querySelectorAll("#preview figure"));
  else for (const frame of frames) {
    const fresh = new DOMParser().parseFromString(frame.srcdoc, "text/html").querySelector("[data-part]");
    const part = document.getElementById(frame.id).contentDocument?.querySelector("[data-part]");
    if (part && part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML;
  }
}

async function preview() {
  const page = await ask("preview");
  if (page) show(page);
}

async function renew(pressed) {
  clearTimeout(waiting);
  const page = await ask(pressed);
  if (!page) return false;
  for (const old of document.querySelectorAll("#fields details")) page.getElementById(old.id)?.toggleAttribute("open", old.open);
  for (const place of ["#notice", "#fields"]) document.querySelector(place).replaceWith(page.querySelector(place));
  show(page);
  return true;
}

document.getElementById("shown").addEventListener("change", preview);

// What was wrong with what stood in a field is not said of what is written there now.
function unmark(field) {
  const wrong = document.getElementById(field.getAttribute("aria-describedby")?.split(" ").find((id) => id.startsWith("wrong-")));
  if (!wrong) return;
  for (const one of form.querySelectorAll(`[aria-describedby~="${CSS.escape(wrong.id)}"]`)) {
    const left = one.getAttribute("aria-describedby").split(" ").filter((id) => id && id !== wrong.id);
    if (left.length) one.setAttribute("aria-describedby", left.join(" "));
    else one.removeAttribute("aria-describedby");
    one.removeAttribute("aria-invalid");
    one.classList.remove("kern-form-input__input--error");
    one.closest(".kern-form-input")?.classList.remove("kern-form-input--error");
  }
  wrong.remove();
  if (!form.querySelector(".kern-error")) document.querySelector("#notice").replaceChildren();
}

form.addEventListener("input", (event) => {
  clearTimeout(waiting);
  unmark(event.target);
  if (event.target.name === "kind") renew("preview");
  else if (event.target.type === "file") take(event.target.id);
  else waiting = setTimeout(preview, PAUSE);
});

// The server has looked at a file: from here on its name is sent, or what was wrong with it stands there.
async function take(id) {
  if (await renew("preview")) document.getElementById(id).focus();
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  const inPlace = button?.hasAttribute("data-in-place");
  if (!inPlace && button?.value !== "preview") return;
  event.preventDefault();
  if (!inPlace) return preview();
  if (await renew(button.value)) goOn(...button.value.split("."));
});

// Where the focus goes on: with the option that moved, in the new field, or at the one behind what was removed.
function goOn(verb, at) {
  const fields = [...form.querySelectorAll("[name=option]")];
  if (verb === "add") return fields.at(-1).focus();
  if (verb === "remove") {
    said.textContent = said.dataset.removed;
    return fields[Math.min(at, fields.length - 1)].focus();
  }
  const now = Math.min(Math.max(Number(at) + (verb === "up" ? -1 : 1), 0), fields.length - 1);
  said.textContent = said.dataset.moved.replace("{n}", now + 1);
  document.getElementById(`${verb}-${now}`).focus();
}

document.getElementById("check")?.focus();
