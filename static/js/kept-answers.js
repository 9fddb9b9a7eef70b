// What is typed in a form of the follow-up and not yet saved: kept in this browser, offered again when the form is
// opened anew, and asked about before the page is left. The forms work without this.
import { keepAnswers, keptAnswers } from "./drafts.js";

const FORMS = "form.answers, form.own-answers, form.in-cell";
const SENT = "trygghet:sent-answers";
const offers = new WeakMap(); // form → name of field → the drafts that are offered in it
const sentFrom = new WeakMap(); // cell of the grid → what was sent from it
let isSending = false;

// --- The fields

const namesOf = (form) =>
  new Set([...form.elements].filter((each) => each.name && !["hidden", "submit", "button"].includes(each.type)).map((each) => each.name));
const partsOf = (form, name) => [...form.elements].filter((each) => each.name === name);
const valueOf = (form, name) => form.elements.namedItem(name).value;

// What the page came with, whatever the browser has put in the field since.
function cameWith(form, name) {
  const parts = partsOf(form, name);
  if (parts[0].type === "radio") return parts.find((each) => each.defaultChecked)?.value ?? "";
  if (parts[0] instanceof HTMLSelectElement) return [...parts[0].options].find((each) => each.defaultSelected)?.value ?? "";
  return parts[0].defaultValue;
}

function toldOf(form, name) {
  const [first, ...rest] = partsOf(form, name);
  if (first.type === "radio") return [first, ...rest].find((each) => each.checked)?.labels[0].textContent.trim() ?? "";
  return first instanceof HTMLSelectElement ? first.selectedOptions[0].textContent.trim() : first.value;
}

function labelOf(form, name) {
  const first = partsOf(form, name)[0];
  const about = first.closest(".answer-one, .own-answer")?.querySelector("h3, .answer-about")?.textContent.trim() ?? "";
  const own = (first.closest("fieldset.pills")?.querySelector("legend") ?? first.labels[0]).textContent.trim();
  if (!about) return own;
  return `${about.length > 60 ? `${about.slice(0, 60).trim()} …` : about}: ${own}`;
}

// The page shows again what could not be saved: what the fields came with is then not what is stored.
const wasRefused = (form) => "unsaved" in form.dataset;
const isChanged = (form, name) => valueOf(form, name) !== cameWith(form, name);
const isUnsaved = (form) => wasRefused(form) || [...namesOf(form)].some((name) => isChanged(form, name));

// --- Keeping

function keepTyped({ target }) {
  const form = target.closest?.(FORMS);
  if (!form || !target.name || target.type === "hidden") return;
  const { name } = target;
  const offered = offers.get(form)?.get(name) ?? [];
  if (!isChanged(form, name) && !wasRefused(form)) return keepAnswers(name, offered);
  const base = wasRefused(form) ? (keptAnswers(name)[0]?.base ?? cameWith(form, name)) : cameWith(form, name);
  keepAnswers(name, [{ value: valueOf(form, name), told: toldOf(form, name), base, at: Date.now() }, ...offered]);
}

document.addEventListener("input", keepTyped);
document.addEventListener("change", keepTyped);

addEventListener("beforeunload", (event) => {
  if (!isSending && [...document.querySelectorAll(FORMS)].some(isUnsaved)) event.preventDefault();
});

// --- Sending

const whatIsSent = (form) => [...namesOf(form)].map((name) => [name, valueOf(form, name)]);

document.addEventListener("submit", ({ target }) => {
  if (!target.matches(FORMS)) return;
  if (target.matches(".in-cell")) return sentFrom.set(target.closest("td"), whatIsSent(target));
  isSending = true;
  sessionStorage.setItem(SENT, JSON.stringify(whatIsSent(target)));
});
addEventListener("pageshow", () => { isSending = false; });

function drop(sent) {
  for (const [name, value] of sent) keepAnswers(name, keptAnswers(name).filter((draft) => draft.value !== value));
}

