// The phone in the preview of a question: its form gets what the kind's script adds.

import { enhanceForm } from "./forms.js";

const live = document.getElementById("live");

function enhanceForms() {
  for (const form of live.querySelectorAll("form[data-module]:not([data-enhanced])")) {
    form.dataset.enhanced = "";
    enhanceForm(form);
  }
}
new MutationObserver(enhanceForms).observe(live, { childList: true });
enhanceForms();
