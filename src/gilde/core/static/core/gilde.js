// The one script of our own. Every page works without it.
"use strict";

// A menu closes when one leaves it, by key, by pointer or by focus.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
};
document.addEventListener("pointerdown", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  closeMenus(null);
  if (menu) menu.querySelector("summary").focus();
});

// A table that scrolls inside its own region must be reachable by keyboard; one that fits is no stop, and its head
// stays at the top of the window.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls =
      target.scrollWidth > target.clientWidth ||
      (target.classList.contains("tall") && target.scrollHeight > target.clientHeight);
    target.classList.toggle("fits", !scrolls);
    if (scrolls) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
const watchRegions = (root) => {
  for (const region of root.querySelectorAll(".scroll")) watch.observe(region);
};
watchRegions(document);
document.addEventListener("htmx:afterSwap", (event) => watchRegions(event.target));

// Buttons that only a script can serve appear only where there is one.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print]");
  if (button) window.print();
});
