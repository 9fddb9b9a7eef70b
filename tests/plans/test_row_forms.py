"""A row as a form: everything typed is kept, one save is one change, and nobody's text is lost."""

import json

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from agreements.models import Neighbourhood, Organisation
from plans import editing
from plans.forms import split_goals
from plans.models import Action, Cause, PlanArea, Problem

TRICKY = "\nFörsta raden är tom\n\n- punkt ett\n- punkt två\n=1+1\n@å ä ö <b>&amp;</b> 😀👮🏽\n"


def fields_of(response):
    """What a browser would post back from the form on the page, as a dict of lists."""
    form = response.context["form"]
    data = {}
    for part in form.all_forms():
        for bound in part:
            value = bound.value()
            if value in (None, ""):
                value = ""
            data[bound.html_name] = value if isinstance(value, list) else str(value)
    for name, formset in form.formsets.items():
        data[f"{name}-TOTAL_FORMS"] = str(len(formset.forms))
        data[f"{name}-INITIAL_FORMS"] = str(len(formset.forms))
    return {name: value for name, value in data.items() if value is not None and value != "False"}


class Site:
    """Skärholmen's plan as a signed-in person uses it."""

    def __init__(self, client, plan):
        self.client, self.plan = client, plan

    def address(self, row, name="row"):
        kind = type(row).__name__.lower().removeprefix("plan")
        return reverse(f"plans:{name}", args=["skarholmen", 2025, kind, row.uid])

    def read(self, row, query=""):
        return self.client.get(self.address(row) + query)

    def fields(self, row):
        return fields_of(self.read(row))

    def save(self, row, **changes):
        return self.client.post(self.address(row), self.fields(row) | changes)


@pytest.fixture
def site(client, plan, cast):
    client.force_login(cast.editor)
    return Site(client, plan)


@pytest.fixture
def action(plan):
    return plan.actions.filter(problem__plan_area__position=1).order_by("problem__position", "position").first()


@pytest.fixture
def two_causes(plan):
    """An action whose problem has several causes, and those causes."""
    for problem in plan.problems.all():
        causes = list(problem.causes.all())
        if len(causes) > 2:
            return problem.actions.filter(cause=causes[0]).first(), causes
    raise AssertionError("no such problem in the plan")


def events(plan):
    return plan.events.count()


