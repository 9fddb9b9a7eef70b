"""The plan's page, the list of plans, Min sida, and the frame around them."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from agreements.models import District
from plans import editing
from plans.enums import PlanState
from plans.models import Action, ActionPlan, Cause, Problem
from plans.operations import MoveRow

PAGE = "/planer/skarholmen/2025/"


@pytest.fixture
def sign_in():
    """Return a browser signed in as the person."""

    def browser(user):
        client = Client()
        client.force_login(user)
        return client

    return browser


@pytest.fixture
def editor(sign_in, cast):
    return sign_in(cast.editor)


def in_state(plan, state):
    """Put the plan straight into a state, as only a test does."""
    ActionPlan.objects.filter(pk=plan.pk).update(state=state, shared_at=None)


def html(response):
    assert response.status_code == 200
    return response.content.decode()


def words(response):
    """What the page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html(response), flags=re.DOTALL)
    return " ".join(text.split())


# --- The plan as the template's grid


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client, plan):
    response = client.get(PAGE)
    assert response.status_code == 302
    assert response["Location"] == f"/konto/logga-in/?next={PAGE}"


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("editor", 200),
        ("co_writer", 200),
        ("police", 404),
        ("steering", 404),
        ("working", 404),
        ("registrar", 404),
        ("external", 404),
        ("neighbour", 404),
        ("city_preparation", 404),
        ("city_steering", 404),
        ("stranger", 404),
        ("administrator", 404),
    ],
)
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}omrade/2/", f"{PAGE}analys/"])
def test_an_unshared_draft_is_there_only_for_those_who_write_it(sign_in, cast, plan, person, status, address):
    assert sign_in(getattr(cast, person)).get(address).status_code == status


def test_every_text_of_every_area_is_on_its_tab_verbatim(editor, plan, skarholmen):
    for position, area in enumerate(skarholmen.areas, start=1):
        page = html(editor.get(f"{PAGE}omrade/{position}/"))
        page = page.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
        for problem in area.problems:
            assert f'<span class="text">{problem.title}</span>' in page
            for _, cause, action in problem.rows():
                assert f'<span class="text">{cause.text}</span>' in page
                for field in ("text", "goals", "when", "who") if action else ():
                    assert f'<span class="text">{getattr(action, field)}</span>' in page


def row_spans(page, column):
    """How many rows each cell of a column spans."""
    cells = re.findall(rf'<t[hd] class="cell {column}"[^>]*>', page)
    return [int((re.findall(r'rowspan="(\d+)"', cell) or [1])[0]) for cell in cells]


def test_problem_and_cause_span_their_rows_and_are_their_headers(editor, plan):
    page = html(editor.get(PAGE))
    assert row_spans(page, "problem") == [5]
    assert row_spans(page, "cause") == [1, 2, 1, 1]
    assert page.count('scope="rowgroup"') == 1
    assert page.count('scope="row"') == 4
    assert page.count('scope="col"') == 7


def test_an_action_that_answers_the_next_cause_too_spans_both(editor, plan):
    page = html(editor.get(f"{PAGE}omrade/2/"))
    assert row_spans(page, "cause")[:2] == [1, 1]
    for column in ("action", "goals"):
        assert row_spans(page, column)[0] == 2


def test_a_cell_that_is_one_with_the_cell_above_is_written_for_both(editor, plan):
    page = html(editor.get(f"{PAGE}omrade/5/"))
    assert row_spans(page, "goals") == [4, 1]
    assert len(re.findall(r'data-shared="([^"]+)"', page)[0].split()) == 3


def test_the_tabs_tell_how_many_actions_each_area_has(editor, plan):
    """P10: a tab for each area."""
    told = re.findall(r'<span class="tab-counts">([^<]+)</span>', html(editor.get(PAGE)))
    assert told == ["5 åtgärder", "8 åtgärder", "3 åtgärder", "10 åtgärder", "5 åtgärder"]


def test_a_tab_that_the_plan_does_not_have_is_not_found(editor, plan):
    assert editor.get(f"{PAGE}omrade/6/").status_code == 404
    assert editor.get(f"{PAGE}omrade/0/").status_code == 404


def test_the_analysis_counts_what_is_written_and_sums_it(editor, plan):
    """P10: the analysis has the counts of problems, causes and actions."""
    page = words(editor.get(f"{PAGE}analys/"))
    assert "Summa 14 26 31" in page


