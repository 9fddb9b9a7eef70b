// Two texts for one cell: choose one, or make one of both.

function element(tag, props = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
}

const text = (label, value) =>
  element("div", {}, element("h4", { textContent: label }), element("p", { textContent: value || "(tom)" }));

// Show the panel in the cell. `choose` is called with the text that is to stand there.
export function showConflict(cell, { mine, theirs, by, at, where = "samma cell" }, choose) {
  cell.querySelector(".conflict")?.remove();
  const who = by || "Någon annan";
  const id = `konflikt-${cell.dataset.uid}-${cell.dataset.field}`;
  const button = (label, value, primary = "") =>
    element("button", {
      type: "button",
      className: `btn ${primary}`,
      textContent: label,
      onclick: () => choose(value),
    });
  const merge = element("button", { type: "button", className: "btn", textContent: "Slå ihop" });
  const panel = element(
    "div",
    { className: "conflict" },
    element("h3", { id, textContent: `Två har skrivit i ${where}` }),
    element("p", { textContent: `${who} ändrade texten${at ? ` ${at}` : ""} medan du skrev. Ingen text har försvunnit. Vilken ska gälla?` }),
    element("div", { className: "conflict-texts" }, text("Din text", mine), text(by ? `Texten från ${by}` : "Den andras text", theirs)),
    element("div", { className: "actions" }, button("Behåll min", mine), button("Ta den andras", theirs), merge),
  );
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-labelledby", id);
  merge.addEventListener("click", () => startMerge(panel, cell, [theirs, mine], choose));
  cell.append(panel);
  if (cell.getBoundingClientRect().left + panel.offsetWidth > document.documentElement.clientWidth) panel.classList.add("opens-left");
  panel.querySelector("button").focus();
}

function startMerge(panel, cell, texts, choose) {
  const both = element("textarea", { value: texts.filter(Boolean).join("\n\n") });
  both.setAttribute("aria-label", `Den text som ska gälla, ${cell.dataset.name}`);
  const done = element("button", { type: "button", className: "btn btn-primary", textContent: "Spara den här texten" });
  done.addEventListener("click", () => choose(both.value));
  panel.querySelector(".actions").before(both);
  panel.querySelector(".actions").replaceChildren(done);
  both.focus();
}