class TestReading:
    def test_each_kind_of_row_opens_as_a_form(self, site, plan):
        for row in (plan.actions.first(), plan.causes.first(), plan.problems.first(), plan.planareas.first()):
            assertContains(site.read(row), "Spara")

    def test_the_short_address_finds_the_row_whatever_it_is(self, site, plan):
        for row in (plan.actions.first(), plan.causes.first(), plan.problems.first()):
            assertContains(site.client.get(reverse("plans:row", args=["skarholmen", 2025, row.uid])), "Spara")

    def test_a_field_named_in_the_address_gets_the_focus(self, site, action):
        html = site.read(action, "?falt=goals").content.decode()
        assert html.count("autofocus") == 1
        assert "autofocus" in html[html.index('name="goals"') : html.index("</textarea>", html.index('name="goals"'))]

    def test_the_address_of_another_kind_of_row_is_not_found(self, site, plan):
        address = reverse("plans:row", args=["skarholmen", 2025, "cause", plan.actions.first().uid])
        assert site.client.get(address).status_code == 404

    def test_a_row_of_no_plan_is_not_found(self, site, plan):
        address = reverse("plans:row", args=["skarholmen", 2025, "action", "0b1c9d2e-0000-4000-8000-000000000000"])
        assert site.client.get(address).status_code == 404

    def test_one_who_may_only_read_sees_the_text_and_the_reason(self, client, plan, cast, action):
        client.force_login(cast.co_writer)
        response = Site(client, plan).read(action)
        assertContains(response, "Du kan läsa planen men inte ändra den")
        assertContains(response, action.text.split("\n")[0])
        assertNotContains(response, "<textarea")

    def test_one_who_may_only_read_is_refused_with_the_reason(self, client, plan, cast, action):
        client.force_login(cast.co_writer)
        response = client.post(Site(client, plan).address(action), {"text": "x", "version": 1})
        assertContains(response, "Det är stadsdelens trygghetsstrateg", status_code=403)

    @pytest.mark.parametrize("person", ["neighbour", "stranger", "steering", "city_preparation", "administrator"])
    def test_the_row_of_a_draft_is_not_there_for_others(self, client, plan, cast, action, person):
        client.force_login(getattr(cast, person))
        for name in ("row", "row_move", "row_history"):
            assert client.get(Site(client, plan).address(action, name)).status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_plan(
        self, client, empty_plan, cast, django_assert_max_num_queries
    ):
        client.force_login(cast.editor)
        area = empty_plan.planareas.first()
        counts = []
        for size in (1, 8):
            for _ in range(size):
                editing.add(empty_plan, "problem", area.uid, by=cast.editor)
            row = empty_plan.actions.first()
            Site(client, empty_plan).read(row)
            with django_assert_max_num_queries(24) as captured:
                Site(client, empty_plan).read(row)
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestSaving:
    def test_saving_without_a_change_changes_nothing(self, site, plan):
        before = events(plan)
        for row in (*plan.actions.all(), *plan.causes.all(), *plan.problems.all(), *plan.planareas.all()):
            assert site.save(row).status_code == 302
        assert events(plan) == before

    def test_saving_several_fields_is_one_change_and_leads_to_the_row_in_the_plan(self, site, plan, action):
        before = events(plan)
        response = site.save(action, text="Ny åtgärd", when="Löpande", work_form="line_work", mode="joint")
        address = reverse("plans:area", args=["skarholmen", 2025, 1])
        assertRedirects(response, f"{address}?rad={action.uid}#rad-{action.uid}", fetch_redirect_response=False)
        action.refresh_from_db()
        assert (action.text, action.when, action.work_form, action.mode) == (
            "Ny åtgärd", "Löpande", "line_work", "joint")  # fmt: skip
        assert events(plan) == before + 1
        assert set(plan.events.first().operations[0]["values"]) == {"text", "when", "work_form", "mode"}

    @pytest.mark.parametrize("name", ["text", "goals", "when", "who", "follow_up"])
    @pytest.mark.parametrize("text", [TRICKY, "å" * 7_999 + "😀", "  inlett med blanksteg"])
    def test_every_character_survives_the_way_in_and_out(self, site, action, name, text):
        site.save(action, **{name: text.replace("\n", "\r\n")})
        action.refresh_from_db()
        assert getattr(action, name) == text
        assert site.fields(action)[name] == text

    def test_a_leading_line_break_is_still_there_in_the_page(self, site, action):
        site.save(action, text="\nandra raden")
        assert "\n\nandra raden</textarea>" in site.read(action).content.decode()

    def test_a_text_that_is_too_long_is_told_and_kept(self, site, action):
        response = site.save(action, goals="x" * 8_001)
        assertContains(response, "Texten är 8\N{NO-BREAK SPACE}001 tecken. Högst 8\N{NO-BREAK SPACE}000 får plats.")
        assertContains(response, "x" * 8_001)
        assertContains(response, 'href="#id_goals"')
        action.refresh_from_db()
        assert not action.goals.startswith("xx")

    def test_line_ends_of_a_browser_do_not_count_as_characters(self, site, action):
        site.save(action, text="a\r\n" * 3_999 + "ab")
        action.refresh_from_db()
        assert len(action.text) == 8_000

    def test_fields_that_were_not_posted_are_left_alone(self, site, action):
        goals = action.goals
        site.client.post(site.address(action), {"text": "Bara åtgärden", "version": action.version})
        action.refresh_from_db()
        assert (action.text, action.goals) == ("Bara åtgärden", goals)

    def test_save_and_next_leads_to_the_next_row(self, site, plan, action):
        following = site.read(action).context["after"][0]
        assertRedirects(site.save(action, sedan="nasta"), following, fetch_redirect_response=False)

    def test_a_plan_that_is_decided_is_not_written_in(self, site, plan, action):
        type(plan).objects.filter(pk=plan.pk).update(state="decided")
        assertContains(site.read(action), "kan inte ändras")
        assert site.client.post(site.address(action), {"text": "x", "version": 1}).status_code == 403


