// Writing in the plan where the cell stands. Without scripts, the same links lead to the row's form.
import { showConflict } from "./conflict.js";
import { accepts, allKept, drop, keep, keyOf, planPath } from "./drafts.js";
import { idle, save, underwayFor, whenSettled } from "./saving.js";

const MAX_TEXT = 8_000;
const narrow = matchMedia("(max-width: 52rem)");
const foreign = new Map(); // cell → what somebody else wrote there after the page was read
const delayed = new Map(); // cell → what is to be asked there, once no other cell is being written in
let added = null; // the row just added: its uid and the address that takes the addition back

const cellFor = ({ uid, field }) => document.querySelector(`.cell[data-uid="${CSS.escape(uid)}"][data-field="${field}"]`);
const cellsOf = (uid) => document.querySelectorAll(`.cell[data-uid="${CSS.escape(uid)}"]`);
const shown = (cell) => cell.querySelector(".text").textContent;
const inputOf = (cell) => cell.querySelector(".cell-input");
const opener = (cell) => cell.querySelector(".open");

const draftOf = (cell, value) => ({
  kind: cell.dataset.kind,
  uid: cell.dataset.uid,
  field: cell.dataset.field,
  value,
  base: cell.dataset.base ?? shown(cell),
  earlier: underwayFor(keyOf(cell.dataset)).map(({ base }) => base),
});

// Nothing of the cell is written any longer, but for what was left before and is still being saved.
function forget(draft) {
  if (delayed.has(keyOf(draft))) return; // it is still to be asked about
  const before = underwayFor(keyOf(draft)).at(-1);
  if (before) keep(before);
  else drop(draft);
}

// --- Showing

function show(cell, text) {
  cell.querySelector(".text").textContent = text;
  const words = document.querySelector(`[data-words="${cell.dataset.kind}.${cell.dataset.field}"]`).dataset;
  cell.querySelector(".missing")?.remove();
  if (!text && words.missing) {
    const missing = document.createElement("span");
    missing.className = "missing";
    missing.textContent = words.missing;
    cell.querySelector(".text").after(missing);
  }
  const link = opener(cell);
  link.firstChild.data = text ? "Ändra" : words.invitation;
  link.classList.toggle("open-empty", !text && !cell.closest("table"));
}

// --- Opening and closing

const openCell = () => document.querySelector(".cell.is-open");

function open(cell, text = shown(cell)) {
  const current = openCell();
  if (current === cell || cell.querySelector(".conflict")) return;
  if (current) leave(current);
  if (delayed.has(keyOf(cell.dataset))) return runDelayed(keyOf(cell.dataset));
  cell.querySelector(".cell-help")?.remove();
  cell.dataset.base = shown(cell);
  foreign.delete(keyOf(cell.dataset));
  const input = document.createElement("textarea");
  input.className = "cell-input";
  input.value = text;
  input.setAttribute("aria-label", cell.dataset.name);
  input.setAttribute("aria-describedby", "cell-keys");
  input.rows = 2;
  const way = Object.assign(document.createElement("span"), { className: "way-out", textContent: "Esc avslutar" });
  way.setAttribute("aria-hidden", "true"); // said in full by the field's description
  cell.append(input, way);
  cell.classList.add("is-open");
  fit(input);
  input.focus();
  input.setSelectionRange(text.length, text.length);
}

// For browsers that do not know field-sizing: content.
function fit(input) {
  if (CSS.supports("field-sizing", "content")) return;
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
}

function close(cell) {
  cell.classList.remove("is-open"); // first: taking the field away makes it lose focus, which is to mean nothing
  inputOf(cell)?.remove();
  cell.querySelector(".way-out")?.remove();
  cell.querySelector(".cell-help")?.remove();
  delete cell.dataset.base;
  runNext();
}

// What is to be asked about a cell must not take the focus from another that is being written in.
function whenFree(cell, run) {
  if (!openCell() || openCell() === cell) return run();
  delayed.set(keyOf(cell.dataset), run);
}

function runDelayed(key) {
  const run = delayed.get(key);
  delayed.delete(key);
  run();
}

