// The report's own texts: written where they stand, saved while somebody types, and kept in this browser until the
// server has them. Without this the same form is a page of its own.
import { showConflict } from "./conflict.js";

const QUIET = 1_200; // milliseconds without a key before the text is sent
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;
const year = location.pathname.split("/")[2];
const PREFIX = `trygghet:${document.body.dataset.user}:arsrapport:${year}:`;
const writers = new Set();

// --- What is kept

const keptOf = (section) => JSON.parse(localStorage.getItem(PREFIX + section));
const drop = (section) => localStorage.removeItem(PREFIX + section);

function keep(section, draft) {
  try {
    localStorage.setItem(PREFIX + section, JSON.stringify(draft));
  } catch (error) {
    console.warn("The text could not be kept in the browser.", error); // the saving itself goes on
  }
}

// --- Saying how it stands

function sayIn(status, text, mark = "", ...more) {
  status.className = `save-status ${mark}`;
  status.replaceChildren(text, ...more);
}

function signInLink() {
  const link = document.createElement("a");
  link.href = `${document.body.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Logga in igen";
  return link;
}

// --- A text being written

class Writer {
  constructor(form, closed) {
    this.form = form;
    this.closed = closed; // called when the writer is done, with the stored text as the report shows it
    this.section = form.dataset.section;
    this.field = form.elements.text;
    this.version = form.elements.row_version;
    this.status = form.querySelector(".save-status");
    this.base = this.field.defaultValue;
    this.html = form.querySelector("template").innerHTML; // the stored text as the report shows it
    this.run = null; // the save that is under way
    this.isChoosing = false;
    form.addEventListener("submit", (event) => this.finish(event));
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => this.isUnsaved && this.save());
    form.querySelector(".btn-primary").textContent = "Klar";
    form.querySelector("[data-cancel]").textContent = "Stäng";
    form.querySelector("[data-cancel]").addEventListener("click", (event) => this.leave(event));
    writers.add(this);
    this.offerKept();
  }

  get isUnsaved() {
    return this.field.value !== this.base;
  }

  // What was written before and never arrived goes back in the field, unless another has written since.
  offerKept() {
    const draft = keptOf(this.section);
    if (!draft || draft.value === this.base) return drop(this.section);
    this.field.value = draft.value;
    if (draft.base !== this.base) {
      return this.conflict({ theirs: this.base, version: this.version.value, html: this.html });
    }
    this.save();
  }

  typed() {
    keep(this.section, { value: this.field.value, base: this.base });
    if (this.isChoosing) return this.retell(this.field.value);
    sayIn(this.status, "");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET);
  }

  save() {
    clearTimeout(this.timer);
    this.wake?.();
    this.run ??= this.deliver().finally(() => { this.run = null; });
    return this.run;
  }

  async deliver() {
    let wait = FIRST_WAIT;
    while (this.isUnsaved && !this.isChoosing && writers.has(this)) {
      sayIn(this.status, "Sparar …");
      const sent = this.field.value;
      const answer = await this.post(sent);
      if (answer.status === 200) {
        this.arrived(sent, answer.body);
        wait = FIRST_WAIT;
      } else if (answer.status === 409 && answer.body.theirs === sent) {
        this.arrived(sent, { ...answer.body, text: sent, saved_at: answer.body.at });
      } else if (answer.status === 409 && "theirs" in answer.body) {
        this.conflict(answer.body);
      } else if (answer.reason) {
        return sayIn(this.status, `Inte sparat. ${answer.reason}`, "is-stopped");
      } else {
        if (answer.status === 401) sayIn(this.status, "Du är utloggad. Texten finns kvar här. ", "is-stopped", signInLink());
        else sayIn(this.status, "Inte sparat – försöker igen", "is-waiting");
        await this.aWhile(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  arrived(sent, { version, text, saved_at: at, html }) {
    this.version.value = version;
    this.base = sent;
    this.html = html;
    const draft = keptOf(this.section);
    if (draft?.value === sent) drop(this.section);
    else if (draft) keep(this.section, { ...draft, base: text });
    sayIn(this.status, at ? `Sparat ${at}` : "Sparat");
  }

  async post(text) {
    const body = new URLSearchParams({ text, row_version: this.version.value, writer: document.body.dataset.user });
    // The cookie is read each time: signing in again in another window changes it.
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? this.form.elements.csrfmiddlewaretoken.value;
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token, Accept: "application/json" },
      });
      if (response.redirected) return { status: 401 };
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      const answer = isJson ? await response.json() : null;
      const gone = [403, 404].includes(response.status) && !isJson ? "Du får inte längre skriva här." : "";
      return { status: response.status, body: answer, reason: answer?.reason ?? gone };
    } catch (error) {
      if (error instanceof TypeError) return { status: 0 }; // no network
      throw error;
    }
  }

  // The answer may come in the middle of a word: the field stays as it is, and what is typed on is part of one's own
  // text until a choice is made.
  conflict({ theirs, by, at, version, html }) {
    this.isChoosing = true;
    sayIn(this.status, "Inte sparat – välj text", "is-waiting");
    const place = this.form;
    place.dataset.uid = "text";
    place.dataset.field = this.section;
    place.dataset.name = this.field.labels[0].textContent;
    const found = { mine: this.field.value, theirs, by, at, where: "samma avsnitt", begin: "h3", merging: () => this.showField(false) };
    this.retell = showConflict(place, found, (chosen) => this.choose(chosen, theirs, version, html));
    this.form.querySelector(".form-bar").classList.add("is-choosing");
  }

  showField(isShown) {
    this.field.closest(".mb-3").hidden = !isShown;
  }

  // The text that was chosen goes on from the other's, which has been seen.
  choose(chosen, theirs, version, html) {
    this.form.querySelector(".conflict").remove();
    this.showField(true);
    this.form.querySelector(".form-bar").classList.remove("is-choosing");
    this.isChoosing = false;
    this.version.value = version;
    this.base = theirs;
    this.html = html;
    this.field.value = chosen;
    this.field.focus();
    if (chosen === theirs) {
      drop(this.section);
      return sayIn(this.status, "Den andras text gäller");
    }
    keep(this.section, { value: chosen, base: theirs });
    return this.save();
  }

  async finish(event) {
    event.preventDefault();
    if (this.isChoosing) return;
    await this.save();
    if (!this.isUnsaved && !this.isChoosing) this.end();
  }

  // Away without waiting: what is not saved stays in the browser, and is told where it was written.
  leave(event) {
    event.preventDefault();
    this.end();
  }

  end() {
    clearTimeout(this.timer);
    writers.delete(this);
    this.wake?.();
    this.closed(this.html);
  }

  aWhile(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}

const wakeAll = () => writers.forEach((writer) => writer.wake?.());
addEventListener("online", wakeAll);
addEventListener("focus", wakeAll);
addEventListener("beforeunload", (event) => {
  if ([...writers].some((writer) => writer.isUnsaved)) event.preventDefault();
});

// --- In the report itself

// The form of the text's own page, put where the text stands; what another has written is then in it already.
async function openHere(link) {
  const response = await fetch(link.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const form = page.querySelector(".report-text-form");
  if (!response.ok || response.redirected || !form) return location.assign(link.href);
  form.action = link.href;
  const place = link.closest(".own-text");
  const field = form.elements.text;
  for (const label of form.querySelectorAll("label")) label.htmlFor = `skriv-${place.id}`;
  field.id = `skriv-${place.id}`;
  const help = form.querySelector(".form-text");
  help.id = `hjalp-${place.id}`;
  field.setAttribute("aria-describedby", help.id);
  place.querySelector("[data-prose]").hidden = true;
  link.hidden = true;
  place.prepend(document.adoptNode(form));
  place.classList.remove("is-empty");
  field.focus();
  return new Writer(form, (html) => closeHere(place, link, form, html));
}

function closeHere(place, link, form, html) {
  const prose = place.querySelector("[data-prose]");
  prose.innerHTML = html; // the server's own marking-up of the text
  prose.hidden = false;
  form.remove();
  link.hidden = false;
  link.querySelector("[data-verb]").textContent = prose.textContent.trim() ? "Ändra texten" : "Skriv";
  link.focus();
  tellKept(link);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-write]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest(".own-text").querySelector(".note")?.remove();
  openHere(link).catch((error) => {
    if (!(error instanceof TypeError)) throw error;
    location.assign(link.href); // no network: the browser says so better
  });
});

// What was written here and never arrived is told where it belongs; the text comes with the form.
function tellKept(link) {
  if (!keptOf(link.dataset.write)) return;
  const note = document.createElement("p");
  note.className = "note note-warning";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = "Fortsätt skriva";
  button.addEventListener("click", () => link.click());
  note.append("Du har skrivit här utan att spara. Texten finns kvar i den här webbläsaren. ", button);
  link.closest(".own-text").prepend(note);
}
document.querySelectorAll("a[data-write]").forEach(tellKept);

// --- On the text's own page

const own = document.querySelector("main > .section > .report-text-form");
if (own && !("unsaved" in own.dataset)) new Writer(own, () => location.assign(own.dataset.back));
