// Buttons that copy the address beside them; without a clipboard, as on pages without TLS, they stay hidden.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  const said = document.getElementById(button.dataset.said);
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    said.textContent = "";
    await navigator.clipboard.writeText(field.value);
    said.textContent = said.dataset.text;
  });
}
