// Only for pages that use htmx. A verdict on the screen must belong to what is ticked now: while a new one is on its
// way, and when it cannot come, the old one is hidden (staff.css does that by data-verdict).
"use strict";

const state = (event, value) => {
  const box = event.target.closest("[data-verdict]");
  if (box) box.dataset.verdict = value;
};
document.addEventListener("htmx:beforeRequest", (event) => state(event, "busy"));
document.addEventListener("htmx:afterSwap", (event) => state(event, "shown"));
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => state(event, "lost"));
}
