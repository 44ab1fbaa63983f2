// A page prints without this file too; it only puts a button where the browser can be asked to print.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