def test_the_analysis_names_what_is_missing_instead_of_counting_zero(editor, empty_plan, cast):
    area = empty_plan.planareas.first()
    editing.set_fields(
        empty_plan, "area", area.uid, {"not_applicable_reason": "Inget behov"}, version=1, by=cast.editor
    )
    page = words(editor.get(f"{PAGE}analys/"))
    assert page.count("inget skrivet än") == 4
    assert page.count("inte aktuellt i år inget skrivet") == 1


def test_an_area_left_out_shows_the_figures_that_the_sum_counts(editor, plan, cast):
    before = words(editor.get(f"{PAGE}analys/"))
    area = plan.planareas.first()
    editing.set_fields(plan, "area", area.uid, {"not_applicable_reason": "Inget behov"}, version=1, by=cast.editor)
    figures = re.search(rf"{area.title} (\d+ \d+ \d+) ", before).group(1)
    page = words(editor.get(f"{PAGE}analys/"))
    assert f"{area.title} inte aktuellt i år {figures} " in page
    assert "Summa 14 26 31" in page
    actions = figures.split()[-1]
    assert f"{area.title} {actions} åtgärder, inte aktuellt i år" in page


def test_an_empty_area_says_the_next_step_to_the_one_who_writes(editor, empty_plan):
    page = words(editor.get(PAGE))
    assert "Inga problemområden än." in page
    assert "Lägg till problemområde" in page


def test_a_missing_text_is_named(editor, empty_plan, cast):
    editing.add(empty_plan, "problem", empty_plan.planareas.first().uid, by=cast.editor)
    page = words(editor.get(PAGE))
    for name in ("Problemområde saknas", "Orsak saknas", "Åtgärd saknas", "Mål saknas", "Tid saknas"):
        assert name in page


def test_an_area_left_out_shows_its_reason(editor, empty_plan, cast):
    area = empty_plan.planareas.first()
    values = {"not_applicable_reason": "Lägesbilden visar inget behov."}
    editing.set_fields(empty_plan, "area", area.uid, values, version=1, by=cast.editor)
    assert "Lägesbilden visar inget behov." in words(editor.get(PAGE))


def test_what_the_plan_lacks_is_listed_with_a_link_to_the_row(editor, plan, cast):
    cause = Cause.objects.filter(plan=plan, problem__position=1, problem__plan_area__position=1, position=3).get()
    editing.remove(plan, "action", cause.actions.get().uid, by=cast.editor)
    page = html(editor.get(PAGE))
    assert "Orsak 3 under «Nyrekrytering av barn och unga till kriminalitet» saknar åtgärd." in page
    assert f"#rad-{cause.uid}" in page


def test_one_who_only_reads_gets_the_text_and_no_way_to_write(sign_in, cast, plan):
    in_state(plan, PlanState.IN_REVIEW)
    page = html(sign_in(cast.police).get(PAGE))
    assert "Nyrekrytering av barn" in page
    assert "Det är stadsdelens trygghetsstrateg som skriver i planen." in page
    for sign in ("data-uid", "row-form", 'class="open', "js/plan.js"):
        assert sign not in page


def test_a_decided_plan_is_read_only_for_its_editor_too(editor, plan):
    in_state(plan, PlanState.DECIDED)
    page = html(editor.get(PAGE))
    assert "Planen har status Beslutad och kan inte ändras." in page
    assert "data-uid" not in page


@pytest.mark.parametrize("state", PlanState.values)
def test_every_state_has_its_place_on_the_line(editor, plan, state):
    in_state(plan, state)
    assert html(editor.get(PAGE)).count('aria-current="step"') == 1


def test_example_data_is_marked(editor, plan):
    assert "Exempeldata" not in words(editor.get(PAGE))
    ActionPlan.objects.update(is_example=True)
    assert "Exempeldata" in words(editor.get(PAGE))


