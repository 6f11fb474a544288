// Deciding proposals by keyboard. Without this script the same form works with the pointer, or key by key.
// The keys do something only while the focus is inside the list (WCAG 2.2, 2.1.4).
"use strict";

const list = document.querySelector("[data-matching]");

if (list) {
  document.getElementById("matching-keys").hidden = false;
  for (const field of list.querySelectorAll("[data-find]")) field.hidden = false;
  for (const link of list.querySelectorAll(".other")) link.hidden = true;

  const proposals = () => [...list.querySelectorAll("[data-proposal]")];
  const here = () => list.querySelector("[data-proposal].is-here");

  const mark = (proposal) => {
    for (const old of list.querySelectorAll(".is-here")) old.classList.remove("is-here");
    if (proposal) proposal.classList.add("is-here");
  };

  const goTo = (proposal) => {
    if (!proposal) return;
    mark(proposal);
    proposal.focus();
    proposal.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = proposals();
    const now = all.indexOf(here());
    goTo(now < 0 ? all[0] : all[Math.min(all.length - 1, Math.max(0, now + step))]);
  };

  const choose = (value) => {
    const proposal = here();
    const radio = proposal && proposal.querySelector(`input[type="radio"][value="${value}"]`);
    if (radio) radio.checked = true;
  };

  const relate = (number) => {
    const select = here() && here().querySelector(".relation select");
    if (!select) return;
    select.selectedIndex = number - 1;
    choose("confirm");
  };

  const outcomeOf = (element) => element.closest(".matched");

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    c: () => { choose("confirm"); move(1); },
    r: () => { choose("reject"); move(1); },
    u: () => choose(""),
    n: () => {
      const box = here() && outcomeOf(here()).querySelector('input[type="checkbox"]');
      if (box) box.checked = !box.checked;
    },
    s: () => list.requestSubmit(),
    "/": (target) => {
      const outcome = outcomeOf(here() || target);
      const field = outcome && outcome.querySelector("[data-find] input");
      if (field) field.focus();
    },
  };
  for (const number of [1, 2, 3, 4]) acts[number] = () => relate(number);

  list.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key === "Enter" && target.matches("[data-find] input")) event.preventDefault();
    if (event.key === "Escape" && target.closest("[data-find]")) {
      goTo(here() || outcomeOf(target).querySelector("[data-proposal]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches('select, textarea, input:not([type="radio"], [type="checkbox"])')) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act(target);
  });

  list.addEventListener("focusin", (event) => {
    const proposal = event.target.closest("[data-proposal]");
    if (proposal) mark(proposal);
  });
}
