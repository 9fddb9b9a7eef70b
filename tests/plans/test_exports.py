"""The plan as files: what they are called, what they hold, who may have them, what they cost."""

import io
import json
from urllib.parse import unquote

import jsonschema
import pikepdf
import pytest
from openpyxl import load_workbook

from agreements.models import AreaObjective, LocalPoliceArea, Organisation, PoliceArea, PriorityArea
from plans import editing, exports, open_format
from plans.enums import PlanState
from plans.loading import load_document
from plans.models import ActionPlan
from tests.plans import stages
from tests.plans.test_imports import _copies, replace

FORMATS = ["xlsx", "pdf", "json"]


def address(format):
    return f"/planer/skarholmen/2025/ladda-ner/{format}/"


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


@pytest.fixture
def rich_plan(plan, cast):
    """The plan with something in every field that a workbook has no cell for."""
    action = plan.actions.get(position=1, problem__position=1, problem__plan_area__position=1)
    values = {
        "work_form": "one_off",
        "mode": "joint",
        "effect_horizon": "long",
        "prevention": "social",
        "triangle_sides": ["victim"],
        "operational_goals": [{"text": "Färre stölder", "kind": "effect", "baseline_date": "2025-01-31"}],
        "timings": [{"kind": "period", "starts_on": "2025-02-01", "ends_on": "2025-05-31"}],
        "responsibilities": [{"kind": "lead", "function": "Kommunpolis"}],
    }
    editing.set_fields(plan, "action", action.uid, values, version=action.version, by=cast.editor)
    cause = plan.causes.get(position=1, problem__position=1, problem__plan_area__position=1)
    values = {
        "scope": "neighbourhood",
        "neighbourhoods": ["Vårberg"],
        "perspectives": ["control"],
        "evidence": "Vi såg",
    }
    editing.set_fields(plan, "cause", cause.uid, values, version=cause.version, by=cast.editor)
    return plan


class TestAccess:
    @pytest.mark.parametrize("format", FORMATS)
    @pytest.mark.parametrize("person", ["stranger", "neighbour", "police", "steering", "city_preparation", "external"])
    def test_a_draft_that_is_not_theirs_to_see_is_not_found(self, client, cast, plan, person, format):
        client.force_login(getattr(cast, person))
        assert client.get(address(format)).status_code == 404

    @pytest.mark.parametrize("person", ["editor", "co_writer"])
    def test_who_reads_the_plan_may_have_it_as_a_file(self, client, cast, plan, person):
        client.force_login(getattr(cast, person))
        assert client.get(address("json")).status_code == 200

    def test_a_decided_plan_is_read_in_other_districts_too(self, client, cast, plan):
        ActionPlan.objects.update(state=PlanState.DECIDED)
        client.force_login(cast.neighbour)
        assert client.get(address("xlsx")).status_code == 200

    def test_an_anonymous_visitor_is_asked_to_sign_in(self, client, plan):
        assert client.get(address("xlsx")).url.startswith("/konto/logga-in/")

    def test_another_format_is_not_found(self, editor, plan):
        assert editor.get(address("docx")).status_code == 404

    def test_a_plan_that_does_not_exist_is_not_found(self, editor):
        assert editor.get(address("xlsx")).status_code == 404

    def test_a_download_is_not_posted(self, editor, plan):
        assert editor.post(address("xlsx")).status_code == 405


