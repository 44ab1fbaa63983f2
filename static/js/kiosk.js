// A tablet at school: without a tap for two minutes the family is forgotten. Without this file the page itself goes
// back (meta refresh), and the server forgets them in any case.
"use strict";

const { start, seconds } = document.currentScript.dataset;
let last = Date.now();
for (const kind of ["pointerdown", "keydown", "scroll"]) {
  window.addEventListener(kind, () => { last = Date.now(); }, { passive: true, capture: true });
}
window.setInterval(() => {
  if (Date.now() - last > Number(seconds) * 1000) window.location.replace(start);
}, 1000);
// A page that the browser had kept for Back is asked for anew: the server knows whether anybody is there.
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
