"""What a page is like for one who has no mouse, or sees little of it at a time."""

# Everything that Tab is to reach; of radio buttons with one name only one.
COUNT = """() => {
  const groups = new Set();
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  return all.filter((it) => {
    if (it.disabled || it.tabIndex < 0 || !it.checkVisibility({ visibilityProperty: true })) return false;
    if (it.type !== "radio") return true;
    const isFirst = !groups.has(it.name);
    groups.add(it.name);
    return isFirst;
  }).map((it) => (it.dataset.counted = "1")).length;
}"""

# Where the focus is: null when it has left the page, else the element's name and what is wrong with it.
LOOK = """() => {
  const it = document.activeElement;
  if (!it || it === document.body || it === document.documentElement) return null;
  const again = it.dataset.visited !== undefined;
  const isCounted = it.dataset.counted !== undefined;
  it.dataset.visited = "1";
  const name = `${it.tagName.toLowerCase()} "${(it.getAttribute("aria-label")
    || it.labels?.[0]?.textContent || it.textContent || it.name || "")
    .replace(/\\s+/g, " ").trim().slice(0, 60)}"`;
  const outlined = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const faults = [];
  // The browser itself frames the button of a date's calendar, which is inside the field.
  const isInside = !it.matches(":focus");
  // The open cell is framed, not the field in it.
  const frame = it.tagName === "TEXTAREA" && it.closest("td, th, dd");
  if (!isInside && !outlined(it) && !(frame && outlined(frame))) {
    faults.push("has no visible focus");
  }
  for (let each = it; each; each = each.parentElement) {
    if (getComputedStyle(each).opacity === "0") faults.push("is transparent");
  }
  const boxes = [...it.getClientRects()].filter((box) => box.width && box.height);
  const shows = (box) => {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    if (right <= left || bottom <= top) return false;
    return [0.5, 0.15, 0.85].some((share) => {
      const hit = document.elementFromPoint(left + (right - left) * 0.5, top + (bottom - top) * share);
      return hit && (it.contains(hit) || hit.contains(it) && !getComputedStyle(hit).position.match(/sticky|fixed/));
    });
  };
  if (!boxes.some(shows)) faults.push("is not to be seen where it has the focus");
  if (boxes.some((box) => box.left < -1 || box.right > innerWidth + 1)) faults.push("sticks out at the side");
  return { name, again, isCounted, faults };
}"""

MISSED = """() => [...document.querySelectorAll("[data-counted]:not([data-visited])")]
  .filter((it) => it.type !== "radio" && it.checkVisibility({ visibilityProperty: true }))
  .map((it) => it.outerHTML.slice(0, 120))"""

WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  const wide = [...document.querySelectorAll("main *, header *, footer *")]
    .filter((it) => it.getBoundingClientRect().right > innerWidth + 1);
  const from = wide.slice(0, 3).map((it) => it.outerHTML.slice(0, 100));
  return [`is ${root.scrollWidth} px wide in ${innerWidth}: ${from.join(" | ")}`];
}"""


def tabbed_through(page):
    """Go through the page with Tab; return what is wrong with the places where the focus comes."""
    page.evaluate(COUNT)
    faults = []
    for _ in range(1_000):
        page.keyboard.press("Tab")
        seen = page.evaluate(LOOK)
        if seen is None or (seen["again"] and "input" not in seen["name"]):
            break
        faults += [f"{seen['name']} {fault}" for fault in seen["faults"]]
    return faults + [f"Tab never comes to {html}" for html in page.evaluate(MISSED)]


def focus(page):
    """Return the name of what has the focus; fail if nothing has, or if that cannot be seen."""
    seen = page.evaluate(LOOK)
    assert seen, "the focus is lost"
    assert seen["faults"] == [], seen["name"]
    return seen["name"]


def tab_to(page, name, most=300):
    """Press Tab until the focus is on what ends with that name; everything on the way has to show the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focus(page).endswith(f'{name}"'):
            return
    raise AssertionError(f"Tab never comes to {name}")