// The page that follows says whether what was sent was saved. Where it has the field itself, that is what is asked:
// whoever had been signed out comes back to the form as it was.
function dropSaved() {
  const sent = JSON.parse(sessionStorage.getItem(SENT)) ?? [];
  sessionStorage.removeItem(SENT);
  if (!document.querySelector("#messages .note-success")) return;
  const forms = [...document.querySelectorAll(FORMS)];
  drop(sent.filter(([name, value]) => {
    const form = forms.find((each) => each.elements.namedItem(name));
    return !form || (!wasRefused(form) && cameWith(form, name) === value);
  }));
}

// --- Offering again

function start(form) {
  const offered = new Map();
  for (const name of namesOf(form)) {
    const drafts = keptAnswers(name);
    const standing = cameWith(form, name);
    const others = drafts.filter((draft) => draft.value !== standing);
    if (!wasRefused(form)) keepAnswers(name, others); // the rest is what stands there: it was saved
    const left = others.filter((draft) => draft.value !== valueOf(form, name));
    if (left.length) offered.set(name, left);
  }
  offers.set(form, offered);
  if (offered.size) form.prepend(offerOf(form, offered));
}

function made(tag, className, ...inside) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

function button(className, words, act) {
  const element = made("button", className, words);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

const whenWritten = (at) => new Date(at).toLocaleString("sv-SE", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
const mayGoIn = (form, name, draft) => draft.base === cameWith(form, name) && valueOf(form, name) === cameWith(form, name);

function offerOf(form, offered) {
  const list = made("dl", "answer-read");
  for (const [name, drafts] of offered) {
    drafts.forEach((draft, at) => {
      const row = made(
        "div", "",
        made("dt", "", `${labelOf(form, name)}, skrivet ${whenWritten(draft.at)}`),
        made("dd", "", made("span", "verbatim", draft.told || "(tomt)")),
      );
      if (at || !mayGoIn(form, name, draft)) {
        row.append(made("dd", "form-text", "Här står något annat nu än när du skrev. Kopiera det du vill ha kvar."));
      }
      list.append(row);
    });
  }
  const box = made("section", "note note-warning kept-answers");
  box.setAttribute("aria-label", "Text som inte är sparad");
  const buttons = made("div", "in-cell-buttons");
  const canGoIn = [...offered].some(([name, drafts]) => mayGoIn(form, name, drafts[0]));
  if (canGoIn) buttons.append(button("btn btn-sm", "Lägg in i formuläret", () => putIn(form, box)));
  buttons.append(button("link", "Kasta", () => throwAway(form, box)));
  const heading = made("p", "", made("b", "", "Du har skrivit här utan att spara."), " Texten finns kvar i den här webbläsaren:");
  box.append(made("div", "", heading, list, buttons));
  document.getElementById("announcement").textContent = "Du har skrivit här utan att spara. Texten finns kvar.";
  return box;
}

function putIn(form, box) {
  const offered = offers.get(form);
  const filled = [];
  for (const [name, [latest, ...earlier]] of [...offered]) {
    if (!mayGoIn(form, name, latest)) continue;
    form.elements.namedItem(name).value = latest.value;
    if (earlier.length) offered.set(name, earlier);
    else offered.delete(name);
    filled.push(name);
  }
  box.remove();
  if (offered.size) form.prepend(offerOf(form, offered));
  partsOf(form, filled[0])[0].focus();
  document.getElementById("announcement").textContent = "Texten står i formuläret. Den är inte sparad än.";
}

function throwAway(form, box) {
  for (const [name, drafts] of offers.get(form)) {
    const thrown = new Set(drafts.map((draft) => draft.value));
    keepAnswers(name, keptAnswers(name).filter((draft) => !thrown.has(draft.value)));
  }
  offers.set(form, new Map());
  box.remove();
  form.querySelector("select, textarea, input:not([type='hidden'])").focus();
}

dropSaved();
document.querySelectorAll(FORMS).forEach(start);

// The grid's own cell: its form comes and goes while the page stays.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const cell = detail.target.closest?.(".is-follow-up td");
  if (!cell) return;
  if (cell.querySelector(".saved-here")) drop(sentFrom.get(cell) ?? []);
  cell.querySelectorAll(FORMS).forEach(start);
});