class TestDownload:
    @pytest.mark.parametrize(
        ("format", "media_type", "starts"),
        [
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
            ("pdf", "application/pdf", b"%PDF"),
            ("json", "application/json", b"{"),
        ],
    )
    def test_the_file_has_a_name_people_can_read(self, editor, plan, format, media_type, starts):
        response = editor.get(address(format))
        assert response.content.startswith(starts)
        assert response["Content-Type"] == media_type
        disposition = unquote(response["Content-Disposition"])
        assert disposition == f"attachment; filename*=utf-8''Åtgärdsplan 2025 Skärholmen.{format}"
        assert response["Cache-Control"] == "private, no-store"

    def test_the_workbook_has_the_tabs_of_the_template(self, editor, plan):
        book = load_workbook(io.BytesIO(editor.get(address("xlsx")).content))
        assert book.sheetnames[0] == "Instruktion"
        assert book.sheetnames[1] == "1. Unga i riskzon"
        assert book.sheetnames[-1] == "Analys"

    @pytest.mark.parametrize(
        ("state", "is_draft"),
        [(PlanState.DRAFT, True), (PlanState.IN_REVIEW, True), (PlanState.READY_FOR_DECISION, False)],
    )
    def test_a_plan_that_can_still_be_changed_says_so_across_its_pages(self, plan, state, is_draft):
        plan.state = state
        cover = exports.cover_of(plan)
        assert (cover.is_draft, cover.state) == (is_draft, state.label)

    @pytest.mark.parametrize("format", FORMATS)
    def test_a_decided_plan_is_sent_as_it_was_decided(self, client, plan, cast, format):
        stages.reach(plan, cast, "submitted")
        client.force_login(cast.city_preparation)
        answer = client.get(address(format))
        assert answer.url == f"/planer/skarholmen/2025/version/1/ladda-ner/{format}/"

    def test_the_cover_names_the_parties(self, plan, cast):
        Organisation.objects.create(
            name="Skärholmens stadsdelsförvaltning", slug="sdf", kind="district_admin", is_party=True,
            district=cast.district,
        )  # fmt: skip
        syd = PoliceArea.objects.create(name="Syd", code="syd")
        cast.district.local_police_areas.add(
            LocalPoliceArea.objects.create(name="Skärholmens lokalpolisområde", code="skarholmen", police_area=syd)
        )
        parties = ("Skärholmens stadsdelsförvaltning", "Skärholmens lokalpolisområde")
        assert exports.cover_of(plan).parties == parties

    def test_the_citys_goals_come_in_their_order(self, plan):
        area = PriorityArea.objects.get(code="otrygga-platser")
        for number, text in ((2, "Andra"), (1, "Första")):
            AreaObjective.objects.create(area=area, number=number, text=text)
        assert exports.objectives_of(plan) == {"otrygga-platser": ["Första", "Andra"]}

    def test_the_printed_plan_knows_its_language_and_title(self, editor, plan):
        with pikepdf.open(io.BytesIO(editor.get(address("pdf")).content)) as pdf:
            assert str(pdf.Root.Lang).startswith("sv")
            assert str(pdf.docinfo["/Title"]) == "Åtgärdsplan 2025, Skärholmen"

    @pytest.mark.parametrize("format", FORMATS)
    def test_300_actions_cost_as_many_queries_as_31(
        self, editor, plan, cast, skarholmen, monkeypatch, format, django_assert_max_num_queries
    ):
        monkeypatch.setattr("plans.exports.plan_pdf", lambda document, cover, objectives: b"%PDF")
        counts = []
        for times in (1, 10):
            areas = tuple(replace(area, problems=_copies(area.problems, times)) for area in skarholmen.areas)
            editing.replace_content(plan, replace(skarholmen, areas=areas), by=cast.editor, summary="Större")
            assert plan.actions.count() == 31 * times
            # The plan is read with all its parts, targets and commitments too: 10.
            with django_assert_max_num_queries(15) as captured:
                editor.get(address(format))
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestOpenFormat:
    def test_an_export_is_what_the_schema_says(self, editor, rich_plan):
        schema = json.loads(open_format.SCHEMA.read_text(encoding="utf-8"))
        data = json.loads(editor.get(address("json")).content)
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)
        assert data["counts"][1] == {
            "area": 2, "title": "Otrygga och brottsutsatta platser", "problems": 7, "causes": 9, "actions": 8,
        }  # fmt: skip

    def test_reading_an_export_back_gives_an_equal_document(self, editor, rich_plan):
        document = load_document(rich_plan)
        assert document.areas[0].problems[0].causes[0].evidence == "Vi såg"
        assert open_format.loads(editor.get(address("json")).content.decode()) == document

    def test_an_export_read_into_an_empty_plan_exports_the_same(self, editor, rich_plan, cast):
        first = editor.get(address("json")).content.decode()
        other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
        document = open_format.without_identities(open_format.loads(first))
        editing.replace_content(other, document, by=cast.neighbour, summary="Kopia")
        second = exports.export(other, "json").content.decode()
        own = ("uid", "district", "exported")
        assert open_format.loads(second).areas == open_format.loads(first).areas
        assert _without(json.loads(second), *own) == _without(json.loads(first), *own)


def _without(data, *names):
    """The data without what may differ between two plans of the same content."""
    match data:
        case dict():
            return {name: _without(value, *names) for name, value in data.items() if name not in names}
        case list():
            return [_without(value, *names) for value in data]
    return data


def test_the_example_in_the_documentation_is_a_plan():
    text = (open_format.SCHEMA.parent / "open-format.md").read_text(encoding="utf-8")
    example = text.split("```json\n")[1].split("```")[0]
    document = open_format.loads(example)
    assert document.counts() == (1, 2, 1)
    written = open_format.to_data(document)
    assert {name: written[name] for name in json.loads(example)} == json.loads(example)
