// Everything works without this file. It does two small things more.
"use strict";

// 1. After a mistake, put the reader (and the screen reader) at the list of what to mend.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

// 2. A second tap on the send button does nothing while the first is under way. The button is not disabled:
//    a disabled button loses its value, and after ten seconds without an answer the parent may try again.
//    (The server acts once anyway, by the idempotency key of the form.)
const WAIT_MS = 10000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < WAIT_MS) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = String(Date.now());
});
// Back from the next page: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
