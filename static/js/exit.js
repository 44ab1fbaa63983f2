// The way out of the report pages. Without this file the button is a plain link that does the same, a little slower.
"use strict";

const link = document.querySelector("a.exit-btn[data-exit]");
const says = document.querySelector("[data-exit-status]");
const WITHIN_MS = 5000;
let times = 0;
let timer = 0;

// Cover the page at once, tell the portal to forget what was open here, and put the other site in our place.
function leave() {
  const cover = document.createElement("div");
  cover.className = "exit-cover";
  document.body.append(cover);
  document.title = says.dataset.none;
  says.textContent = says.dataset.none;
  fetch(link.href, { redirect: "manual", keepalive: true }).catch(() => {});
  location.replace(link.dataset.exit);
}

for (const way of document.querySelectorAll("[data-exit]")) {
  way.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}

function start() {
  times = 0;
  clearTimeout(timer);
  says.textContent = "";
}

// Three times Shift, by itself, within five seconds. Shift with a letter is somebody who types a capital.
let alone = false;
document.addEventListener("keydown", (event) => {
  alone = event.key === "Shift";
  if (!alone) start();
});
document.addEventListener("keyup", (event) => {
  if (event.key !== "Shift" || !alone) return;
  alone = false;
  times += 1;
  clearTimeout(timer);
  timer = setTimeout(start, WITHIN_MS);
  if (times === 3) leave();
  else says.textContent = times === 1 ? says.dataset.two : says.dataset.one;
});

// Back from the other site, the page as it was: never covered, and never shown from memory.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
