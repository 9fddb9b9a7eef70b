// The row's form works without this. With it, rows of goals, times and responsible functions are added, moved and
// removed on the spot, and the browser asks before typed text is left behind.

const form = document.getElementById("formular");

form?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-part]");
  if (!button) return;
  const [verb, name] = button.value.split(":");
  const list = document.getElementById(name);
  if (!list) return;
  event.preventDefault();
  if (verb === "ny") add(list, name);
  else change(list, name, button.closest(".part"), verb);
  changed = true;
});

function add(list, name) {
  const part = list.lastElementChild.cloneNode(true);
  empty(part);
  list.append(part);
  renumber(list, name);
  focusFirst(part);
}

function change(list, name, part, verb) {
  if (verb === "upp" && part.previousElementSibling) part.previousElementSibling.before(part);
  if (verb === "ner" && part.nextElementSibling) part.nextElementSibling.after(part);
  let next = part;
  if (verb === "bort" && list.children.length > 1) {
    next = part.nextElementSibling ?? part.previousElementSibling;
    part.remove();
  } else if (verb === "bort") {
    empty(part);
  }
  renumber(list, name);
  const same = next.querySelector(`button[data-part="${verb}"]:not([hidden])`);
  if (same && verb !== "bort") same.focus();
  else focusFirst(next);
}

function empty(part) {
  for (const field of part.querySelectorAll("input, textarea")) field.value = "";
  for (const field of part.querySelectorAll("select")) {
    field.value = { timings: "text", responsibilities: "supporting" }[field.name.split("-")[0]] ?? "";
  }
  for (const details of part.querySelectorAll("details")) details.open = false;
  for (const error of part.querySelectorAll(".invalid-feedback")) error.remove();
  for (const field of part.querySelectorAll("[aria-invalid], [aria-describedby], [autofocus]")) {
    for (const name of ["aria-invalid", "aria-describedby", "autofocus"]) field.removeAttribute(name);
  }
}

function renumber(list, name) {
  const parts = [...list.children];
  const pattern = new RegExp(`(${name}[-:])\\d+`);
  parts.forEach((part, at) => {
    for (const element of part.querySelectorAll("[name], [id], [for], button")) {
      for (const attribute of ["name", "id", "for", "value"]) {
        if (attribute === "value" && element.tagName !== "BUTTON") continue;
        const old = element.getAttribute(attribute);
        if (old) element.setAttribute(attribute, old.replace(pattern, `$1${at}`));
      }
    }
    for (const words of part.querySelectorAll(".part-buttons .visually-hidden")) {
      words.textContent = words.textContent.replace(/\d+$/, at + 1);
    }
    part.querySelector('[data-part="upp"]').hidden = at === 0;
    part.querySelector('[data-part="ner"]').hidden = at === parts.length - 1;
  });
  form.elements[`${name}-TOTAL_FORMS`].value = parts.length;
}

function focusFirst(part) {
  part.querySelector("textarea, select, input:not([type=hidden])").focus();
}

// Text that is typed and not saved is not lost by a wrong click.
let changed = false;
form?.addEventListener("input", () => { changed = true; });
form?.addEventListener("submit", () => { changed = false; });
addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
