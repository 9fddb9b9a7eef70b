// A button that copies a field's text. Without scripts the field is there to be marked and copied by hand.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const announcement = document.getElementById("announcement");
    try {
      await navigator.clipboard.writeText(field.value);
      announcement.textContent = button.textContent = "Kopierad";
    } catch {
      field.select(); // the browser said no: mark it, so that it can be copied by hand
      announcement.textContent = button.dataset.marked ?? "Adressen är markerad. Kopiera den.";
    }
  });
}