class TestCausesOfAnAction:
    def test_an_action_can_answer_further_causes(self, site, two_causes):
        action, causes = two_causes
        site.save(action, causes=[str(cause.uid) for cause in causes])
        links = action.also_causes.values_list("cause", flat=True)
        assert set(links) == {cause.uid for cause in causes[1:]}
        action.refresh_from_db()
        assert action.cause_id == causes[0].uid

    def test_without_its_home_the_action_moves_to_the_first_of_the_others(self, site, plan, two_causes):
        action, causes = two_causes
        before = events(plan)
        site.save(action, causes=[str(causes[1].uid), str(causes[2].uid)], text="Flyttad och ändrad")
        action.refresh_from_db()
        assert (action.cause_id, action.text) == (causes[1].uid, "Flyttad och ändrad")
        assert [link.cause_id for link in action.also_causes.all()] == [causes[2].uid]
        assert events(plan) == before + 1

    def test_an_action_answers_at_least_one_cause(self, site, two_causes):
        action, _ = two_causes
        fields = site.fields(action) | {"text": "Kvar i fältet"}
        del fields["causes"]
        response = site.client.post(site.address(action), fields)
        assertContains(response, "Välj minst en orsak.")
        assertContains(response, "Kvar i fältet")


class TestParts:
    def test_p12_p13_it_says_when_it_has_effect_how_it_is_worked_with_and_by_whom(self, site, action):
        """P12: sooner or later, one-off or line work. P13: jointly, with others or alone; sides of the triangle."""
        said = {"effect_horizon": "immediate", "work_form": "one_off", "triangle_sides": ["offender", "control"]}
        for mode in ("joint", "with_others", "single"):
            assert site.save(action, mode=mode, **said).status_code == 302
            action.refresh_from_db()
            assert (action.mode, action.effect_horizon, action.work_form) == (mode, "immediate", "one_off")
            assert action.triangle_sides == ["offender", "control"]

    def test_goals_times_and_responsible_functions_are_saved_in_order(self, site, action):
        site.client.post(
            site.address(action),
            site.fields(action)
            | {
                "operational_goals-TOTAL_FORMS": "2",
                "operational_goals-0-text": "Minska nedskräpningen",
                "operational_goals-0-kind": "effect",
                "operational_goals-0-baseline": "20 procent",
                "operational_goals-0-baseline_date": "2024-11-01",
                "operational_goals-0-due_on": "2025-12-31",
                "operational_goals-1-text": "Två städdagar",
                "timings-TOTAL_FORMS": "1",
                "timings-0-kind": "period",
                "timings-0-starts_on": "2025-03-01",
                "timings-0-ends_on": "2025-05-31",
                "responsibilities-TOTAL_FORMS": "1",
                "responsibilities-0-kind": "lead",
                "responsibilities-0-function": "Kommunpolis",
                "responsibilities-0-organisation": "Lokalpolisområde Skärholmen",
            },
        )
        assert [goal.text for goal in action.operational_goals.all()] == ["Minska nedskräpningen", "Två städdagar"]
        assert str(action.operational_goals.first().due_on) == "2025-12-31"
        assert str(action.timings.get().ends_on) == "2025-05-31"
        assert action.responsibilities.get().function == "Kommunpolis"

    def test_a_row_with_only_its_kind_chosen_is_not_saved(self, site, plan, action):
        before = events(plan)
        site.save(action, **{"timings-0-kind": "deadline", "responsibilities-0-kind": "lead"})
        assert events(plan) == before

    def test_an_end_before_the_start_is_told_and_nothing_is_saved(self, site, plan, action):
        before = events(plan)
        typed = {"timings-0-starts_on": "2025-05-02", "timings-0-ends_on": "2025-05-01", "text": "Kvar i fältet"}
        response = site.save(action, **typed)
        assertContains(response, "Slutdatumet ligger före startdatumet.")
        assertContains(response, "Kvar i fältet")
        assert events(plan) == before

    def test_a_day_that_is_a_slip_of_the_pen_is_told_and_nothing_is_saved(self, site, plan, action):
        before = events(plan)
        response = site.save(action, **{"timings-0-starts_on": "0205-05-02", "text": "Kvar i fältet"})
        assertContains(response, "Datumet ligger före 1 januari 2000. Rätta det.")
        assertContains(response, "Kvar i fältet")
        assert events(plan) == before

    def test_another_row_is_added_without_losing_what_is_typed(self, site, plan, action):
        before = events(plan)
        response = site.save(action, gor="ny:timings", text="Kvar i fältet", **{"timings-0-label": "Kvar också"})
        form = response.context["form"]
        assert [row["label"].value() for row in form.formsets["timings"]] == ["Kvar också", None]
        assert form["text"].value() == "Kvar i fältet"
        assert events(plan) == before
        site.client.post(site.address(action), fields_of(response))
        action.refresh_from_db()
        assert (action.text, action.timings.get().label) == ("Kvar i fältet", "Kvar också")

    @pytest.mark.parametrize(
        ("press", "left"),
        [("upp:timings:1", ["b", "a"]), ("ner:timings:0", ["b", "a"]), ("bort:timings:0", ["b"]),
         ("upp:timings:0", ["a", "b"]), ("bort:timings:7", ["a", "b"])],
    )  # fmt: skip
    def test_rows_are_moved_and_removed_by_buttons(self, site, action, press, left):
        rows = {"timings-TOTAL_FORMS": "2", "timings-0-label": "a", "timings-1-label": "b"}
        response = site.save(action, gor=press, **rows)
        assert [row["label"].value() for row in response.context["form"].formsets["timings"]] == left

    def test_a_press_of_a_button_that_does_not_exist_shows_the_form_again(self, site, action):
        assert site.save(action, gor="gissning:lösenord:x").status_code == 200

    def test_the_goals_cell_is_split_into_goals_without_saving(self, site, plan, action):
        before = events(plan)
        response = site.save(action, gor="dela", goals="- Fler vuxna ute\r\n\r\n2. Färre anmälningar")
        goals = [row["text"].value() for row in response.context["form"].formsets["operational_goals"]]
        assert goals == ["Fler vuxna ute", "Färre anmälningar"]
        assertContains(response, "2 mål är hämtade ur texten. Inget är sparat än.")
        assert events(plan) == before
        again = site.client.post(site.address(action), fields_of(response) | {"gor": "dela"})
        assert len(again.context["form"].formsets["operational_goals"]) == 2

    def test_bullets_and_numbers_are_not_part_of_the_goals(self):
        assert split_goals("• Ett\n1) Två\n\n3 träffar per termin") == ["Ett", "Två", "3 träffar per termin"]

    def test_the_identity_of_another_rows_part_is_not_taken_over(self, site, plan, action):
        other = plan.actions.exclude(pk=action.pk).first()
        site.save(other, **{"timings-0-label": "Andras tid"})
        theirs = other.timings.get()
        site.save(action, **{"timings-0-label": "Min tid", "timings-0-uid": str(theirs.uid)})
        assert other.timings.get().label == "Andras tid"
        assert action.timings.get().uid != theirs.uid

    @pytest.mark.parametrize(
        ("kinds", "hint"),
        [(["supporting"], "Ingen är angiven som ansvarig"), (["lead", "lead"], "Flera är angivna"), (["lead"], "")],
    )
    def test_one_responsible_function_is_recommended_and_never_required(self, site, action, kinds, hint):
        rows = {"responsibilities-TOTAL_FORMS": str(len(kinds))}
        for at, kind in enumerate(kinds):
            rows |= {f"responsibilities-{at}-kind": kind, f"responsibilities-{at}-function": f"Funktion {at}"}
        assert site.save(action, **rows).status_code == 302
        page = site.read(action)
        assertContains(page, hint) if hint else assertNotContains(page, "angiven som ansvarig")

    def test_organisations_of_the_city_are_offered(self, site, action):
        Organisation.objects.create(name="Skafast", slug="skafast", kind="property_owners")
        assertContains(site.read(action), '<option value="Skafast">')


