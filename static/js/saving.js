// Sends what is written, one save at a time for each row, and goes on until it has arrived.
import { accepts, drop, keep, kept, keyOf, planPath } from "./drafts.js";

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

const queues = new Map(); // row → the promise of its last save
const underway = new Set(); // drafts, in the order they were left
const waiting = new Set();
const wakers = new Set();
let settled = () => {};

const say = (text, mark = "") => {
  const status = document.getElementById("save-status");
  if (!status) return;
  status.className = `save-status ${mark}`;
  status.replaceChildren(text);
};

function saySignedOut() {
  const link = document.createElement("a");
  link.href = `${document.body.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Logga in igen";
  say("", "is-stopped");
  document.getElementById("save-status")?.append("Du är utloggad. Texten finns kvar här. ", link);
}

// The cookie is read each time: signing in again in another window changes it.
const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

export const idle = () => Promise.allSettled([...queues.values()]);

// What the same cell is to be given by saves that have not ended, the oldest first.
export const underwayFor = (key) => [...underway].filter((draft) => keyOf(draft) === key);

// Save the draft; `handlers` tell the cell what came of it: saved, conflict, refused, versionOf, updateRow.
export function save(draft, handlers) {
  keep(draft);
  underway.add(draft);
  if (!waiting.size) say("Sparar …");
  const before = queues.get(draft.uid) ?? Promise.resolve();
  const run = before.then(() => deliver(draft, handlers)).finally(() => {
    underway.delete(draft);
    if (queues.get(draft.uid) === run) queues.delete(draft.uid);
    if (!queues.size) settled();
  });
  queues.set(draft.uid, run);
  return run;
}

export function whenSettled(callback) {
  settled = callback;
}

async function deliver(draft, handlers) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    if (underwayFor(keyOf(draft)).at(-1) !== draft) return; // a newer text for the cell is on its way
    if (handlers.isOutdated(draft)) return handlers.conflict(draft, null);
    const answer = await post(draft, handlers.versionOf(draft));
    waiting.delete(keyOf(draft));
    if (answer.status === 200) return arrived(draft, answer.body, handlers);
    if (answer.status === 409) {
      handlers.updateRow(answer.body, draft);
      // The others wrote in other cells of the row; this one is as it was read.
      if (accepts(draft, answer.body.theirs)) continue;
      if (answer.body.theirs === answer.body.mine) return arrived(draft, { text: answer.body.theirs, saved_at: answer.body.at }, handlers);
      say("Inte sparat – välj text", "is-waiting");
      return handlers.conflict(draft, answer.body);
    }
    if (answer.body?.reason) {
      say("Inte sparat", "is-stopped");
      return handlers.refused(draft, answer.body.reason);
    }
    waiting.add(keyOf(draft));
    if (answer.status === 401) saySignedOut();
    else say("Inte sparat – försöker igen", "is-waiting");
    await aWhile(wait);
  }
}

function arrived(draft, body, handlers) {
  const stored = kept(draft);
  if (stored && stored.value === draft.value) drop(draft);
  handlers.saved(draft, body);
  if (underway.size <= 1 && !waiting.size) say(`Sparat ${body.saved_at}`);
}

async function post(draft, { version, shared }) {
  const { kind, uid, field, value } = draft;
  // Who wrote it: another may have signed in to the same browser since.
  const writer = document.body.dataset.user;
  const body = new URLSearchParams({ kind, uid, field, value, version, shared, writer });
  try {
    const response = await fetch(`${planPath}cell/`, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
    });
    if (response.redirected) return { status: 401 };
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    return { status: response.status, body: isJson ? await response.json() : null };
  } catch (error) {
    if (error instanceof TypeError) return { status: 0 }; // no network
    throw error;
  }
}

// Wait, or until something says that it may work now: the network is back, or the window after signing in elsewhere.
function aWhile(milliseconds) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      wakers.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    wakers.add(wake);
  });
}

const wakeAll = () => wakers.forEach((wake) => wake());
addEventListener("online", wakeAll);
addEventListener("focus", wakeAll);
addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