// One question at a time, and not before what closed the cell has moved the focus.
function runNext() {
  if (!delayed.size) return;
  setTimeout(() => {
    if (delayed.size && !openCell() && !document.querySelector(".conflict")) runDelayed(delayed.keys().next().value);
  });
}

// The cell after this one, or before it, among those that can be written in now.
function neighbour(cell, step) {
  const cells = [...cell.closest("table, dl").querySelectorAll(".cell[data-uid]")];
  const isFree = (each) => each === cell || !(each.querySelector(".conflict") || delayed.has(keyOf(each.dataset)));
  const free = cells.filter(isFree);
  return free[free.indexOf(cell) + step];
}

function leave(cell) {
  const input = inputOf(cell);
  if (!input) return;
  const draft = draftOf(cell, input.value);
  const ask = delayed.get(keyOf(draft));
  if (ask) {
    keep(draft);
    show(cell, draft.value);
    delayed.set(keyOf(draft), () => ask(draft));
    return close(cell);
  }
  close(cell);
  if (draft.value === draft.base) return forget(draft);
  send(cell, draft);
}

function restore(cell) {
  forget(draftOf(cell, ""));
  close(cell);
  opener(cell).focus();
  offerRemoval(cell);
}

// A row that was added and left without a word.
function offerRemoval(cell) {
  const { uid } = cell.dataset;
  if (uid !== added?.uid || [...cellsOf(uid)].some((each) => shown(each))) return;
  const button = Object.assign(document.createElement("button"), { type: "submit", className: "link", textContent: "Ta bort den" });
  button.setAttribute("form", "row-form");
  button.formAction = added.undo;
  help(cell, "Tom rad lades till. ");
  cell.querySelector(".cell-help").append(button);
  window.htmx.process(button); // else htmx does not learn which button was pressed
}

function withdrawOffer() {
  for (const cell of cellsOf(added.uid)) if (!inputOf(cell)) cell.querySelector(".cell-help")?.remove();
  added = null;
}

function help(cell, text, mark = "") {
  const line = cell.querySelector(".cell-help") ?? cell.appendChild(document.createElement("span"));
  line.className = `cell-help ${mark}`;
  line.textContent = text;
  line.setAttribute("role", mark ? "alert" : "status");
}

// --- Saving

function send(cell, draft) {
  if (draft.uid === added?.uid) withdrawOffer();
  show(cell, draft.value);
  cell.classList.add("is-unsaved");
  return save(draft, { versionOf, isOutdated, saved, conflict, refused, updateRow });
}

function versionOf(draft) {
  const cell = cellFor(draft);
  return { version: cell.dataset.version, shared: cell.dataset.shared ?? "" };
}

const isOutdated = (draft) => !cellFor(draft) || (foreign.has(keyOf(draft)) && !accepts(draft, foreign.get(keyOf(draft))));

function setVersion(uid, version) {
  for (const cell of cellsOf(uid)) cell.dataset.version = version;
  for (const cell of document.querySelectorAll(`.cell[data-shared*="${uid}:"]`)) {
    cell.dataset.shared = cell.dataset.shared.replace(new RegExp(`${uid}:\\d+`), `${uid}:${version}`);
  }
}

function saved(draft, { text, version, versions }) {
  for (const [uid, grown] of Object.entries(versions ?? (version ? { [draft.uid]: version } : {}))) setVersion(uid, grown);
  foreign.delete(keyOf(draft));
  const cell = cellFor(draft);
  if (!cell) return;
  if (inputOf(cell)) {
    if (cell.dataset.base === draft.value) cell.dataset.base = text;
  } else if (shown(cell) === draft.value) show(cell, text);
  cell.classList.remove("is-unsaved");
}

// Somebody else has changed the row: show what it holds now, except where this person is writing.
function updateRow({ uid, version, row }, draft) {
  setVersion(uid, version);
  for (const [field, text] of Object.entries(row ?? {})) {
    const cell = cellFor({ uid, field });
    if (!cell || (uid === draft.uid && field === draft.field)) continue;
    const busy = inputOf(cell) || cell.classList.contains("is-unsaved");
    if (busy) foreign.set(keyOf({ uid, field }), text);
    else if (shown(cell) !== text) {
      show(cell, text);
      cell.classList.add("is-fresh");
    }
  }
}