class TestCause:
    def test_a_cause_for_some_neighbourhoods_names_them_or_keeps_the_text(self, site, plan, cast):
        Neighbourhood.objects.create(district=cast.district, name="Vårberg", slug="varberg")
        cause = plan.causes.first()
        response = site.save(cause, scope="neighbourhood", text="Min text\r\nom Vårberg")
        assertContains(response, "Välj minst en stadsdel.")
        assertContains(response, "Min text\r\nom Vårberg")
        site.save(cause, scope="neighbourhood", neighbourhoods=["Vårberg"])
        cause.refresh_from_db()
        assert (cause.scope, cause.neighbourhoods) == ("neighbourhood", ["Vårberg"])

    def test_a_neighbourhood_of_another_district_is_not_a_choice(self, site, plan, cast):
        Neighbourhood.objects.create(district=cast.other_district, name="Hökarängen", slug="hokarangen")
        assertContains(
            site.save(plan.causes.first(), scope="neighbourhood", neighbourhoods=["Hökarängen"]),
            "Hökarängen finns inte bland",
        )

    def test_sides_of_the_triangle_have_the_words_of_the_plans_area_set(self, site, plan, cast):
        cast.area_set.triangle_sides.create(number=1, code="control", title="Ingen håller uppsikt")
        assertContains(site.read(plan.causes.first()), "Ingen håller uppsikt")


