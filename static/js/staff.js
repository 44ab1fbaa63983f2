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

// Who is signed out gets another page than a verdict: then the whole page is loaded again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = new URL(event.detail.xhr.responseURL || location.href);
  if (answer.pathname === location.pathname) return;
  event.detail.shouldSwap = false;
  location.reload();
});
// A page that comes back from the browser's memory, or to the front of a phone, may hold an old verdict.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("[data-verdict]")) location.reload();
});
document.addEventListener("visibilitychange", () => {
  const form = document.querySelector("[data-verdict] form[hx-get]");
  if (form && !document.hidden) htmx.trigger(form, "change");
});
