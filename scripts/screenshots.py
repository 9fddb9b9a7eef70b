"""Take the pictures of README.md anew: the demo as it looks now, 1440 pixels wide.

``.venv/bin/python -m scripts.screenshots`` loads the demo into a temporary
database, serves it on a free port, and writes docs/img/. It touches nothing in
``var/``.
"""

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import openpyxl
from PIL import Image
from playwright.sync_api import sync_playwright

from scripts.system_packages import chromium

BASE = Path(__file__).resolve().parent.parent
PICTURES = BASE / "docs" / "img"
WINDOW = {"width": 1440, "height": 960}
COLOURS = 256  # enough for paper, ink and a few accents with their soft edges
PASSWORD = "tryggt-exempel-2025"
PLAN = "/planer/skarholmen/2025/"
IN_REVIEW = "/planer/hagersten-alvsjo/2025/"
TWO_VERSIONS = "/planer/jarva/2025/"


def main():
    """Write the pictures."""
    with tempfile.TemporaryDirectory(prefix="trygghet-pictures-") as folder:
        environment = demo_environment(Path(folder))
        for command in (["migrate", "--noinput"], ["load_city", "--write"], ["load_demo", "--write"]):
            manage(command, environment)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"],
            cwd=BASE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            site = f"http://127.0.0.1:{port}"
            wait_for(site, server)
            take_pictures(site, Path(folder))
        finally:
            server.terminate()
            server.wait()


def demo_environment(folder):
    """The local demo and nothing else, with its data in the folder; see scripts/demo_environment."""
    unset = ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "STATIC_ROOT", "HTTPS", "BEHIND_PROXY")
    return os.environ | dict.fromkeys(unset, "") | {
        "DEMO": "true", "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "trygghet.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}", "MEDIA_ROOT": str(folder / "files"),
    }  # fmt: skip


def manage(command, environment):
    """Run a command of the site's; fail when it does."""
    subprocess.run([sys.executable, "manage.py", *command], cwd=BASE, env=environment, check=True, capture_output=True)


def wait_for(site, server, seconds=30):
    """Return when the server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{site}/tillganglighet/", timeout=5)
            return
        except urllib.error.URLError:
            time.sleep(0.2)
    raise SystemExit("The demo did not start; `make run` says why.")


def take_pictures(site, folder):
    """Follow a plan: discussed, news to the police, two versions, the city and its report, a file on its way in."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=["--no-sandbox"], **({"executable_path": path} if path else {}))
        page = signed_in(browser, site, "trygghetsstrateg.hagersten-alvsjo")
        page.goto(f"{site}{IN_REVIEW}omrade/2/")
        page.get_by_role("link", name="1 måste åtgärdas").click()
        page.get_by_text("Trafikkontoret står ensamt").wait_for()
        save(page, "plan")

        page = signed_in(browser, site, "kommunpolis.skarholmen", height=640)
        page.goto(site)  # without the word of welcome
        save(page, "min-sida")

        page = signed_in(browser, site, "kommunpolis.jarva", height=1280)
        page.goto(f"{site}{TWO_VERSIONS}jamfor/")
        save(page, "jamfor")

        page = signed_in(browser, site, "central.beredning", height=970)
        page.goto(f"{site}/2025/")
        save(page, "staden")

        page.set_viewport_size(WINDOW | {"height": 1280})
        page.goto(f"{site}/arsrapport/2025/")
        save(page, "arsrapport")
        page.goto(f"{site}/atgarder/?ord=skola")
        save(page, "atgarder")

        page = signed_in(browser, site, "trygghetsstrateg.skarholmen")
        upload_changes(page, site, folder)
        save(page, "import")
        browser.close()


def signed_in(browser, site, username, height=WINDOW["height"]):
    """Return a page where that person of the demo has signed in."""
    window = WINDOW | {"height": height}
    page = browser.new_context(viewport=window, locale="sv-SE", timezone_id="Europe/Stockholm").new_page()
    page.goto(site)
    page.get_by_label("Användarnamn eller e-post").fill(username)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.get_by_role("button", name="Logga ut").wait_for()
    return page


def upload_changes(page, site, folder):
    """Take the plan out, change it as one would in Excel, and send it in; nothing is confirmed."""
    exported = page.request.get(f"{site}{PLAN}ladda-ner/xlsx/")
    book = openpyxl.load_workbook(io.BytesIO(exported.body()))
    sheet = book.worksheets[1]
    sheet["E3"] = "Mars–november, uppföljning i december"
    sheet["D4"] = f"{sheet['D4'].value}\nMinst tio gemensamma möten under året."
    sheet["H1"], sheet["H3"] = "Kostnad", "50 000 kr"
    path = folder / "Åtgärdsplan 2025 Skärholmen.xlsx"
    book.save(path)
    page.goto(f"{site}{PLAN}las-in/")
    page.get_by_label("Arbetsbok eller JSON-fil").set_input_files(path)
    page.get_by_role("button", name="Läs filen").click()
    page.get_by_role("heading", name="att ta ställning till").wait_for()


def save(page, name):
    """Write the picture with few colours: a tenth of the size, and no difference to see."""
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    PICTURES.mkdir(parents=True, exist_ok=True)
    few = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)
    print(f"docs/img/{name}.png: {(PICTURES / f'{name}.png').stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