class TestTwoPeople:
    @pytest.fixture
    def read_before(self, site, action, plan, cast):
        """What the first person's browser holds when another person saves."""
        fields = site.fields(action)
        editing.set_fields(
            plan, "action", action.uid, {"goals": "Den andras mål"}, version=action.version, by=cast.editor
        )
        return fields

    def test_the_later_save_changes_nothing_and_shows_both_texts(self, site, plan, action, read_before):
        before = events(plan)
        response = site.client.post(site.address(action), read_before | {"goals": "Mina mål", "when": "Våren"})
        assert response.status_code == 409
        for text in ("Din text", "Mina mål", "Den andras text", "Den andras mål", "editor"):
            assertContains(response, text, status_code=409)
        assert [clash.name for clash in response.context["conflict"].clashes] == ["goals", "when"]
        assert events(plan) == before

    @pytest.mark.parametrize(
        ("choice", "saved"),
        [("min", "Mina\nmål"), ("andras", "Den andras mål"), ("bada", "Den andras mål\n\nMina\nmål"),
         ("egen", "Gemensamma mål")],
    )  # fmt: skip
    def test_the_choice_is_saved_and_the_rest_of_what_was_typed_with_it(self, site, action, read_before, choice, saved):
        response = site.client.post(site.address(action), read_before | {"goals": "Mina\r\nmål", "who": "Jag"})
        conflict = response.context["conflict"]
        again = {"version": conflict.version, "val-goals": choice, "egen-goals": "Gemensamma mål", "val-who": "min"}
        kept = {}
        for name, value in conflict.kept:
            kept.setdefault(name, []).append(value)
        site.client.post(site.address(action), kept | again)
        action.refresh_from_db()
        assert (action.goals, action.who) == (saved, "Jag")

    def test_a_field_that_only_the_other_changed_is_not_written_over(self, site, action, read_before):
        response = site.client.post(site.address(action), read_before | {"when": "Våren"})
        assert response.status_code == 409
        assert [clash.name for clash in response.context["conflict"].clashes] == ["when"]
        kept = dict(response.context["conflict"].kept)
        site.client.post(
            site.address(action), kept | {"version": response.context["conflict"].version, "val-when": "min"}
        )
        action.refresh_from_db()
        assert (action.goals, action.when) == ("Den andras mål", "Våren")

    def test_a_third_write_in_between_asks_again(self, site, plan, action, cast, read_before):
        response = site.client.post(site.address(action), read_before | {"goals": "Mina mål"})
        version = response.context["conflict"].version
        editing.set_fields(plan, "action", action.uid, {"goals": "Tredje"}, version=version, by=cast.editor)
        again = dict(response.context["conflict"].kept) | {"version": version, "val-goals": "bada"}
        response = site.client.post(site.address(action), again)
        assertContains(response, "Tredje", status_code=409)
        assertContains(response, "Mina mål", status_code=409)

    def test_a_row_that_is_gone_gives_the_typed_text_back(self, site, plan, action, cast):
        fields = site.fields(action)
        editing.remove(plan, "action", action.uid, by=cast.editor)
        response = site.client.post(site.address(action), fields | {"goals": "Mina <mål>\r\npå två rader"})
        assertContains(response, "Mina &lt;mål&gt;\r\npå två rader", status_code=410)
        assertContains(response, site.address(action, "row_history"), status_code=410)
        assert site.read(action).status_code == 410


