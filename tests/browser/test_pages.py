"""Every page, for one who writes and one who reads: no barrier, no sideways scrolling, nothing out of reach."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import expect

from agreements.models import (
    AgendaItem,
    Agreement,
    AgreementFocus,
    AnalysedCause,
    CollaborationGroup,
    CommunicationActivity,
    Finding,
    Meeting,
    Place,
    PlanningCycle,
    PrioritisedProblem,
)
from plans import comments, editing, versions
from plans.enums import CommentKind
from plans.exports import export
from plans.models import ActionPlan, PlanVisit, Submission
from tests.agreements import access
from tests.browser.conftest import DATA, barriers, sign_in
from tests.browser.reach import WIDER, tabbed_through
from tests.plans import stages
from tests.test_access import ADMIN, CITY_PAGES, COMMENTS, GENERAL, PLAN_PAGES, ROUTES, VERSION

# The whole page at once, so that what sticks to an edge of the window lies over nothing; the Tab key tells of that.
DESK = {"width": 1440, "height": 6000}
PHONE = {"width": 390, "height": 12_000}
ZOOMED = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %, WCAG 1.4.10
# What an address answers to GET that is no page.
NO_PAGES = {
    route
    for route, line in {**PLAN_PAGES, **GENERAL, **CITY_PAGES}.items()
    if line[0].startswith("405") or "ladda-ner" in route or route.endswith("<uuid:uid>/") and "kind" not in route
} | {
    # They lead to the latest year, to where the comment stands, and to the version's page; the last is a file.
    "staden/",
    COMMENTS + "<uuid:uid>/",
    VERSION + "filer/",
    VERSION + "ladda-ner/<str:format>/",
}


@pytest.fixture
def town(plan, cast, settings):
    """Pages by what they are, with something on each that can go wrong."""
    settings.DEBUG = False
    by = cast.editor
    decide(plan)
    editing.add_area(plan, "Trygg skolväg till och från Kungsholmens grundskola", by=by)
    editing.add_area(plan, "Våld i nära relationer", by=by)
    left_out = plan.planareas.get(position=7)
    reason = {"not_applicable_reason": "Ingår i stadens handlingsprogram."}
    editing.set_fields(plan, "area", left_out.uid, reason, version=1, by=by)
    action = plan.actions.get(position=1, problem__plan_area__position=1)
    event = editing.set_fields(plan, "action", action.uid, PARTS, version=action.version, by=by)
    removed = plan.actions.filter(problem__plan_area__position=5).last()
    editing.remove(plan, "action", removed.uid, by=by)
    discuss(plan, action, cast)
    for person in (cast.editor, cast.police):  # since then the plan has news for the police
        PlanVisit.objects.create(plan=plan, user=person, at=timezone.now(), before=event.at - timedelta(seconds=1))
    PlanningCycle.objects.create(year=2026, area_set=plan.cycle.area_set)
    return {
        **general_pages(),
        **pages_of(plan, action, event, removed),
        **version_pages(plan),
        **step_pages(plan),
        **import_pages(plan, by),
    }


PARTS = {
    "operational_goals": [{"text": "Minst tio möten under året", "indicator": "Antal möten", "target": "10"}],
    "timings": [{"kind": "date", "label": "Start", "starts_on": "2025-03-01"}],
    "responsibilities": [{"kind": "lead", "function": "Ungdomssamordnare", "organisation": "Stadsdelsförvaltningen"}],
}


def discuss(plan, action, cast):
    """Say something of each kind, in each state, of the plan, a row, a cell, and what has changed since."""
    said = comments.write(plan, "Hur många?", CommentKind.QUESTION, by=cast.police, row=action.uid, field="goals")
    comments.answer(said, "Tio.", by=cast.editor)
    comments.write(plan, "Rätta", CommentKind.MUST_FIX, by=cast.police, row=action.cause_id)
    said = comments.write(plan, "Bra", CommentKind.COMMENT, by=cast.editor)
    comments.resolve(said, by=cast.editor)
    comments.write(plan, "Vem?", CommentKind.QUESTION, by=cast.police, row=action.uid, field="who")
    editing.set_fields(plan, "action", action.uid, {"who": "Fältarna"}, version=action.version + 1, by=cast.editor)


def decide(plan):
    """Freeze the plan as version 1; what is written from now on is the second."""
    versions.freeze(plan, stages.DECISION, by=None)
    ActionPlan.objects.filter(pk=plan.pk).update(version=2)
    plan.refresh_from_db()


def version_pages(plan):
    place = [plan.district.slug, plan.year]
    return {
        "version": reverse("plans:version", args=[*place, 1]),
        "area of a version": reverse("plans:version_area", args=[*place, 1, 2]),
        "analysis of a version": reverse("plans:version_analysis", args=[*place, 1]),
        "what differs": reverse("plans:compare", args=place),
        "what differs, with all that does not": reverse("plans:compare", args=place) + "?allt=1",
    }


def step_pages(plan):
    """What a draft has of them; those of the other states are walked in test_steps.py."""
    place = [plan.district.slug, plan.year]
    return {
        "all steps": reverse("plans:steps", args=place),
        "step that is done": reverse("plans:step", args=[*place, "dela-med-polisen"]),
        "step": reverse("plans:step", args=[*place, "skicka-pa-granskning"]),
        "basis of the decision": reverse("plans:decision_basis", args=place),
        "step with the city": reverse("plans:submission_step", args=[*place, 1, "skicka-till-staden"]),
        "the board's decision": reverse("plans:board_decision", args=[*place, 1]),
    }


def general_pages():
    return {
        "sign out": reverse("account_logout"),
        "start": reverse("start"),
        "list": reverse("plans:list"),
        "city": reverse("city:year", args=[2025]),
        "accessibility": reverse("accessibility"),
        "not found": "/planer/atlantis/2025/",
        "no address": "/finns/inte/",
    }


def pages_of(plan, action, event, removed):
    place = [plan.district.slug, plan.year]
    cause, problem = action.cause, action.problem
    rows = {"area": problem.plan_area, "problem": problem, "cause": cause, "action": action}
    moved = {kind: row for kind, row in rows.items() if kind != "area"}
    return {
        **{f"area {at}": reverse("plans:area", args=[*place, at]) for at in (2, 4, 6, 7)},
        **{f"form of {kind}": reverse("plans:row", args=[*place, kind, row.uid]) for kind, row in rows.items()},
        **{f"move {kind}": reverse("plans:row_move", args=[*place, kind, row.uid]) for kind, row in moved.items()},
        "plan": plan.get_absolute_url(),
        "analysis": reverse("plans:analysis", args=place),
        "what an action serves": reverse("plans:row_served", args=[*place, action.uid]),
        "own area": reverse("plans:area_edit", args=[*place, 6]),
        "new area": reverse("plans:area_add", args=place),
        "what the plan stands on": reverse("plans:basis", args=place),
        "comments": reverse("plans:comments", args=place),
        "all comments": f"{reverse('plans:comments', args=place)}?visa=alla",
        "comments on a cell": f"{reverse('plans:comments', args=place)}?rad={action.uid}&falt=goals&skriv=1",
        "news": reverse("plans:news", args=place),
        "history": reverse("plans:history", args=place),
        "one change": reverse("plans:change", args=[*place, event.pk]),
        "history of a row": reverse("plans:row_history", args=[*place, "action", action.uid]),
        "history of a removed row": reverse("plans:row_history", args=[*place, removed.uid]),
        "removed row": reverse("plans:row", args=[*place, "action", removed.uid]),
        "upload": reverse("plans:import", args=place),
        "start a plan": reverse("plans:start", args=["skarholmen", 2026]),
        "bring from the analysis": reverse("plans:bring", args=place),
        "what a cause rests on": reverse("plans:row_grounds", args=[*place, "cause", cause.uid]),
    }


def import_pages(plan, user):
    return {
        "preview of changes": uploaded(plan, user, changed_workbook(plan)),
        "preview of no changes": uploaded(plan, user, export(plan, "json").content, name="plan.json"),
        "preview of a new plan": uploaded(plan, user, (DATA / "skarholmen-2025.xlsx").read_bytes(), year=2026),
    }


def changed_workbook(plan):
    book = openpyxl.load_workbook(io.BytesIO(export(plan, "xlsx").content))
    sheet = book.worksheets[1]
    sheet.cell(3, 4).value = "Ett helt annat mål"
    sheet.cell(3, 5).value = "=1+1"
    for row in range(1, 4):
        sheet.cell(row, 9).value = "Kostnad"
    book.worksheets[4].delete_rows(5)
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def uploaded(plan, user, content, name="plan.xlsx", year=2025):
    """Upload a file; return the address of its preview."""
    client = Client()
    client.force_login(user)
    address = reverse("plans:import", args=[plan.district.slug, year])
    answer = client.post(address, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def walk(page, site, pages, *checks):
    """Return what each check finds wrong on each page."""
    found = {}
    for name, path in pages.items():
        page.goto(f"{site}{path}")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        faults = [fault for check in checks for fault in check(page)]
        if faults:
            found[name] = faults
    return found


def wider_than_the_window(page):
    return page.evaluate(WIDER)


def wider_than_any_window(page):
    """The page in a window of each width, from a desk's to a phone's."""
    faults = []
    for width in (1440, 1024, 840, 390):
        page.set_viewport_size({"width": width, "height": 844})
        faults += wider_than_the_window(page)
    return faults


def barriers_at(size):
    """Return a check by axe in a window of that size."""

    def check(page):
        page.set_viewport_size(size)
        return barriers(page)

    return check


@pytest.mark.parametrize("person", ["editor", "police"])
def test_no_page_has_a_barrier_or_is_scrolled_sideways(site, page, town, cast, person):
    sign_in(page.context, getattr(cast, person), site)
    checks = [barriers_at(DESK), wider_than_any_window, *([barriers_at(PHONE)] if person == "editor" else [])]
    assert walk(page, site, town, *checks) == {}


@pytest.mark.parametrize("size", [DESK, PHONE, ZOOMED], ids=["desk", "phone", "400 percent"])
def test_the_citys_page_is_for_those_who_follow_all_districts(site, page, town, plan, cast, size):
    """To everybody else the address above answers that there is nothing."""
    Submission.objects.create(version=plan.versions.get())
    PlanningCycle.objects.filter(year=2025).update(decision_due=date(2025, 3, 31), board_due=date(2025, 5, 31))
    sign_in(page.context, cast.city_preparation, site)
    page.set_viewport_size(size)
    pages = {"city": town["city"], "a year without plans": reverse("city:year", args=[2026])}
    assert walk(page, site, pages, barriers, wider_than_the_window, tabbed_through) == {}
    page.goto(f"{site}{town['city']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Staden 2025")
    expect(page.get_by_role("main")).to_contain_text("Version 2 skrivs")
    expect(page.get_by_role("main")).to_contain_text("Försenad")


@pytest.mark.parametrize(
    "person", ["editor", "police", "chair", "registrar", "external", "city_preparation", "stranger"]
)
def test_the_start_page_of_each_role_has_no_barrier(site, page, town, plan, cast, person):
    Submission.objects.create(version=plan.versions.get())
    PlanningCycle.objects.filter(year=2025).update(review_due=date(2025, 2, 28), board_due=date(2055, 5, 31))
    sign_in(page.context, getattr(cast, person), site)
    for size in (DESK, PHONE, ZOOMED):
        page.set_viewport_size(size)
        pages = {"start": town["start"]}
        assert walk(page, site, pages, barriers, wider_than_the_window, tabbed_through) == {}


def test_pages_are_gone_through_with_tab_at_a_desk(site, page, town, cast):
    sign_in(page.context, cast.editor, site)
    pages = {name: town[name] for name in ("list", "area 6", "analysis", "form of action", "preview of changes")}
    assert walk(page, site, pages, tabbed_through) == {}


@pytest.mark.parametrize("person", ["editor", "police"])
def test_at_400_percent_nothing_is_out_of_reach(site, page, town, cast, person):
    sign_in(page.context, getattr(cast, person), site)
    page.set_viewport_size(ZOOMED)
    assert walk(page, site, town, wider_than_the_window, tabbed_through) == {}


@pytest.mark.parametrize("size", [DESK, PHONE, ZOOMED], ids=["desk", "phone", "400 percent"])
def test_the_sign_in_page_is_for_everybody(site, page, cast, size):
    page.set_viewport_size(size)
    pages = {"sign in": reverse("account_login")}
    assert walk(page, site, pages, barriers, wider_than_the_window, tabbed_through) == {}


# The cooperation's pages, each walked as somebody who gets it.
COOPERATION = {route: line for route, line in access.lines().items() if line.get.get(200)}


@pytest.mark.parametrize("topic", access.topics(), ids=lambda topic: topic.__name__.rpartition(".")[2])
def test_no_page_of_the_cooperation_has_a_barrier(site, page, cast, topic):
    """At a desk, on a phone and at 400 percent; nothing is scrolled sideways or out of reach of the Tab key."""
    pages, addresses = {}, topic.addresses(cast)
    for route, line in topic.LINES.items():
        if route in COOPERATION and line.is_page:
            people = line.get[200]
            person = next((each for each in ("editor", "city_preparation", "administrator") if each in people), None)
            pages.setdefault(person or sorted(people)[0], {})[route] = addresses[route]
    found = {}
    for person, theirs in pages.items():
        page.context.clear_cookies()
        sign_in(page.context, getattr(cast, person), site)
        checks = [barriers_at(DESK), wider_than_any_window, barriers_at(PHONE)]
        found |= walk(page, site, theirs, *checks)
        page.set_viewport_size(ZOOMED)
        found |= walk(page, site, theirs, wider_than_the_window, tabbed_through)
    assert found == {}


# What people name themselves in the cooperation, and the longest word they could make of it.
NAMED = (
    *((model, "title") for model in (Agreement, AgreementFocus, AgendaItem, CommunicationActivity, Finding, Meeting)),
    (PrioritisedProblem, "title"), (AnalysedCause, "text"), (CollaborationGroup, "name"), (Place, "name"),
)  # fmt: skip
LONG_WORD = "Brottsförebyggandesamverkansöverenskommelseuppföljningsarbetsgruppsprotokoll"


@pytest.mark.parametrize("topic", ["agreements", "analyses", "groups", "meetings", "pictures", "places"])
def test_no_word_makes_a_page_of_the_cooperation_wider(site, page, cast, topic):
    topic = next(each for each in access.topics() if each.__name__.endswith(f".{topic}"))
    addresses = topic.addresses(cast)
    for model, field in NAMED:
        model.objects.update(**{field: LONG_WORD})
    read = [name for name, line in topic.LINES.items() if line.is_page and "editor" in line.get.get(200, ())]
    sign_in(page.context, cast.editor, site)
    page.set_viewport_size(ZOOMED)
    assert walk(page, site, {name: addresses[name] for name in read}, wider_than_the_window) == {}


def test_every_page_there_is_has_been_walked(town):
    walked = (
        set(access.lines())
        | {resolve(path.partition("?")[0]).route for name, path in town.items() if name != "no address"}
        | {"konto/logga-in/"}
    )
    assert set(ROUTES) - set(ADMIN) - NO_PAGES - walked == set()


# --- What is not there until somebody does something


@pytest.mark.parametrize("width", [1440, 390])
def test_an_open_menu_has_no_barrier(grid, width):
    grid.page.set_viewport_size({"width": width, "height": 900})
    grid.open(4)
    for name in ("Problemområde 1", "Orsak 2, problem 2", "Åtgärd 4, problem 1"):
        grid.page.get_by_text(f"Mer – {name}", exact=True).click()
        assert barriers(grid.page) == []
        assert wider_than_the_window(grid.page) == []
        grid.page.keyboard.press("Escape")


def test_an_open_cell_and_its_refusal_have_no_barrier(grid):
    grid.open().type_in("När, åtgärd 1, problem 1", "å" * 8_001)
    grid.field("När, åtgärd 1, problem 1").blur()
    expect(grid.page.get_by_role("alert")).to_be_visible()
    assert barriers(grid.page) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_form_with_mistakes_has_no_barrier(grid, size):
    page = grid.page
    page.set_viewport_size(size)
    page.goto(f"{grid.address}omrade/1/redigera/")
    page.get_by_label("Inte aktuellt i år").check()
    page.get_by_role("main").get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv varför området inte är aktuellt i år.")
    assert barriers(page) == []
    assert wider_than_the_window(page) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_refused_file_has_no_barrier(grid, size):
    page = grid.page
    page.set_viewport_size(size)
    page.goto(f"{grid.address}las-in/")
    page.get_by_label("Arbetsbok eller JSON-fil").set_input_files(
        {"name": "plan.xlsx", "mimeType": "text/plain", "buffer": b"inte en arbetsbok"}
    )
    page.get_by_role("button", name="Läs filen").click()
    expect(page.get_by_role("main")).to_contain_text("plan.xlsx")
    assert barriers(page) == []


def test_a_refused_sign_in_has_no_barrier(site, page, cast):
    page.goto(site)
    page.get_by_label("Användarnamn eller e-post").fill("editor")
    page.get_by_label("Lösenord").fill("fel")
    page.get_by_role("button", name="Logga in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []
