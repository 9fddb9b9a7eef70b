// Answers written in the grid's own cell: where the focus goes, and that nothing typed is lost when a save does not arrive.
const IN_THE_GRID = ".is-follow-up td";

function say(form, ...words) {
  form.querySelector(".not-saved")?.remove();
  const told = document.createElement("p");
  told.className = "not-saved invalid-feedback";
  told.setAttribute("role", "alert");
  told.append(...words);
  form.querySelector(".in-cell-buttons").before(told);
}

function signInLink() {
  const link = document.createElement("a");
  link.href = document.body.dataset.login;
  link.target = "_blank";
  link.textContent = "Logga in igen i en ny flik";
  return link;
}

// Whoever is signed out is sent to the sign-in page, which is no answer to put in a cell.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const cell = detail.target.closest?.(IN_THE_GRID);
  const asked = new URL(detail.pathInfo.requestPath, location.href);
  if (!cell || new URL(detail.xhr.responseURL).pathname === asked.pathname) return;
  detail.shouldSwap = false;
  const form = cell.querySelector(".in-cell");
  if (form) say(form, "Inte sparat, du är utloggad. Texten står kvar. ", signInLink(), " och tryck sedan på Spara här.");
  else location.assign(asked.pathname);
});

for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(trouble, ({ detail }) => {
    const form = detail.target?.closest?.(IN_THE_GRID)?.querySelector(".in-cell");
    if (form) say(form, "Inte sparat. Texten står kvar. Försök igen med Spara.");
  });
}

// A token that was made before signing in anew would be refused: the cookie has the one that counts.
document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (token && target.closest(IN_THE_GRID)) detail.headers["X-CSRFToken"] = token;
});

// The focus goes to what is to be mended, to the first field, or back to the link that opened the cell.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const cell = detail.target.closest?.(IN_THE_GRID);
  const next = ["[aria-invalid='true']", ".in-cell select", "a.say"].map((name) => cell?.querySelector(name)).find(Boolean);
  next?.focus({ preventScroll: Boolean(cell?.querySelector(".saved-here")) });
});