class TestAreas:
    def test_an_area_is_left_out_with_a_reason_and_taken_back(self, site, plan):
        area = plan.planareas.get(position=3)
        address = reverse("plans:area_edit", args=["skarholmen", 2025, 3])
        fields = fields_of(site.client.get(address)) | {"is_left_out": "on"}
        assertContains(site.client.post(address, fields), "Skriv varför området inte är aktuellt i år.")
        site.client.post(address, fields | {"not_applicable_reason": "Inget i lägesbilden"})
        area.refresh_from_db()
        assert area.not_applicable_reason == "Inget i lägesbilden"
        fields = fields_of(site.client.get(address))
        del fields["is_left_out"]
        site.client.post(address, fields)
        area.refresh_from_db()
        assert area.not_applicable_reason == ""

    def test_a_reason_written_without_ticking_the_box_is_kept_and_asked_about(self, site, plan):
        address = reverse("plans:area_edit", args=["skarholmen", 2025, 3])
        fields = fields_of(site.client.get(address)) | {"not_applicable_reason": "Inget i lägesbilden"}
        fields.pop("is_left_out", None)
        response = site.client.post(address, fields)
        assertContains(response, "Du har skrivit ett skäl.")
        assertContains(response, "Inget i lägesbilden")

    def test_the_citys_own_words_on_the_area_are_shown_beside(self, site, plan, cast):
        area = cast.area_set.areas.get(number=1)
        area.description, area.example_activities = "Unga som är på väg in", "Föräldravandringar"
        area.save()
        area.objectives.create(number=1, text="Färre unga rekryteras")
        response = site.client.get(reverse("plans:area_edit", args=["skarholmen", 2025, 1]))
        for words in ("Om området", "Unga som är på väg in", "Föräldravandringar", "Färre unga rekryteras"):
            assertContains(response, words)

    def test_an_own_area_needs_that_both_parties_agree(self, site, plan):
        address = reverse("plans:area_add", args=["skarholmen", 2025])
        assertContains(site.client.get(address), "Har stadsdelsförvaltningen och lokalpolisområdet enats")
        response = site.client.post(address, {"title": "Skolan som brottsplats"})
        assertContains(response, "förutsätter att båda parterna")
        assertContains(response, "Skolan som brottsplats")
        response = site.client.post(address, {"title": "Skolan som brottsplats", "agreed": "on"})
        assertRedirects(response, reverse("plans:area", args=["skarholmen", 2025, 6]))

    def test_an_own_area_is_renamed_and_moved_in_one_change_and_removed(self, site, plan, cast):
        editing.add_area(plan, "Skolan", by=cast.editor)
        area, before = plan.planareas.get(position=6), events(plan)
        second = plan.planareas.get(position=1)
        site.save(area, title="Skolan som brottsplats", place_after=str(second.uid))
        area.refresh_from_db()
        assert (area.title, area.position) == ("Skolan som brottsplats", 2)
        assert events(plan) == before + 1
        site.client.post(site.address(area, "row_remove"))
        assert not PlanArea.objects.filter(pk=area.pk).exists()

    def test_an_area_of_the_city_is_neither_renamed_nor_removed(self, site, plan):
        area = plan.planareas.get(position=1)
        title = area.title
        site.save(area, title="Något annat")
        site.client.post(site.address(area, "row_remove"))
        area.refresh_from_db()
        assert area.title == title


