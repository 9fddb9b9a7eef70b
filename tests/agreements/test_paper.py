"""The papers of the cooperation as they are laid out.

What is printed stays on the paper, also a word that is longer than the line,
as a web address is; and pages break where something hangs together.
"""

import pytest
from weasyprint.formatting_structure import boxes

from agreements.enums import AgreementPart
from agreements.meetings import pdf as minutes_pdf
from agreements.meetings import workflow as meetings
from agreements.models import (
    Agreement,
    AgreementFocus,
    AgreementText,
    CollaborationGroup,
    Finding,
    Function,
    GroupMembership,
    Meeting,
    Organisation,
    PrioritisedProblem,
    PriorityArea,
    SituationPicture,
)
from agreements.pictures.exports import picture_pdf
from agreements.pictures.shown import Shown
from agreements.scope import Scope
from agreements.views.agreements import pdf_of
from tests.agreements import agreed
from tests.agreements import picture_story as story
from tests.cast import START, Cast
from trygghet import pdf

WORD = "https://exempel.se/" + "o" * 281


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def pages(monkeypatch):
    """The pages, as they are laid out, of what is printed in the test."""
    laid_out, finish = [], pdf._finish
    monkeypatch.setattr(
        pdf, "_finish", lambda document, file: (laid_out.extend(document.pages), finish(document, file))
    )
    return laid_out


def stretch(rows, *names):
    """Let each of the texts be the word, as much of it as there is room for."""
    lengths = {name: rows.model._meta.get_field(name).max_length for name in names}
    rows.update(**{name: WORD[:length] for name, length in lengths.items()})


def outside(pages):
    """Return the words that begin or end beside the column, not counting what is printed in the margins."""
    return [
        box.text
        for page in pages
        for area in page._page_box.children
        if area.element_tag == "html"
        for box in area.descendants()
        if isinstance(box, boxes.TextBox) and not _is_within(box, area)
    ]


def _is_within(box, area):
    left, right = area.position_x - 1, area.position_x + area.width + 1
    return left <= box.position_x and box.position_x + box.width <= right


def printed_words(pages):
    return sum(
        box.text.count("ooo")
        for page in pages
        for box in page._page_box.descendants()
        if isinstance(box, boxes.TextBox)
    )


# --- Words longer than the line


def test_minutes_and_the_notice_break_long_words(cast, pages):
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    meeting = meetings.call(group, by=cast.chair, on=START)
    meetings.add_item(meeting, by=cast.chair, title="Punkt", is_decision=True)
    meetings.attend(meeting, GroupMembership.objects.filter(group=group), "", read_version=1, by=cast.chair)
    stretch(Meeting.objects.all(), "title", "place", "guests")
    stretch(meeting.items.all(), "title", "background", "notes", "decision")
    stretch(CollaborationGroup.objects.all(), "name")
    stretch(Function.objects.filter(code="stadsdelsdirektor"), "title")
    meeting = Meeting.objects.get()
    for paper in (minutes_pdf.minutes_pdf, minutes_pdf.notice_pdf):
        pages.clear()
        paper(meeting, cast.chair)
        assert printed_words(pages) > 5
        assert outside(pages) == []


def test_an_agreement_breaks_long_words(cast, pages):
    agreed.circulated(cast)
    stretch(Agreement.objects.all(), "title", "diary_number")
    stretch(AgreementText.objects.all(), "text")
    stretch(AgreementFocus.objects.all(), "title", "goals")
    stretch(Organisation.objects.filter(slug="police"), "name")
    stretch(Function.objects.filter(code="stadsdelsdirektor"), "title")
    pdf_of(Agreement.objects.get(), Scope(cast.district))
    assert printed_words(pages) > 10
    assert outside(pages) == []


def test_a_joint_picture_breaks_long_words_also_in_its_tables(cast, pages):
    story.confirmed(cast)
    stretch(SituationPicture.objects.all(), "title", "period", "summary")
    stretch(Finding.objects.all(), "title", "text", "source_note")
    Finding.objects.update(table=[["År", WORD, "Anmälda", "Uppklarade"], ["2024", "1", "2", WORD]])
    stretch(PrioritisedProblem.objects.all(), "title", "description", "reason")
    for picture in SituationPicture.objects.select_related("district"):
        pages.clear()
        picture_pdf(Shown(picture, cast.editor), Scope(cast.district))
        assert printed_words(pages) > 5
        assert outside(pages) == []


# --- Where the pages break


def column(page):
    """The part of the page that the text is set in."""
    return next(area for area in page._page_box.children if area.element_tag == "html")


def texts_of(page):
    return [box for box in column(page).descendants() if isinstance(box, boxes.TextBox) and box.text.strip()]


def test_the_approval_is_never_alone_on_a_page(cast, pages):
    """A page that only says that the minutes are approved could belong to any minutes."""
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    meeting = meetings.call(group, by=cast.chair, on=START)
    meetings.add_item(meeting, by=cast.chair, title="Punkt")
    last_pages = []
    for lines in range(20, 32, 2):
        meeting.items.update(notes="Sagt\n" * lines)
        pages.clear()
        minutes_pdf.minutes_pdf(meeting, cast.chair)
        last_pages.append((len(pages), {box.text for box in texts_of(pages[-1])}))
    assert {count for count, _ in last_pages} == {1, 2}  # the break has been everywhere
    assert all("Sagt" in words and "Justering" in words for _, words in last_pages)


def test_areas_that_are_only_named_do_not_hold_on_to_what_comes_after(cast, pages):
    """The overarching agreement names the areas; each name was taken for a heading of the next."""
    agreement = agreed.written(cast)
    agreement.focuses.all().delete()
    Agreement.objects.update(district=None)
    for number in range(10, 16):
        PriorityArea.objects.create(
            area_set=cast.area_set, number=number, code=f"a{number}", title="Namn", short_title="N", sheet=str(number)
        )
    for lines in (1, 4):
        agreement.texts.filter(part=AgreementPart.PRIORITIES).update(text="Samverkan.\n" * lines)
        pages.clear()
        pdf_of(Agreement.objects.get(), Scope(None))
        for page in pages[:-1]:
            lowest = max(box.position_y + box.height for box in texts_of(page))
            assert lowest > column(page).position_y + 0.92 * column(page).height
