// A form that was drawn before signing in carries a token that no longer counts: the cookie has the one that does.
for (const form of document.querySelectorAll("form[data-fresh-token]")) {
  form.addEventListener("submit", () => {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (token) form.elements.csrfmiddlewaretoken.value = token;
  });
}