class TestMenu:
    """What the buttons of a row do at once."""

    def url(self, name, row, *args):
        kind = type(row).__name__.lower().removeprefix("plan")
        return reverse(f"plans:{name}", args=["skarholmen", 2025, kind, row.uid, *args])

    @pytest.mark.parametrize(
        ("model", "new_kind"),
        [(PlanArea, "problem"), (Problem, "problem"), (Problem, "cause"), (Cause, "cause"), (Cause, "action"),
         (Action, "action")],
    )  # fmt: skip
    def test_a_row_is_added_and_the_page_opens_at_it(self, site, plan, model, new_kind):
        row = model.objects.filter(plan=plan).first()
        known = {"problem": plan.problems, "cause": plan.causes, "action": plan.actions}[new_kind]
        before = set(known.values_list("uid", flat=True))
        response = site.client.post(self.url("row_add", row, new_kind))
        (new,) = set(known.values_list("uid", flat=True)) - before
        assert response.url.endswith(f"?rad={new}#rad-{new}")

    @pytest.mark.parametrize(("model", "new_kind"), [(Action, "cause"), (Problem, "action"), (PlanArea, "area")])
    def test_what_no_menu_offers_is_not_found(self, site, plan, model, new_kind):
        row = model.objects.filter(plan=plan).first()
        assert site.client.post(self.url("row_add", row, new_kind)).status_code == 404

    def test_a_row_moves_a_step_and_says_when_it_is_at_the_end(self, site, plan):
        first = plan.problems.filter(plan_area__position=3).order_by("position").first()
        assertContains(site.client.post(self.url("row_step", first, "upp"), follow=True), "står redan först")
        site.client.post(self.url("row_step", first, "ner"))
        first.refresh_from_db()
        assert first.position == 2

    def test_a_removed_row_can_be_brought_back(self, site, plan, action):
        site.client.post(self.url("row_remove", action))
        assert not Action.objects.filter(pk=action.pk).exists()
        site.client.post(reverse("plans:undo", args=["skarholmen", 2025, plan.events.first().pk]))
        assert Action.objects.filter(pk=action.pk).exists()

    def test_a_row_that_is_gone_is_told(self, site, plan, action, cast):
        editing.remove(plan, "action", action.uid, by=cast.editor)
        for address in (self.url("row_remove", action), self.url("row_step", action, "upp"),
                        self.url("row_add", action, "action")):  # fmt: skip
            assertContains(site.client.post(address, follow=True), "Raden finns inte längre")

    @pytest.mark.parametrize(("name", "args"), [("row_add", ["action"]), ("row_step", ["upp"]), ("row_remove", [])])
    def test_the_buttons_are_refused_to_readers_and_unknown_to_others(self, client, plan, cast, action, name, args):
        for person, status in ((cast.co_writer, 403), (cast.neighbour, 404), (cast.editor, 302)):
            client.force_login(person)
            assert client.get(self.url(name, action, *args)).status_code == 405
            assert client.post(self.url(name, action, *args)).status_code == status


class TestMoving:
    def test_an_action_is_moved_to_a_cause_of_another_problem(self, site, plan, action):
        target = plan.causes.exclude(problem=action.problem).last()
        address = site.address(action, "row_move")
        assertContains(site.client.get(address), str(target.uid))
        response = site.client.post(address, {"till": str(target.uid)})
        action.refresh_from_db()
        assert (action.cause_id, action.problem_id) == (target.uid, target.problem_id)
        assert f"rad={action.uid}" in response.url

    def test_a_cause_is_moved_to_another_problem_and_a_problem_to_another_area(self, site, plan):
        cause, problem = plan.causes.first(), plan.problems.first()
        elsewhere = plan.problems.exclude(pk=cause.problem_id).last()
        site.client.post(site.address(cause, "row_move"), {"till": str(elsewhere.uid)})
        cause.refresh_from_db()
        assert cause.problem_id == elsewhere.uid
        area = plan.planareas.exclude(pk=problem.plan_area_id).last()
        site.client.post(site.address(problem, "row_move"), {"till": str(area.uid)})
        problem.refresh_from_db()
        assert problem.plan_area_id == area.uid

    @pytest.mark.parametrize("target", ["", "inte-ett-id", "0b1c9d2e-0000-4000-8000-000000000000"])
    def test_a_place_that_is_not_offered_is_refused(self, site, action, target):
        assertContains(
            site.client.post(site.address(action, "row_move"), {"till": target}), "Välj vart raden ska flyttas."
        )

    def test_a_reader_is_refused(self, client, plan, cast, action):
        client.force_login(cast.co_writer)
        assert client.get(Site(client, plan).address(action, "row_move")).status_code == 403


def test_broken_marks_in_a_form_count_as_none(site, action):
    for marks in ("{", json.dumps([1, 2])):
        response = site.save(action, read=marks, text=f"Sparat {marks}")
        assert response.status_code == 302


def test_the_first_responsible_is_offered_as_the_one_who_answers_and_a_time_as_a_date(site, plan):
    fields = fields_of(site.client.get(site.address(plan.actions.first())))
    assert fields["responsibilities-0-kind"] == "lead"
    assert fields["timings-0-kind"] == "date"
