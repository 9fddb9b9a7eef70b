"""Walking a site as somebody does who follows every link, and reading what each answer says, whatever its kind."""

import html
import io
import json
import re
import subprocess
from collections import Counter, deque
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

import openpyxl
import pikepdf
from django.urls import resolve

from agreements.scope import CITY_SLUG

NOT_FOLLOWED = ("/static/", "/admin/", "/konto/logga-ut/")
SAME_PAGE = 2  # how many addresses of one pattern are opened: the same page of another row says little new


class Walk:
    """What a person gets who opens every kind of page and file that links lead to from the first page.

    ``texts`` gives the text of each address, ``refused`` those that answer 403
    with whom to turn to. One that answers anything else than that, 200 or a
    redirect raises AssertionError, since a link should lead somewhere.
    """

    def __init__(self, client, start="/"):
        self.client = client
        self.texts, self.refused = {}, []
        waiting, seen, opened = deque([start]), {start}, Counter()
        while waiting:
            address = waiting.popleft()
            page = _kind_of_page(address)
            opened[page] += 1
            if opened[page] > SAME_PAGE:
                continue
            for found in self._open(address):
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)

    def _open(self, address):
        response = self.client.get(address)
        if response.status_code in (301, 302):
            return [urljoin(address, response.url)]
        assert response.status_code in (200, 403), f"{address} answers {response.status_code}"
        if response.status_code == 403:
            self.refused.append(address)
        self.texts[address] = text_of(response)
        return links(address, response) if is_page(response) else []

    def find(self, pattern):
        """Return the addresses whose path matches."""
        return [address for address in self.texts if re.search(pattern, address)]


def _kind_of_page(address):
    """Return what tells pages apart that say different things: the pattern, the city's or a district's, the format."""
    match = resolve(urlsplit(address).path)
    return match.route, match.kwargs.get("place") == CITY_SLUG, match.kwargs.get("format")


def is_page(response):
    return response.headers["Content-Type"].startswith("text/html")


def links(address, response):
    """Return the site's own addresses that the page links to, without fragments."""
    found = (html.unescape(link) for link in re.findall(r'<a\b[^>]*?\bhref="([^"]+)"', response.content.decode()))
    whole = (urljoin(address, link.partition("#")[0]) for link in found)
    return [link for link in whole if link.startswith("/") and not link.startswith(NOT_FOLLOWED)]


def text_of(response):
    """Return everything that the answer says: a page's markup, or a file's words, its name and its properties."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers["Content-Type"].partition(";")[0]
    name = response.headers.get("Content-Disposition", "")
    if kind == "application/pdf":
        return f"{name} {pdf_text(content)}"
    if "spreadsheet" in kind:
        return f"{name} {workbook_text(content)}"
    if kind == "application/json":
        return f"{name} {json.dumps(json.loads(content), ensure_ascii=False)}"
    return f"{name} {html.unescape(content.decode())}"


def workbook_text(content):
    """Return the cells, comments, sheet names and properties of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    told = [str(value) for value in vars(book.properties).values() if value]
    for sheet in book:
        told.append(sheet.title)
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            told += [str(said) for said in (cell.value, cell.comment and cell.comment.text) if said]
        told += [
            str(part.text) for part in (sheet.oddHeader.left, sheet.oddFooter.left, sheet.oddFooter.center) if part
        ]
    return " ".join(told)


def pdf_text(content):
    """Return the words, the properties and the attached files' words of a PDF."""
    printed = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    told = [re.sub(r"-\n", "", printed)]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        told += [str(value) for value in pdf.docinfo.values()]
        if pdf.Root.get("/Metadata"):
            told.append(pdf.Root.Metadata.read_bytes().decode())
        for name, attached in pdf.attachments.items():
            inside = attached.get_file().read_bytes()
            is_workbook = PurePosixPath(name).suffix == ".xlsx"
            told += [name, workbook_text(inside) if is_workbook else inside.decode()]
    return " ".join(told)
