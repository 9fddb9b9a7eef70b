// Says beside the fields when a save did not arrive: signed out, no network, or a fault. What is typed stays where it is.
const SAVED_LATER = "Inte sparat. Texten står kvar i fälten. Försök igen med Spara.";

function say(form, ...words) {
  const line = form.querySelector(".save-line");
  for (const old of line.querySelectorAll("p")) old.remove();
  const told = document.createElement("p");
  told.className = "invalid-feedback";
  told.append(...words);
  line.append(told);
}

function signInLink() {
  const link = document.createElement("a");
  link.href = document.body.dataset.login;
  link.target = "_blank";
  link.textContent = "Logga in igen i en ny flik";
  return link;
}

// Whoever is signed out is sent to the sign-in page, which is no answer to a save.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.target.closest(".minutes-item");
  if (!form || new URL(event.detail.xhr.responseURL).pathname === new URL(form.action).pathname) return;
  event.detail.shouldSwap = false;
  say(form, "Inte sparat, du är utloggad. Texten står kvar i fälten. ", signInLink(), " och tryck sedan på Spara här.");
});

for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(trouble, (event) => {
    const form = event.target.closest(".minutes-item");
    if (form) say(form, SAVED_LATER);
  });
}

// A token that was made before signing in anew would be refused: the cookie has the one that counts.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (token && event.target.closest(".minutes-item")) event.detail.headers["X-CSRFToken"] = token;
});