function conflict(draft, found) {
  const cell = cellFor(draft);
  if (!cell) return; // the row is gone; its text is still kept, see restoreKept
  if (found) foreign.set(keyOf(draft), found.theirs);
  const ask = (latest = draft) => askWhich(cell, latest, found);
  if (!inputOf(cell)) return whenFree(cell, ask);
  // The cell is being written in again: the question waits until it is left, and is then about all that was typed.
  delayed.set(keyOf(draft), ask);
  help(cell, "Någon annan har också skrivit här. Skriv klart, så får du välja text när du lämnar cellen.", "is-waiting");
}

function askWhich(cell, draft, found) {
  const theirs = foreign.get(keyOf(draft)) ?? "";
  showConflict(cell, { ...found, mine: draft.value, theirs }, (value) => {
    cell.querySelector(".conflict").remove();
    foreign.delete(keyOf(draft));
    if (value === theirs) {
      drop(draft);
      show(cell, theirs);
      cell.classList.remove("is-unsaved");
      refreshAround();
    } else send(cell, { ...draft, value, base: theirs, earlier: [] });
    opener(cell).focus();
    runNext();
  });
}

// Not to be tried again as it is: the text stays in the open cell with the reason under it.
function refused(draft, reason) {
  const cell = cellFor(draft);
  if (!cell) return;
  whenFree(cell, () => {
    show(cell, draft.base);
    open(cell, draft.value);
    help(cell, reason, "is-stopped");
  });
}

// --- After a reload or a new sign-in

function restoreKept() {
  for (const draft of allKept()) {
    const cell = cellFor(draft);
    if (!cell) tellOfKept(draft);
    else if (shown(cell) === draft.value) drop(draft);
    else if (accepts(draft, shown(cell))) send(cell, { ...draft, base: shown(cell), earlier: [] });
    else {
      cell.classList.add("is-unsaved");
      conflict(draft, { theirs: shown(cell) });
    }
  }
}

function tellOfKept(draft) {
  const item = document.createElement("li");
  item.className = "note note-warning";
  if (draft.page !== location.pathname) {
    const link = Object.assign(document.createElement("a"), { href: draft.page, textContent: "Visa den" });
    item.append("Du har text som inte är sparad på en annan flik. ", link);
  } else {
    const text = Object.assign(document.createElement("span"), { className: "verbatim", textContent: draft.value });
    const discard = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: "Släng texten" });
    discard.addEventListener("click", () => {
      drop(draft);
      item.remove();
    });
    item.append("Raden du skrev i finns inte längre. Din text:", text, discard);
  }
  document.getElementById("messages").append(item);
}

// --- The page around the grid: counts, what is missing, the latest change

async function refreshAround() {
  const response = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return; // told by the next save
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["flikar", "outlook", "gaps", "latest", "onward"]) {
    const old = document.getElementById(id);
    const now = fresh.getElementById(id);
    if (old && now && !old.contains(document.activeElement)) {
      old.replaceWith(document.adoptNode(now));
      window.htmx.process(now);
    }
  }
}
whenSettled(refreshAround);

// --- Events

let pressing = false;
const afterPress = [];
addEventListener("pointerdown", () => (pressing = true), true);
for (const name of ["pointerup", "pointercancel"]) {
  addEventListener(name, () => setTimeout(() => {
    pressing = false;
    for (const run of afterPress.splice(0)) run();
  }), true);
}

document.addEventListener("click", (event) => {
  const cell = event.target.closest(".cell[data-uid]");
  if (!cell || narrow.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest(".menu, .conflict, .cell-input, .cell-help")) return;
  const onLink = event.target.closest("a");
  if (onLink && onLink !== opener(cell)) return;
  if (!onLink && !getSelection().isCollapsed) return; // marking text, not opening
  event.preventDefault();
  if (inputOf(cell)) inputOf(cell).focus(); // beside the text, in the same cell
  else open(cell);
});

document.addEventListener("focusout", (event) => {
  const cell = event.target.closest?.(".cell.is-open");
  if (!cell || event.target !== inputOf(cell)) return;
  if (!document.hasFocus()) return keepWriting(cell); // another window: save, but stay open
  // The page must not move under a pointer that is on its way to click.
  if (pressing) afterPress.push(() => document.activeElement !== inputOf(cell) && leave(cell));
  else leave(cell);
});

