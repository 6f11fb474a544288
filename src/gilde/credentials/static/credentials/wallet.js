// Copies a link. The button is there only where a script can serve it; without one the field is selected and copied by hand.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const said = document.querySelector("[data-copy-said]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // A page that is not served over HTTPS may only do it the old way.
      if (!document.execCommand("copy")) return;
    }
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = button.dataset.copied; });
  });
}
