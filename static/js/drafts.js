// What is written but not yet saved, kept in this browser until the server has it.
// Kept apart for each person: the computer may be shared.
const PREFIX = `trygghet:${document.body.dataset.user ?? ""}:`;

// The address of the plan without its tab: /planer/skarholmen/2025/
export const planPath = location.pathname.split("/").slice(0, 4).join("/") + "/";

export const keyOf = ({ uid, field }) => `${uid}:${field}`;
const storageKey = (draft) => `${PREFIX}${planPath}:${keyOf(draft)}`;

// Whether the draft may replace that text: it was begun from it, or from what this person was
// still saving in the cell, of which the server may have got none or some.
export const accepts = (draft, text) => draft.base === text || draft.earlier.includes(text);

function put(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    // A full or forbidden store must not stop the writing itself; saving goes on as ever.
    console.warn("The text could not be kept in the browser.", error);
  }
}

export const keep = (draft) => put(storageKey(draft), { ...draft, page: location.pathname });

export function drop(draft) {
  localStorage.removeItem(storageKey(draft));
}

export function kept(draft) {
  return JSON.parse(localStorage.getItem(storageKey(draft)));
}

export function allKept() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX + planPath + ":"))
    .map((key) => JSON.parse(localStorage.getItem(key)));
}

// What is typed in a form of the plan's follow-up, by the name of the field, which names the row too. The same field
// stands in the grid's cell and in the whole form. A list, the latest first: what is offered again is not written over.
const answerKey = (name) => `${PREFIX}${planPath}svar:${name}`;

export function keptAnswers(name) {
  return JSON.parse(localStorage.getItem(answerKey(name))) ?? [];
}

export function keepAnswers(name, drafts) {
  if (drafts.length) put(answerKey(name), drafts);
  else localStorage.removeItem(answerKey(name));
}
