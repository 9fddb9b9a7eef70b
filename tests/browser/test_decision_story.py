"""From draft to version 2: seven people, each in a browser of their own, find their way by what the pages say."""

import re
from datetime import timedelta

from django.db.models import F
from playwright.sync_api import expect

from plans import frozen_files
from plans.models import ActionPlan, PlanVersion, PlanVisit
from tests.browser.conftest import barriers
from tests.browser.grid import Grid

CELL = "Operativa mål, åtgärd 1, problem 1"
PLAN = "/planer/skarholmen/2025/"


class People:
    """Everybody's window, opened when first looked at."""

    def __init__(self, site, cast, browser_of):
        self.site, self.cast, self.browser_of = site, cast, browser_of
        self.windows = {}

    def __getattr__(self, name):
        if name not in self.windows:
            self.windows[name] = self.browser_of(getattr(self.cast, name))
        return self.windows[name]

    def at_plan(self, name):
        """The person's window, at the plan."""
        page = getattr(self, name)
        page.goto(f"{self.site}{PLAN}")
        return page

    def at_start(self, name):
        """The person's window, at Min sida."""
        page = getattr(self, name)
        page.goto(self.site)
        return page


def test_a_plan_goes_from_draft_to_its_second_version(site, plan, cast, browser_of):
    ActionPlan.objects.update(shared_at=None)
    people = People(site, cast, browser_of)
    the_draft_does_not_exist_for_the_police_until_it_is_shared(people)
    the_police_require_something_of_a_cell(people)
    the_strategist_answers_mends_and_sends_for_review(people)
    both_review(people)
    the_steering_group_decides(people)
    the_files_come_while_one_looks(people)
    the_plan_is_sent_and_the_city_receives_it(people)
    the_registrar_records_the_board(people)
    version_2_is_written_while_version_1_is_in_force(people)
    what_differs_reads_as_a_marked_up_text(people)


def presses(page, name, *, within="main"):
    """Press a button, or follow a link, by its name."""
    page.get_by_role(within).get_by_role("button", name=name, exact=True).click()


