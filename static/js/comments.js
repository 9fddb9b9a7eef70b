// The comments beside the plan's grid. Without scripts, and where there is no room, the same links lead to their page.
const roomy = matchMedia("(min-width: 75rem)");
const typed = new Map(); // address of a form → what is typed in it, until it has been sent
let cameFrom = null; // the address of the link that opened the panel

const panel = () => document.getElementById("kommentarspanel");
const isIn = (element) => Boolean(element?.closest?.("#kommentarspanel"));
const formKey = (form) => {
  const action = new URL(form.action);
  return action.pathname + (action.searchParams.get("rad") ?? "");
};

// A problem or a cause is its own cell; an action is the cells of its row that belong to no other.
function cellsOf(address) {
  const uid = new URL(address, location).searchParams.get("rad");
  const first = uid && document.getElementById(`rad-${uid}`);
  if (!first?.matches(".plan .cell")) return [];
  return first.matches("th") ? [first] : first.closest("tr").querySelectorAll("td");
}

function mark(address) {
  for (const cell of document.querySelectorAll(".is-commented")) cell.classList.remove("is-commented");
  if (address) for (const cell of cellsOf(address)) cell.classList.add("is-commented");
}

function open(link) {
  cameFrom = link.getAttribute("href");
  link.closest("details.menu")?.removeAttribute("open");
  panel().hidden = false;
  panel().parentElement.classList.add("has-panel");
  mark(link.href);
  window.htmx.ajax("GET", link.href, { source: panel(), target: panel(), swap: "innerHTML show:none" });
}

function close() {
  panel().hidden = true;
  panel().parentElement.classList.remove("has-panel");
  mark(null);
  const links = [...document.querySelectorAll(`a[href="${CSS.escape(cameFrom)}"]`)].filter((link) => !isIn(link));
  const menu = links[0]?.closest("details.menu");
  (menu ? menu.querySelector("summary") : links[0])?.focus();
}

function fault(text, address) {
  panel().querySelector(".comments-fault")?.remove();
  const note = Object.assign(document.createElement("p"), { className: "note note-error comments-fault", textContent: text });
  note.setAttribute("role", "alert");
  if (address) {
    const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", textContent: "Öppna i en ny flik" });
    link.setAttribute("hx-boost", "false");
    note.append(" ", link);
  }
  panel().prepend(note);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-comments]")) return close();
  if (event.ctrlKey || event.metaKey || event.shiftKey || !roomy.matches || !panel()) return;
  const link = event.target.closest("a.comment-on, a.comment-count, #alla-kommentarer");
  if (!link || isIn(link)) return;
  event.preventDefault();
  open(link);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !panel() || panel().hidden) return;
  if (!isIn(event.target) && event.target !== document.body) return; // the body: between two contents of the panel
  event.preventDefault();
  close();
});

document.addEventListener("input", (event) => {
  const form = isIn(event.target) && event.target.name === "text" && event.target.form;
  if (form) typed.set(formKey(form), event.target.value);
});

// What was typed and not sent is there again when the same comment is shown anew.
function restore() {
  for (const form of panel().querySelectorAll("form")) {
    const field = form.elements.text;
    const text = typed.get(formKey(form));
    if (!field || !text || field.value) continue;
    field.value = text;
    form.closest("details")?.setAttribute("open", "");
  }
}

// The counts in the grid and in the head say what the panel says.
async function refreshCounts() {
  const response = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return; // told by the next press
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  document.getElementById("alla-kommentarer")?.replaceChildren(...(fresh.getElementById("alla-kommentarer")?.childNodes ?? []));
  const counts = new Map([...document.querySelectorAll(".comment-count")].map((link) => [link.getAttribute("href"), link]));
  for (const now of fresh.querySelectorAll(".comment-count")) {
    const old = counts.get(now.getAttribute("href"));
    if (!old) place(now);
    else {
      old.className = now.className; // the link itself stays: it may have the focus
      old.replaceChildren(...now.childNodes);
    }
  }
}

function place(count) {
  const row = count.closest("[id^='rad-']") ?? count.closest("tr")?.querySelector(".cell.action[id]");
  const here = row && document.getElementById(row.id);
  if (!here) return;
  if (count.closest(".area-comments")) return document.querySelector(".area-comments")?.prepend(count);
  const column = [...count.closest(".cell").classList].find((name) => name !== "cell");
  const cell = here.classList.contains(column) ? here : here.closest("tr").querySelector(`.cell.${column}`);
  const tools = cell?.querySelector(":scope > .tools");
  if (tools) tools.before(count);
  else cell?.append(count);
}

// --- What htmx tells of the panel is no concern of the grid's own script, so it ends here.

const handlers = {
  "htmx:confirm": () => {},
  "htmx:configRequest": () => {},
  "htmx:beforeSwap": ({ detail }) => {
    const { xhr } = detail;
    const address = new URL(xhr.responseURL || location.href);
    if (address.pathname === document.body.dataset.login) {
      detail.shouldSwap = false;
      return fault("Du är inte inloggad längre. Logga in i en ny flik och försök sedan igen. Texten finns kvar här.", document.body.dataset.login);
    }
    const isWhole = xhr.responseText.trimStart().startsWith("<!DOCTYPE");
    detail.shouldSwap = !isWhole;
    detail.isError = isWhole;
    if (isWhole) fault("Det gick inte. Ladda om sidan och försök igen. Kopiera först det du har skrivit.");
    const sent = detail.requestConfig.verb === "post" && xhr.status < 400 && detail.requestConfig.elt?.closest("form");
    if (sent && !isWhole) {
      typed.delete(formKey(sent));
      refreshCounts();
    }
  },
  "htmx:afterSettle": ({ detail }) => {
    if (detail.target !== panel()) return;
    restore();
    document.getElementById("announcement").textContent = panel().querySelector(".comments-told")?.textContent.trim() ?? "";
    const { requestPath } = detail.pathInfo;
    const uid = requestPath.match(/kommentarer\/([0-9a-f-]{36})\//)?.[1]; // what was answered, if it still shows
    const places = ["[aria-invalid='true']", uid && `#kommentar-${uid}`, requestPath.includes("skriv=1") && "#id_text", "#panel-rubrik"];
    places.filter(Boolean).map((place) => panel().querySelector(place)).find(Boolean)?.focus();
  },
  "htmx:responseError": () => {},
  "htmx:sendError": () => fault("Det finns ingen kontakt med servern. Texten finns kvar här. Försök igen om en stund."),
};
for (const [name, handle] of Object.entries(handlers)) {
  document.addEventListener(name, (event) => {
    if (!isIn(event.target)) return;
    event.stopPropagation();
    handle(event);
  }, true);
}

// The page was replaced around the panel, which stayed as it was.
document.addEventListener("htmx:afterSettle", () => {
  if (panel() && !panel().hidden) panel().parentElement.classList.add("has-panel");
});
