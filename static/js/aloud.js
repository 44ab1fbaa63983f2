// Reads a question aloud (UX-P16). Everything works without this file. The button is there only where the device
// itself has a voice for every language on the question: a voice on a server would hear the names of the children.
"use strict";

const speech = window.speechSynthesis;
const button = document.querySelector("template[data-aloud]");
let turn = 0;

const short = (language) => language.toLowerCase().split(/[-_]/)[0];
const words = (part) => part.textContent.replace(/\s+/g, " ").trim();
const languageOf = (part) => short((part.querySelector("[lang]") || part).closest("[lang]").lang);
const voiceOf = (language) =>
  speech.getVoices().find((voice) => voice.localService && short(voice.lang) === language);

// In the order of the page: what it is about, the question, its explanation, every answer, what stands now.
const partsOf = (question) => [
  document.querySelector("h1"),
  ...question.querySelectorAll("legend, .question-hint, .question-error, label, .question-note"),
];

function quiet() {
  turn += 1;
  speech.cancel();
  for (const one of document.querySelectorAll(".aloud")) one.setAttribute("aria-pressed", "false");
}

function tell(pressed, question) {
  const isBusy = pressed.getAttribute("aria-pressed") === "true";
  quiet();
  if (isBusy) return; // a second tap is: stop
  const mine = turn;
  const said = partsOf(question).map((part) => {
    const sentence = new SpeechSynthesisUtterance(words(part));
    sentence.voice = voiceOf(languageOf(part));
    sentence.lang = sentence.voice.lang;
    sentence.rate = 0.9;
    return sentence;
  });
  said.at(-1).onend = () => {
    if (mine === turn) quiet();
  };
  pressed.setAttribute("aria-pressed", "true");
  for (const sentence of said) speech.speak(sentence);
}

// Some browsers know their voices only after a while, or lose one: then the buttons come or go.
function show() {
  for (const question of document.querySelectorAll("fieldset.question")) {
    let mine = question.querySelector(".aloud");
    const canRead = partsOf(question).every((part) => voiceOf(languageOf(part)));
    if (canRead && !mine) {
      mine = button.content.firstElementChild.cloneNode(true);
      const legend = question.querySelector("legend");
      mine.querySelector("span").append(" ", words(legend));
      mine.addEventListener("click", () => tell(mine, question));
      legend.after(mine);
    }
    if (mine) mine.hidden = !canRead;
  }
}

if (speech && button) {
  show();
  speech.addEventListener("voiceschanged", show);
  window.addEventListener("pagehide", quiet);
}