def takes(page, step, **typed):
    """Follow the link to a step and take it."""
    page.get_by_role("main").get_by_role("link", name=step, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(step)
    for label, text in typed.items():
        page.get_by_label(label).fill(text)
    assert barriers(page) == []
    presses(page, step)


def is_told(page, text):
    expect(page.locator("#messages")).to_contain_text(text)


def stands(page, state):
    expect(page.locator(".plan-head .badge").first).to_have_text(state)


def the_draft_does_not_exist_for_the_police_until_it_is_shared(people):
    expect(people.at_plan("police").get_by_role("heading", level=1)).to_have_text("Sidan finns inte")
    editor = people.at_plan("editor")
    editor.get_by_role("link", name="Dela med polisen", exact=True).click()
    expect(editor.get_by_role("main")).to_contain_text("allmän handling")
    presses(editor, "Dela med polisen")
    is_told(editor, "Utkastet är delat med polisen.")
    stands(people.at_plan("police"), "Utkast")


def the_police_require_something_of_a_cell(people):
    page = people.at_plan("police")
    page.get_by_role(
        "link", name=re.compile(f"Kommentera.*{re.escape('åtgärd 1, problem 1')}", re.IGNORECASE)
    ).first.click()
    panel = page.get_by_role("complementary")
    panel.get_by_label("Gäller").select_option("Operativa mål")
    panel.get_by_label("Måste åtgärdas").check()
    panel.get_by_role("textbox").fill("Målet går inte att mäta. Ange ett antal.")
    assert barriers(page) == []
    panel.get_by_role("button", name="Spara kommentaren").click()
    expect(panel).to_contain_text("Planen går inte till beslut förrän det är löst.")


def the_strategist_answers_mends_and_sends_for_review(people):
    editor = people.at_start("editor")
    expect(editor.get_by_role("main")).to_contain_text("åtgärdas")
    grid = Grid(people.at_plan("editor"), f"{people.site}{PLAN}")
    grid.write(CELL, "Minst tio ungdomar får stöd före årets slut.")
    editor.goto(f"{people.site}{PLAN}kommentarer/")
    editor.get_by_text(re.compile("^Svara")).click()
    editor.get_by_label("Ditt svar").fill("Antalet står nu i målet.")
    presses(editor, "Skicka svaret")
    is_told(editor, "Svaret är sparat.")
    people.at_plan("editor")
    takes(editor, "Skicka på granskning")
    stands(editor, "På granskning")


def both_review(people):
    editor = people.at_plan("editor")
    takes(editor, "Markera som granskad")
    expect(editor.get_by_role("main")).to_contain_text("Polisen har inte markerat")
    an_hour_passes_since_anybody_looked()
    police = people.at_plan("police")
    expect(police.get_by_role("main")).to_contain_text("Nytt sedan du var här")
    takes(police, "Markera som granskad")
    editor.reload()
    editor.get_by_role("main").get_by_role("link", name=re.compile("^Skicka till beslut")).click()
    expect(editor.get_by_role("main")).to_contain_text("En kommentar som måste åtgärdas är inte löst.")
    police.goto(f"{people.site}{PLAN}kommentarer/")
    expect(police.get_by_role("main")).to_contain_text("Antalet står nu i målet.")
    police.get_by_role("button", name=re.compile("^Markera som löst")).click()
    is_told(police, "Kommentaren är löst.")
    people.at_plan("editor")
    takes(editor, "Skicka till beslut")
    stands(editor, "Klar för beslut")


def an_hour_passes_since_anybody_looked():
    PlanVisit.objects.update(at=F("at") - timedelta(hours=1))


def the_steering_group_decides(people):
    member = people.at_start("steering")
    member.get_by_role("main").get_by_role("link", name=re.compile("beslut", re.IGNORECASE)).first.click()
    expect(member.get_by_role("main")).to_contain_text("Minst tio ungdomar får stöd före årets slut.")
    expect(member.get_by_role("button", name="Registrera beslutet")).to_have_count(0)
    chair = people.at_plan("chair")
    chair.get_by_role("main").get_by_role("link", name="Registrera beslutet", exact=True).first.click()
    chair.get_by_label("Beslutsdatum").fill("2025-03-12")
    chair.get_by_label("Möte").fill("Styrgruppsmöte 1")
    assert barriers(chair) == []
    presses(chair, "Registrera beslutet")
    is_told(chair, "Version 1 är beslutad och fryst.")
    expect(chair.get_by_role("main")).to_contain_text("12 mars 2025")


def the_files_come_while_one_looks(people):
    page = people.chair
    expect(page.get_by_role("link", name=re.compile("^PDF"))).to_have_count(0)
    frozen_files.make(PlanVersion.objects.with_place().get())
    link = page.get_by_role("main").get_by_role("link", name=re.compile("PDF"))
    expect(link).to_be_visible()  # without a reload
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Åtgärdsplan 2025 Skärholmen version 1.pdf"


def the_plan_is_sent_and_the_city_receives_it(people):
    city = people.city_preparation
    city.goto(f"{people.site}/2025/")
    row = city.get_by_role("table").first.get_by_role("row", name=re.compile("Skärholmen"))
    expect(row).to_contain_text("inte inskickad", ignore_case=True)
    editor = people.at_plan("editor")
    takes(editor, "Skicka till staden")
    is_told(editor, "Kvittens: 2025-")
    city.reload()
    expect(row).to_contain_text("31")  # actions
    assert barriers(city) == []
    row.get_by_role("link", name="Skärholmen").first.click()
    takes(city, "Kvittera")
    is_told(city, "är kvitterad")


def the_registrar_records_the_board(people):
    page = people.at_start("registrar")
    page.get_by_role("main").get_by_role("link", name=re.compile("nämnd", re.IGNORECASE)).first.click()
    page.get_by_role("textbox", name=re.compile("^Nämnd")).fill("Skärholmens stadsdelsnämnd")
    page.get_by_label("Beslutsdatum").fill("2025-04-24")
    page.get_by_label("Paragraf").fill("§ 7")
    page.get_by_label("Diarienummer").fill("SKA 2025/123")
    presses(page, "Registrera nämndens beslut")
    is_told(page, "Nämndens beslut är registrerat.")
    expect(page.get_by_role("main")).to_contain_text("SKA 2025/123")


def version_2_is_written_while_version_1_is_in_force(people):
    editor = people.at_plan("editor")
    takes(editor, "Börja en ny version", **{"Varför behövs en ny version?": "Ny lägesbild i Sätra."})
    stands(editor, "Utkast")
    Grid(editor, f"{people.site}{PLAN}").write(CELL, "Minst tjugo ungdomar får stöd före årets slut.")
    for reader in ("neighbour", "police", "city_preparation"):
        page = people.at_plan(reader)
        expect(page.get_by_role("heading", level=1)).to_contain_text("version 1")
        expect(page.get_by_role("main")).to_contain_text("Minst tio ungdomar")
        expect(page.get_by_role("main")).not_to_contain_text("tjugo")


def what_differs_reads_as_a_marked_up_text(people):
    editor = people.editor
    editor.goto(f"{people.site}{PLAN}jamfor/?fran=1&till=nu")
    assert barriers(editor) == []
    expect(editor.get_by_role("deletion").filter(has_text="tio")).to_be_visible()
    expect(editor.get_by_role("insertion").filter(has_text="tjugo")).to_be_visible()
    expect(editor.get_by_role("main")).to_contain_text("1 åtgärd ändrad")