def test_text_that_looks_like_markup_is_shown_as_text(editor, plan, cast):
    problem = Problem.objects.filter(plan=plan).first()
    values = {"title": "<script>alert(1)</script> & å"}
    editing.set_fields(plan, "problem", problem.uid, values, version=problem.version, by=cast.editor)
    page = html(editor.get(f"{PAGE}omrade/{problem.plan_area.position}/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; å" in page


def test_a_cause_whose_action_comes_later_does_not_say_that_it_has_none(editor, plan, cast):
    first = Action.objects.filter(plan=plan, problem__plan_area__position=1, position=1).get()
    problem = first.problem
    later = problem.causes.get(position=2).actions.last()
    editing.apply(
        plan, [MoveRow(kind="action", uid=str(first.uid), parent=str(first.cause_id), after=str(later.uid))],
        by=cast.editor, summary="",
    )  # fmt: skip
    page = words(editor.get(PAGE))
    assert "Åtgärden står längre ner" in page
    assert "Forts. från ovan" in page
    assert "Åtgärd saknas" not in page


def grow(plan, rows):
    """Give the first problem of the plan that many more actions."""
    cause = Cause.objects.filter(plan=plan).order_by("problem__plan_area__position", "position").first()
    last = cause.problem.actions.count()
    Action.objects.bulk_create(
        Action(plan=plan, problem=cause.problem, cause=cause, position=last + at, text=f"Åtgärd {at}")
        for at in range(1, rows + 1)
    )


@pytest.mark.parametrize(("address", "most"), [(PAGE, 24), (f"{PAGE}analys/", 24), ("/", 40), ("/planer/", 12)])
def test_the_number_of_queries_does_not_grow_with_the_rows(editor, plan, address, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most) as few:
        editor.get(address)
    grow(plan, 300)
    with django_assert_max_num_queries(len(few.captured_queries)):
        editor.get(address)


# --- The list of plans and Min sida


def row_of(page, district):
    """What the list says of a district."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, flags=re.DOTALL)
    found = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows if district in row]
    assert len(found) == 1
    return found[0].removeprefix(district).strip()


def test_the_editor_finds_the_plan_with_its_counts(editor, plan):
    assert row_of(html(editor.get("/planer/")), "Skärholmen").startswith("Utkast 14 26 31")


def test_the_editor_of_a_district_without_a_plan_may_begin_one(sign_in, cast, plan):
    page = html(sign_in(cast.neighbour).get("/planer/"))
    assert row_of(page, "Farsta") == "Ingen plan än Börja planen"
    assert reverse("plans:start", args=["farsta", 2025]) in page


def test_a_draft_and_no_plan_look_the_same_to_other_districts(sign_in, cast, plan):
    before = row_of(html(sign_in(cast.neighbour).get("/planer/")), "Skärholmen")
    ActionPlan.objects.filter(pk=plan.pk).update(district=District.objects.get(slug="farsta"))
    after = row_of(html(sign_in(cast.neighbour_police).get("/planer/?ar=2025")), "Skärholmen")
    assert before == after == "Ingen beslutad plan"


def test_the_citys_groups_see_the_status_of_a_draft_and_nothing_of_its_text(sign_in, cast, plan):
    page = html(sign_in(cast.city_preparation).get("/planer/"))
    assert row_of(page, "Skärholmen") == "Utkast planen går att läsa när den har skickats till staden"
    assert row_of(page, "Farsta") == "Ingen plan än"
    assert PAGE not in page


def test_a_decided_plan_is_read_across_the_city(sign_in, cast, plan):
    in_state(plan, PlanState.DECIDED)
    for person in (cast.neighbour, cast.neighbour_police):
        assert row_of(html(sign_in(person).get("/planer/")), "Skärholmen").startswith("Beslutad 14 26 31")


def test_min_sida_tells_the_police_when_they_will_see_the_plan_and_not_that_there_is_one(sign_in, cast, plan):
    page = words(sign_in(cast.police).get("/"))
    assert "Du ser planen här när stadsdelens trygghetsstrateg har delat den" in page


def test_min_sida_names_what_waits_in_ones_own_plan(editor, empty_plan):
    page = words(editor.get("/"))
    assert "Fyll i det som måste finnas innan planen kan granskas" in page
    missing = "saknar problemområde, eller ett skäl till att området inte är aktuellt i år."
    assert f"Unga i riskzon för destruktivt beteende {missing}" in page


def test_min_sida_tells_a_stranger_whom_to_ask(sign_in, cast, plan):
    page = words(sign_in(cast.stranger).get("/"))
    assert "Fråga den som förvaltar Trygghet hos er." in page
    assert "Skärholmen" not in page


def test_min_sida_works_before_the_city_is_loaded(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="first"))
    assert "Inget planeringsår är upplagt än." in words(client.get("/"))
    assert "Inga stadsdelar är upplagda än." in words(client.get("/planer/"))


def test_a_district_that_has_ceased_keeps_its_plan_on_the_list(editor, plan):
    District.objects.filter(slug="skarholmen").update(valid_to=date(2025, 12, 31))
    assert row_of(html(editor.get("/planer/")), "Skärholmen").startswith("Utkast")


# --- The frame


def test_the_page_is_in_swedish_and_says_who_is_signed_in(editor, plan):
    page = html(editor.get(PAGE))
    assert '<html lang="sv">' in page
    assert '<a class="skip" href="#innehall">Till innehållet</a>' in page
    assert "<span>editor</span>" in page
    assert reverse("accessibility") in page


def test_one_signs_out_by_a_button_and_not_by_following_a_link(editor, plan):
    editor.get("/konto/logga-ut/")
    assert editor.get(PAGE).status_code == 200
    editor.post("/konto/logga-ut/")
    assert editor.get(PAGE).status_code == 302


def test_the_accessibility_statement_is_open_to_everybody_and_names_the_supervisor(client, db):
    page = html(client.get("/tillganglighet/"))
    assert "https://www.digg.se/tdosanmalan" in page
    assert "delvis förenlig" in page


def test_a_missing_page_is_404_in_our_own_words(editor, plan):
    response = editor.get("/planer/ingenstans/2025/")
    assert response.status_code == 404
    assert "Sidan finns inte" in response.content.decode()


def test_a_refusal_is_403_and_prints_the_reason(sign_in, cast, plan):
    in_state(plan, PlanState.IN_REVIEW)
    area = plan.planareas.first()
    response = sign_in(cast.police).post(f"{PAGE}rad/area/{area.uid}/ny/problem/")
    assert response.status_code == 403
    assert "Du kan läsa planen men inte ändra den." in response.content.decode()


def test_a_forged_form_is_403_and_says_what_to_do(cast, plan):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.editor)
    response = client.post("/konto/logga-ut/")
    assert response.status_code == 403
    assert "ladda om sidan och försök igen" in response.content.decode()


def test_a_fault_of_ours_is_500_and_needs_nothing_that_may_be_broken(editor, plan, monkeypatch, settings):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("plans.views.pages.load", broken)
    editor.raise_request_exception = False
    response = editor.get(PAGE)
    assert response.status_code == 500
    assert "Något gick fel hos oss" in response.content.decode()


def test_a_malformed_request_is_400_in_our_own_words(editor, plan, settings):
    settings.ALLOWED_HOSTS = ["trygghet.example"]
    response = editor.get(PAGE)
    assert response.status_code == 400
    assert "något den inte förstår" in response.content.decode()


def test_the_demos_sign_ins_are_never_shown_in_a_real_installation(client, settings, db, django_user_model):
    from plans.demo.loading import PASSWORD, SIGN_INS

    django_user_model.objects.create_user(SIGN_INS[0].username, password=PASSWORD)
    settings.DEMO = True
    assert SIGN_INS[0].username in html(client.get("/konto/logga-in/"))
    settings.DEMO = False
    page = html(client.get("/konto/logga-in/"))
    assert SIGN_INS[0].username not in page
    assert PASSWORD not in page


def test_a_wrong_password_is_answered_in_swedish_and_keeps_the_name(client, db):
    page = html(client.post("/konto/logga-in/", {"login": "strateg", "password": "fel"}))
    assert 'value="strateg"' in page
    assert "lösenord" in page.lower()


@pytest.mark.parametrize(
    ("model", "kind", "told"),
    [
        (Problem, "problem", "Problemområdet är borttaget."),
        (Cause, "cause", "Orsaken är borttagen."),
        (Action, "action", "Åtgärden är borttagen."),
    ],
)
def test_what_was_removed_is_told_in_the_gender_of_its_noun(editor, plan, model, kind, told):
    uid = model.objects.filter(plan=plan).first().uid
    answer = editor.post(f"{PAGE}rad/{kind}/{uid}/ta-bort/", follow=True)
    assert told in words(answer)


def test_the_second_skip_link_leads_to_the_table_where_there_is_one(editor, plan):
    page = html(editor.get(PAGE))
    assert 'href="#rutnat"' in page
    assert 'id="rutnat"' in page
    assert 'href="#rutnat"' not in html(editor.get(f"{PAGE}analys/"))
