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

export function keep(draft) {
  try {
    localStorage.setItem(storageKey(draft), JSON.stringify({ ...draft, page: location.pathname }));
  } catch (error) {
    // A full or forbidden store must not stop the writing itself; saving goes on as ever.
    console.warn("The text could not be kept in the browser.", error);
  }
}

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
