"""The plan's page as a person meets it: cells and menus by the names they say."""

import re

from playwright.sync_api import expect

SAVED = re.compile(r"^Sparat \d\d\.\d\d$")


class Grid:
    """The page of a plan in somebody's browser."""

    def __init__(self, page, address):
        self.page = page
        self.address = address

    def open(self, area=1):
        """Go to an area's tab."""
        self.page.goto(self.address if area == 1 else f"{self.address}omrade/{area}/")
        return self

    @property
    def status(self):
        """Where the page says whether everything is saved."""
        return self.page.get_by_role("main").get_by_role("status").first

    def told(self, text):
        """The message that says so."""
        return self.page.get_by_role("main").get_by_text(text)

    def opener(self, name):
        """The link that opens a cell, such as "Vem, åtgärd 1, problem 1"."""
        return self.page.get_by_role("link", name=re.compile(rf"^\S.* – {re.escape(name)}$"))

    def cell(self, name):
        """The cell of that name."""
        cells = self.page.get_by_role("cell").or_(self.page.get_by_role("rowheader"))
        return cells.filter(has=self.opener(name))

    def field(self, name):
        """The field in an open cell."""
        return self.page.get_by_role("textbox", name=name, exact=True)

    def type_in(self, name, text):
        """Open the cell with Enter and write, replacing what stood there; the cell stays open."""
        self.opener(name).focus()
        self.page.keyboard.press("Enter")
        expect(self.field(name)).to_be_focused()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def write(self, name, text):
        """Write in the cell and leave it, and wait until the server has it."""
        self.type_in(name, text)
        self.leave(name)

    def leave(self, name):
        """Leave the open cell, and wait until the server has its text."""
        with self.page.expect_response(lambda response: response.url.endswith("/cell/")) as answer:
            self.field(name).blur()
        assert answer.value.status == 200
        expect(self.status).to_have_text(SAVED)

    def menu(self, name, item):
        """Choose in a row's menu; what the item leads to has been shown when this returns."""
        self.page.get_by_text(f"Mer – {name}", exact=True).click()
        chosen = self.page.get_by_role("button", name=item, exact=True).or_(
            self.page.get_by_role("link", name=item, exact=True)
        )
        with self.page.expect_response(lambda response: response.request.method == "GET" and response.ok):
            chosen.click()

    def undo(self):
        """Take back the latest change."""
        self.page.get_by_role("button", name="Ångra den senaste ändringen").click()
