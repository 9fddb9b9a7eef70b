// Two texts for one cell: choose one, or make one of both.

function element(tag, props = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
}

const text = (label, value) =>
  element("div", {}, element("h4", { textContent: label }), element("p", { textContent: value || "(tom)" }));

const isTyping = () => document.activeElement?.matches("textarea, input, select") ?? false;

// Show the panel in the cell. `choose` is called with the text that is to stand there. Somebody who is typing keeps
// the focus and hears of the panel: the keys they are on their way to press must not answer it.
// Returns what is called with a newer text of one's own, while the field can still be written in.
export function showConflict(cell, { mine, theirs, by, at, where = "samma cell", begin = "button", merging }, choose) {
  let own = mine;
  cell.querySelector(".conflict")?.remove();
  const who = by || "Någon annan";
  const id = `konflikt-${cell.dataset.uid}-${cell.dataset.field}`;
  const ownText = text("Din text", own);
  const button = (label, chosen) =>
    element("button", { type: "button", className: "btn", textContent: label, onclick: () => choose(chosen()) });
  const merge = element("button", { type: "button", className: "btn", textContent: "Slå ihop" });
  const panel = element(
    "div",
    { className: "conflict" },
    element("h3", { id, tabIndex: -1, textContent: `Två har skrivit i ${where}` }),
    element("p", { textContent: `${who} ändrade texten${at ? ` ${at}` : ""} medan du skrev. Ingen text har försvunnit. Vilken ska gälla?` }),
    element("div", { className: "conflict-texts" }, ownText, text(by ? `Texten från ${by}` : "Den andras text", theirs)),
    element("div", { className: "actions" }, button("Behåll min", () => own), button("Ta den andras", () => theirs), merge),
  );
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-labelledby", id);
  merge.addEventListener("click", () => {
    merging?.();
    startMerge(panel, cell, [theirs, own], choose);
  });
  cell.append(panel);
  if (cell.getBoundingClientRect().left + panel.offsetWidth > document.documentElement.clientWidth) panel.classList.add("opens-left");
  if (isTyping()) announce(`Två har skrivit i ${where}. Skriv klart och välj sedan vilken text som ska gälla.`);
  else panel.querySelector(begin).focus();
  return (newer) => {
    own = newer;
    ownText.querySelector("p").textContent = newer || "(tom)";
  };
}

function announce(words) {
  document.getElementById("announcement").textContent = words;
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
