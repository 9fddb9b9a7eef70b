// What every page gets with scripts on: menus that close, and a sign that scripts run.
document.documentElement.classList.add("has-script");

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});
// A menu near the lower or left edge opens the other way.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLDetailsElement) || !menu.classList.contains("menu") || !menu.open) return;
  for (const other of openMenus()) if (other !== menu) other.open = false;
  menu.classList.remove("opens-up", "opens-right");
  const list = menu.querySelector(".menu-list").getBoundingClientRect();
  if (list.bottom > innerHeight && list.height < menu.getBoundingClientRect().top) menu.classList.add("opens-up");
  if (list.left < 0) menu.classList.add("opens-right");
}, true);
