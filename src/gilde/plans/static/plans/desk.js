// Choosing a field marks its quote in the document without a new page. Without this script the same links do it
// through the server.
"use strict";

document.documentElement.classList.add("js");

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

const placesOf = (pane, value) => pane.querySelectorAll(`[data-v~="${CSS.escape(value)}"]`);

const markQuote = (value, smooth) => {
  const pane = document.getElementById("document");
  if (!pane) return false;
  const places = placesOf(pane, value);
  if (!places.length) return false;
  for (const old of pane.querySelectorAll(".is-marked")) old.classList.remove("is-marked");
  for (const old of pane.querySelectorAll("mark")) {
    const plain = document.createElement("span");
    plain.dataset.v = old.dataset.v;
    plain.append(...old.childNodes);
    old.replaceWith(plain);
  }
  const now = placesOf(pane, value);
  for (const place of now) place.classList.add("is-marked");
  const first = now[0].getBoundingClientRect();
  const top = pane.scrollTop + first.top - pane.getBoundingClientRect().top - pane.clientHeight / 4;
  pane.scrollTo({ top, behavior: smooth && !calm.matches ? "smooth" : "instant" });
  return true;
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-quote]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (!markQuote(link.dataset.quote, true)) return;
  event.preventDefault();
  history.replaceState(null, "", link.href);
  for (const old of document.querySelectorAll(".is-chosen")) old.classList.remove("is-chosen");
  const field = document.getElementById(`f${link.dataset.quote}`);
  if (field) field.classList.add("is-chosen");
});

// The page that the server marked opens with its quote in sight, and the fields where they were asked for.
const chosen = document.getElementById("chosen");
if (chosen) {
  const pane = document.getElementById("document");
  const first = chosen.getBoundingClientRect();
  pane.scrollTop += first.top - pane.getBoundingClientRect().top - pane.clientHeight / 4;
  if (location.hash === "#chosen") {
    const field = document.querySelector(".is-chosen");
    if (field) field.scrollIntoView({ block: "center", behavior: "instant" });
  }
}

for (const select of document.querySelectorAll("select[data-go]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