function keepWriting(cell) {
  const draft = draftOf(cell, inputOf(cell).value);
  if (draft.value === draft.base || delayed.has(keyOf(draft))) return;
  cell.dataset.base = draft.value;
  send(cell, draft);
}

document.addEventListener("input", (event) => {
  if (!event.target.classList.contains("cell-input")) return;
  const cell = event.target.closest(".cell");
  keep(draftOf(cell, event.target.value));
  fit(event.target);
  const length = event.target.value.length;
  if (length > MAX_TEXT) help(cell, `${length} tecken. Högst ${MAX_TEXT} får plats.`, "is-stopped");
  else cell.querySelector(".cell-help:not(.is-waiting)")?.remove();
});

// Alt and an arrow move the row, from any of its cells.
function step(event) {
  const cell = event.target.closest(".cell[data-uid]");
  const direction = { ArrowUp: "upp", ArrowDown: "ner" }[event.key];
  const button = document.getElementById(`meny-${cell?.dataset.uid}`)?.querySelector(`[formaction$="/${direction}/"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

// AltGr writes characters, though some systems report it as Ctrl and Alt.
const isCommand = (event) => (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");

// Keys in the open cell. Tab goes on as in a spreadsheet; after the last cell it leaves the grid.
function keyInField(event) {
  const cell = event.target.closest(".cell");
  if (event.isComposing || (event.altKey && event.key !== "Escape")) return;
  if (event.key === "Escape") {
    event.preventDefault();
    restore(cell);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    leave(cell);
    opener(cell).focus();
  } else if (event.key === "Tab" && !isCommand(event)) {
    const next = neighbour(cell, event.shiftKey ? -1 : 1);
    const isTooLong = event.target.value.length > MAX_TEXT; // told under the cell
    if (next || isTooLong) event.preventDefault();
    if (next && !isTooLong) open(next);
  }
}

// Keys on a closed cell. What is typed is not taken here: with the focus in the opened
// field it lands there, and so does what a dead key or an input method makes of it.
function keyOnCell(event) {
  const cell = event.target.closest(".cell[data-uid]");
  if (!cell || narrow.matches || isCommand(event)) return;
  if (event.target !== cell && event.target !== opener(cell)) return;
  const opens = event.key === "F2" || (event.key === "Enter" && event.target === cell);
  const writes = event.key.length === 1 || event.key === "Dead" || event.key === "Process";
  if (opens) event.preventDefault();
  if (opens || writes) open(cell);
}

document.addEventListener("keydown", (event) => {
  if (event.target.classList.contains("cell-input")) return keyInField(event);
  if (event.altKey && event.key.startsWith("Arrow")) return step(event);
  keyOnCell(event);
});

// --- Rows: the menu's buttons are sent by htmx, once everything written has been saved

let asked = null;

document.addEventListener("htmx:confirm", (event) => {
  asked = event.detail.triggeringEvent?.submitter ?? null;
  event.preventDefault();
  idle().then(() => event.detail.issueRequest(true));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL).pathname === document.body.dataset.login) {
    event.detail.shouldSwap = false;
    location.href = `${document.body.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
  }
});
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, () => location.reload());
}

document.addEventListener("htmx:afterSettle", () => {
  foreign.clear();
  delayed.clear();
  restoreKept();
  // The list of messages was replaced with the page; what was there already is what gets read out.
  document.getElementById("announcement").textContent = document.getElementById("messages").textContent;
  const uid = document.getElementById("blad")?.dataset.opened;
  const row = uid && document.getElementById(`rad-${uid}`);
  const isAdded = asked?.formAction.includes("/ny/");
  added = isAdded ? { uid, undo: document.querySelector("#latest button")?.formAction } : null;
  if (!row) return document.querySelector("#messages button, #latest button")?.focus();
  row.scrollIntoView({ block: "nearest" });
  if (isAdded && !narrow.matches) return open(row);
  (row.querySelector(".row-menu summary") ?? row).focus();
});

restoreKept();
