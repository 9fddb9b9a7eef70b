"""The parties' own situation pictures: who sees which, what is written in them, and sharing."""

import re
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.agenda import proposals_for
from agreements.claiming import StaleRow
from agreements.enums import PictureState, Producer
from agreements.facts import facts_of
from agreements.models import (
    AreaMapping,
    Attachment,
    CollaborationGroup,
    DataSource,
    Finding,
    PictureStep,
    PlanningCycle,
    PriorityArea,
    PriorityAreaSet,
    SituationPicture,
)
from agreements.pictures import findings, joint
from agreements.pictures import sources as picture_sources
from agreements.pictures.workflow import WORKFLOW, address_of, next_due, start, write_head
from agreements.pictures.years import years_of
from agreements.scope import Scope
from tests.agreements import picture_story as story
from tests.cast import PEOPLE, Cast
from trygghet.workflow import StepRefused

CITY, POLICE, JOINT = Producer.CITY, Producer.POLICE, Producer.JOINT
LISTED = "/samverkan/skarholmen/lagesbilder/"
IDENTITY_NUMBER = "811228-9874"


@pytest.fixture
def cast(db):
    return Cast()


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    return " ".join(answer.content.decode().split())


def finding_data(**more):
    """What the form of a new finding posts."""
    return {"uid": str(uuid.uuid4()), "seen": "", "title": "Fler rån", **more}


# --- Who sees which picture (seed 001, P02)

READERS = {"editor", "co_writer", "police", "steering", "chair", "working"}
CITY_WRITERS, POLICE_WRITERS, BOTH = {"editor", "co_writer"}, {"police"}, {"editor", "police"}
# Producer and state → everybody in the cast who sees Skärholmen's. Nobody else sees anything.
SEEN_BY = {
    (CITY, PictureState.DRAFT): CITY_WRITERS,
    (CITY, PictureState.SHARED): READERS,
    (POLICE, PictureState.DRAFT): POLICE_WRITERS,
    (POLICE, PictureState.SHARED): READERS,
    (JOINT, PictureState.DRAFT): BOTH,
    (JOINT, PictureState.PRIORITISED): READERS,
    (JOINT, PictureState.CONFIRMED): READERS,
    (JOINT, PictureState.SUPERSEDED): READERS,
}
IN_STATE = {
    (CITY, PictureState.DRAFT): lambda cast: story.own(cast, CITY),
    (CITY, PictureState.SHARED): lambda cast: story.own(cast, CITY, shared=True),
    (POLICE, PictureState.DRAFT): lambda cast: story.own(cast, POLICE),
    (POLICE, PictureState.SHARED): lambda cast: story.own(cast, POLICE, shared=True),
    (JOINT, PictureState.DRAFT): story.joint_picture,
    (JOINT, PictureState.PRIORITISED): story.prioritised,
    (JOINT, PictureState.CONFIRMED): story.confirmed,
    (JOINT, PictureState.SUPERSEDED): lambda cast: _superseded(cast),
}


def _superseded(cast):
    first = story.confirmed(cast, year=2024, on=date(2024, 3, 1))
    story.confirmed(cast, year=2025)
    return SituationPicture.objects.get(pk=first.pk)


@pytest.mark.parametrize(("producer", "state"), SEEN_BY)
def test_p02_a_picture_is_seen_by_its_makers_first_and_by_the_others_when_it_is_handed_over(cast, producer, state):
    picture = IN_STATE[producer, state](cast)
    assert picture.state == state
    found = {name for name in PEOPLE if SituationPicture.objects.visible_to(getattr(cast, name)).filter(pk=picture.pk)}
    assert found == SEEN_BY[producer, state]
    pages = {name for name in PEOPLE if client_of(getattr(cast, name)).get(address_of(picture)).status_code == 200}
    assert pages == SEEN_BY[producer, state]


def test_the_citys_own_pictures_are_for_those_who_prepare_and_steer_in_the_city(cast):
    picture = start(Scope(None), CITY, 2025, by=cast.city_preparation)
    story.add_finding(picture, "Fler sprängningar", cast.city_preparation)
    assert {n for n in PEOPLE if SituationPicture.objects.visible_to(getattr(cast, n))} == {"city_preparation"}
    WORKFLOW.take(picture, "share", by=cast.city_preparation)
    seen = {n for n in PEOPLE if SituationPicture.objects.visible_to(getattr(cast, n))}
    assert seen == {"city_preparation", "city_steering"}
    assert client_of(cast.city_preparation).get("/samverkan/staden/lagesbilder/").status_code == 200


def _without_token(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


class TestNobodyLearnsOfTheOthersDraft:
    """P02: the pages are the same whether the other party has begun or not."""

    ADDRESSES = (LISTED, f"{LISTED}2025/staden/", f"{LISTED}2025/staden/borja/", "/", "/samverkan/skarholmen/arshjul/")

    def asked(self, person):
        client = client_of(person)
        found = {}
        for address in self.ADDRESSES:
            answer = client.get(address)
            found[address] = answer.status_code, _without_token(text_of(answer))
        return found

    @pytest.mark.parametrize("name", ["police", "chair", "working"])
    def test_p02_in_what_is_shown(self, cast, name):
        person = getattr(cast, name)
        before = self.asked(person)
        story.own(cast, CITY, ("En", "Två", "Tre"))
        story.own(cast, CITY, year=2026)
        assert self.asked(person) == before

    def test_p02_in_what_is_refused(self, cast):
        client = client_of(cast.police)

        def refused():
            return _without_token(text_of(client.post(f"{LISTED}2025/gemensam/borja/", {"reason": "x"}, follow=True)))

        assert client.post(f"{LISTED}2025/staden/borja/").status_code == 403
        before = refused()
        story.own(cast, CITY)
        assert client.post(f"{LISTED}2025/staden/borja/").status_code == 403
        assert refused() == before
        assert client.get(f"{LISTED}2025/staden/iakttagelse/ny/").status_code == 404

    def test_p02_in_the_facts_of_the_year_and_in_tasks(self, cast):
        PlanningCycle.objects.update(year=timezone.localdate().year, pictures_due=timezone.localdate())
        year = PlanningCycle.objects.get().year
        story.own(cast, CITY, year=year)
        assert facts_of([cast.district.pk], PlanningCycle.objects.get()) == {}
        told = " ".join(task.text for task in picture_sources.picture_tasks(cast.police))
        assert "polisens" in told
        assert "stadens" not in told


# --- P01: how long it holds


def test_p01_a_confirmed_picture_is_updated_within_24_months(cast):
    picture = story.confirmed(cast, on=date(2025, 3, 12))
    assert next_due(picture) == date(2027, 3, 12)
    with time_machine.travel(date(2025, 6, 1)):
        page = text_of(client_of(cast.working).get(LISTED))
        assert "Ska uppdateras senast 12 mars 2027." in page
    with time_machine.travel(date(2026, 12, 20)):
        assert "Ska uppdateras senast 12 mars 2027, inom tre månader." in text_of(client_of(cast.working).get(LISTED))
    with time_machine.travel(date(2027, 3, 13)):
        page = text_of(client_of(cast.working).get(LISTED))
        assert "Försenad: den skulle ha uppdaterats senast 12 mars 2027." in page


def test_p01_only_what_is_confirmed_has_a_next_last_day(cast):
    assert next_due(story.prioritised(cast)) is None
    page = text_of(client_of(cast.working).get(LISTED))
    assert "Ingen gemensam lägesbild är fastställd här." in page


@pytest.mark.parametrize(
    ("on", "waits"), [(date(2026, 8, 1), False), (date(2026, 10, 1), True), (date(2027, 1, 5), True)]
)
def test_p01_the_picture_waits_for_those_who_make_the_joint_one_when_it_is_soon_due(cast, on, waits):
    story.confirmed(cast, on=date(2025, 3, 12))
    with time_machine.travel(on):
        tasks = picture_sources.picture_tasks(cast.police)
    assert [task.due for task in tasks if "ska uppdateras" in task.text] == ([date(2027, 3, 12)] if waits else [])


# --- Beginning


class TestBeginning:
    def test_an_own_picture_is_begun_and_logged(self, cast):
        answer = client_of(cast.police).post(f"{LISTED}2025/polisen/borja/")
        picture = SituationPicture.objects.get()
        assert answer.url == address_of(picture) == f"{LISTED}2025/polisen/"
        assert (picture.title, picture.state) == ("Polisens lägesbild 2025, Skärholmen", PictureState.DRAFT)
        assert [(step.told, step.by) for step in picture.steps.all()] == [("Började polisens lägesbild", cast.police)]

    def test_a_year_has_one(self, cast):
        story.own(cast, CITY)
        answer = client_of(cast.co_writer).post(f"{LISTED}2025/staden/borja/", follow=True)
        assert "Stadens lägesbild för 2025 är redan påbörjad. Här är den." in text_of(answer)
        with pytest.raises(StepRefused, match="redan påbörjad"):
            start(Scope(cast.district), CITY, 2025, by=cast.editor)

    def test_the_city_has_one_a_year_too(self, cast):
        start(Scope(None), CITY, 2025, by=cast.city_preparation)
        with pytest.raises(StepRefused, match="redan påbörjad"):
            start(Scope(None), CITY, 2025, by=cast.city_preparation)

    def test_a_year_that_is_not_open_has_no_page(self, cast):
        assert client_of(cast.editor).get(f"{LISTED}1999/staden/borja/").status_code == 404
        assert client_of(cast.editor).post(f"{LISTED}2999/staden/borja/").status_code == 404

    def test_it_may_begin_from_the_latest_earlier_one(self, cast):
        earlier = story.own(cast, CITY, ("Otrygg gångtunnel", "Fler rån"), year=2024, shared=True)
        square = story.place(cast)
        first = earlier.findings.first()
        first.places.set([square])
        Finding.objects.filter(pk=first.pk).update(table=[["År", "Andel"], ["2023", "34 %"]], trend="increasing")
        SituationPicture.objects.filter(pk=earlier.pk).update(summary="Läget är oförändrat.", period="2023")
        story.own(cast, CITY, ("Äldre",), year=2023)
        client = client_of(cast.editor)
        assert "2024 års lägesbild" in text_of(client.get(f"{LISTED}2025/staden/borja/"))
        client.post(f"{LISTED}2025/staden/borja/", {"earlier": "2024"})
        picture = SituationPicture.objects.get(year=2025)
        assert (picture.summary, picture.period) == ("Läget är oförändrat.", "")
        assert [finding.title for finding in picture.findings.all()] == ["Otrygg gångtunnel", "Fler rån"]
        copy = picture.findings.first()
        assert (copy.table, copy.trend, list(copy.places.all())) == (
            [["År", "Andel"], ["2023", "34 %"]], "increasing", [square],
        )  # fmt: skip
        assert copy.uid != first.uid

    def test_it_may_begin_empty_though_there_is_an_earlier_one(self, cast):
        story.own(cast, CITY, year=2024)
        client_of(cast.editor).post(f"{LISTED}2025/staden/borja/", {"earlier": ""})
        assert not SituationPicture.objects.get(year=2025).findings.exists()

    def test_it_does_not_begin_from_the_other_partys(self, cast):
        story.own(cast, POLICE, year=2024, shared=True)
        assert "års lägesbild:" not in text_of(client_of(cast.editor).get(f"{LISTED}2025/staden/borja/"))
        answer = client_of(cast.editor).post(f"{LISTED}2025/staden/borja/", {"earlier": "2024"})
        assert answer.status_code == 302
        assert not SituationPicture.objects.get(producer=CITY).findings.exists()

    def test_an_area_is_exchanged_for_the_one_that_took_over_from_it(self, cast):
        newer = PriorityAreaSet.objects.create(code="2026", name="Ny uppsättning", valid_from=date(2026, 1, 1))
        kept = PriorityArea.objects.create(area_set=newer, number=1, code="brottsoffer", title="x", short_title="x")
        new = PriorityArea.objects.create(area_set=newer, number=2, code="avhopp", title="y", short_title="y")
        old = {area.code: area for area in cast.area_set.areas.all()}
        AreaMapping.objects.create(old=old["kriminella-miljoer"], new=new)
        PlanningCycle.objects.create(year=2026, area_set=newer)
        earlier = story.own(cast, CITY, ())
        for code in ("brottsoffer", "kriminella-miljoer", "systemhotande"):
            story.add_finding(earlier, code, cast.editor, area=old[code])
        copy = findings.start_from(earlier, Scope(cast.district), CITY, 2026, by=cast.editor)
        assert [finding.area for finding in copy.findings.all()] == [kept, new, None]


# --- Writing


class TestWritingAFinding:
    @pytest.fixture
    def picture(self, cast):
        return story.own(cast, CITY, ())

    def post(self, cast, picture, name="finding_new", *more, person=None, **data):
        client = client_of(person or cast.editor)
        return client.post(address_of(picture, name, *more), finding_data(**data))

    def test_it_is_kept_with_all_it_says(self, cast, picture):
        square, area = story.place(cast), cast.area_set.areas.first()
        source = DataSource.objects.create(code="tm", name="Trygghetsmätningen")
        answer = self.post(
            cast, picture, title="Var tredje undviker centrum", text="På kvällen.", trend="increasing", area=area.pk,
            places=[square.pk], source=source.pk, source_note="2023, fråga 14", table="År\tAndel\n2023\t34 %\n",
        )  # fmt: skip
        finding = Finding.objects.get()
        assert answer.url == f"{address_of(picture)}#i-{finding.uid}"
        assert (finding.title, finding.text, finding.trend, finding.area) == (
            "Var tredje undviker centrum", "På kvällen.", "increasing", area,
        )  # fmt: skip
        assert (list(finding.places.all()), finding.source, finding.source_note) == ([square], source, "2023, fråga 14")
        page = client_of(cast.editor).get(address_of(picture)).content.decode()
        assert '<th scope="col">Andel</th>' in page
        assert '<th scope="row">2023</th>' in page
        assert "Skärholmens centrum" in page

    def test_a_title_is_needed_and_what_was_typed_stays(self, cast, picture):
        answer = self.post(cast, picture, title="", text="Det jag skrev.", table="A\tB")
        assert answer.status_code == 422
        assert "Skriv vad ni har sett, i en mening." in text_of(answer)
        assert "Det jag skrev." in text_of(answer)
        assert "A\tB" in answer.content.decode()
        assert not Finding.objects.exists()

    @pytest.mark.parametrize("field", ["title", "text", "source_note", "table"])
    def test_a_personnummer_is_refused_in_every_text(self, cast, picture, field):
        answer = self.post(cast, picture, **{field: f"Född {IDENTITY_NUMBER}"})
        assert answer.status_code == 422
        assert "Texten ser ut att innehålla ett personnummer. Ta bort det." in text_of(answer)
        assert not Finding.objects.exists()

    def test_places_areas_and_sources_of_others_are_refused(self, cast, picture):
        """Forged keys: a place in another district, an area of another edition."""
        elsewhere = story.place(cast, "Farsta torg", "farsta-torg", cast.other_district)
        other = PriorityAreaSet.objects.create(code="2019", name="Äldre", valid_from=date(2019, 1, 1))
        area = PriorityArea.objects.create(area_set=other, number=1, code="a", title="a", short_title="a")
        story.place(cast)
        for forged in ({"places": [elsewhere.pk]}, {"area": area.pk}, {"source": 4711}):
            assert self.post(cast, picture, **forged).status_code == 422
        assert not Finding.objects.exists()

    def test_the_same_form_sent_twice_is_one_finding(self, cast, picture):
        uid = str(uuid.uuid4())
        for _ in range(2):
            assert self.post(cast, picture, uid=uid).status_code == 302
        assert Finding.objects.count() == 1

    def test_the_uid_of_anothers_finding_is_not_taken(self, cast, picture):
        theirs = story.own(cast, POLICE).findings.get()
        answer = self.post(cast, picture, uid=str(theirs.uid), title="Övertagen")
        assert answer.status_code == 409
        assert "Övertagen" in text_of(answer)
        theirs.refresh_from_db()
        assert (theirs.title, theirs.picture.producer) == ("Fler rån", POLICE)

    def test_two_who_write_the_same_are_both_shown_and_nothing_is_written_over(self, cast, picture):
        finding = story.add_finding(picture, "Först", cast.editor)
        seen = {"uid": str(finding.uid), "seen": "1"}
        self.post(cast, picture, "finding", finding.uid, person=cast.co_writer, title="Den andras", **seen)
        answer = self.post(cast, picture, "finding", finding.uid, title="Min", text="Min text", **seen)
        assert answer.status_code == 409
        page = text_of(answer)
        assert "Någon annan har ändrat sedan du öppnade sidan" in page
        assert "Den andras" in page
        assert "Min text" in page
        finding.refresh_from_db()
        assert finding.title == "Den andras"
        assert 'name="seen" value="2"' in page
        again = self.post(cast, picture, "finding", finding.uid, title="Min", **seen | {"seen": "2"})
        assert again.status_code == 302
        finding.refresh_from_db()
        assert finding.title == "Min"

    def test_a_finding_that_was_removed_meanwhile_gives_the_text_back(self, cast, picture):
        finding = story.add_finding(picture, "Först", cast.editor)
        findings.remove(picture, finding, seen=1)
        answer = self.post(cast, picture, "finding", finding.uid, uid=str(finding.uid), seen="1", title="Det jag skrev")
        assert answer.status_code == 409
        assert "Det jag skrev" in text_of(answer)
        assert client_of(cast.editor).get(address_of(picture, "finding", finding.uid)).status_code == 404

    def test_it_is_moved_and_what_stands_last_stays_last(self, cast, picture):
        first, second, third = (story.add_finding(picture, title, cast.editor) for title in "abc")
        client = client_of(cast.editor)
        client.post(address_of(picture, "finding_move", third.uid, "upp"))
        assert [each.title for each in picture.findings.all()] == ["a", "c", "b"]
        answer = client.post(address_of(picture, "finding_move", second.uid, "ner"), follow=True)
        assert "står redan sist" in text_of(answer)
        client.post(address_of(picture, "finding_move", first.uid, "ner"))
        assert [each.title for each in picture.findings.all()] == ["c", "a", "b"]

    def test_it_is_removed_after_a_question(self, cast, picture):
        finding = story.add_finding(picture, "Otrygg gångtunnel", cast.editor)
        client = client_of(cast.editor)
        assert "Otrygg gångtunnel" in text_of(client.get(address_of(picture, "finding_remove", finding.uid)))
        client.post(address_of(picture, "finding_remove", finding.uid), {"seen": "1"})
        assert not Finding.objects.exists()

    def test_what_has_changed_since_the_question_is_not_removed(self, cast, picture):
        finding = story.add_finding(picture, "Otrygg gångtunnel", cast.editor)
        Finding.objects.filter(pk=finding.pk).update(row_version=2)
        answer = client_of(cast.editor).post(
            address_of(picture, "finding_remove", finding.uid), {"seen": "1"}, follow=True
        )
        assert "Den är inte borttagen." in text_of(answer)
        assert Finding.objects.exists()

    def test_a_finding_of_another_picture_is_not_found_in_this(self, cast, picture):
        other = story.own(cast, CITY, year=2024).findings.get()
        client = client_of(cast.editor)
        for name, more in (("finding", ()), ("finding_remove", ()), ("finding_move", ("upp",))):
            assert client.post(address_of(picture, name, other.uid, *more)).status_code == 404

    def test_the_head_is_written_and_a_clash_is_shown(self, cast, picture):
        client = client_of(cast.editor)
        data = {"uid": str(picture.uid), "seen": "1", "title": "Stadens bild", "period": "2024", "summary": "Läget."}
        assert client.post(address_of(picture, "picture_edit"), data).status_code == 302
        picture.refresh_from_db()
        assert (picture.title, picture.period, picture.summary) == ("Stadens bild", "2024", "Läget.")
        answer = client.post(address_of(picture, "picture_edit"), data | {"summary": "Annat."})
        assert answer.status_code == 409
        assert "Annat." in text_of(answer)
        with pytest.raises(StaleRow):
            write_head(picture, {"summary": "x"}, seen=1)


class TestAttachments:
    @pytest.fixture
    def picture(self, cast):
        return story.own(cast, CITY, ())

    def post(self, cast, picture, file, **data):
        client = client_of(cast.editor)
        return client.post(address_of(picture, "finding_new"), finding_data(file=file, **data))

    def test_a_file_is_kept_with_the_finding_and_taken_away_again(self, cast, picture):
        self.post(cast, picture, SimpleUploadedFile("statistik.pdf", b"%PDF-1.7\n"))
        kept = Attachment.objects.get()
        assert (kept.finding.title, kept.name, kept.content_type) == ("Fler rån", "statistik.pdf", "application/pdf")
        client = client_of(cast.editor)
        assert "statistik.pdf" in text_of(client.get(address_of(picture)))
        client.post(address_of(picture, "finding_detach", kept.uid))
        assert not Attachment.objects.exists()

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("virus.exe", b"MZ" + b"\0" * 300, "virus.exe är inte PDF, PNG, JPEG, Word (docx) eller Excel (xlsx)."),
            ("stor.pdf", b"%PDF-1.7\n" + b"0" * (10 * 1024 * 1024), "En fil får vara högst 10 MB."),
        ],
    )
    def test_a_refused_file_leaves_the_text(self, cast, picture, name, content, told):
        answer = self.post(cast, picture, SimpleUploadedFile(name, content), text="Det jag skrev.")
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert "Det jag skrev." in text_of(answer)
        assert not Finding.objects.exists()
        assert not Attachment.objects.exists()

    def test_the_file_goes_with_the_finding(self, cast, picture):
        self.post(cast, picture, SimpleUploadedFile("statistik.pdf", b"%PDF-1.7\n"))
        finding = Finding.objects.get()
        assert "Den bifogade filen tas också bort." in text_of(
            client_of(cast.editor).get(address_of(picture, "finding_remove", finding.uid))
        )
        findings.remove(picture, finding, seen=1)
        assert not Attachment.objects.exists()


class TestTables:
    @pytest.mark.parametrize(
        ("pasted", "rows"),
        [
            ("", []),
            (" \n\t\n", []),
            ("År\tAndel\n2023\t34 %", [["År", "Andel"], ["2023", "34 %"]]),
            ("\tStaden\n2023\t18 %\r\n", [["", "Staden"], ["2023", "18 %"]]),
            ('År\t"Två\nrader"\n2023\t1', [["År", "Två rader"], ["2023", "1"]]),
            ("a\tb\tc\n1\t2", [["a", "b", "c"], ["1", "2", ""]]),
            ("a\tb\t\t\n1\t2\t\t\n\n", [["a", "b"], ["1", "2"]]),
            ("<table><tr><th>År</th><th>A &amp; B</th></tr><tr><td>2023</td><td>34<br>%</td></tr></table>",
             [["År", "A & B"], ["2023", "34 %"]]),
            ("<p>Bort</p><table><tr><td>1</td></tr></table><table><tr><td>2</td></tr></table>", [["1"]]),
        ],
    )  # fmt: skip
    def test_what_is_pasted_from_excel_becomes_rows(self, pasted, rows):
        assert findings.read_table(pasted) == rows

    def test_what_is_kept_is_read_back_the_same(self):
        rows = [["", 'Citat "x"', "Två ord"], ["2023", "1", ""]]
        assert findings.read_table(findings.table_as_text(rows)) == [rows[0], ["2023", "1", ""]]

    @pytest.mark.parametrize(
        "pasted",
        ["\n".join(f"{n}\t1" for n in range(201)), "\t".join("x" * 16), f"a\n{'å' * 501}"],
        ids=["rows", "columns", "cell"],
    )
    def test_too_much_is_refused_with_what_to_do(self, pasted):
        with pytest.raises(findings.TableRefused, match="bifoga|beskrivningen"):
            findings.read_table(pasted)

    def test_the_refusal_is_shown_at_the_field(self, cast):
        picture = story.own(cast, CITY, ())
        data = finding_data(table="\t".join("x" * 16))
        answer = client_of(cast.editor).post(address_of(picture, "finding_new"), data)
        assert "Tabellen har 1 rader och 16 kolumner." in text_of(answer)


# --- P03: the geographic analysis


def test_p03_the_page_says_when_no_finding_names_a_delimited_place(cast):
    picture = story.own(cast, CITY)
    client = client_of(cast.editor)
    told = "Ingen iakttagelse anger en avgränsad plats."
    assert told in text_of(client.get(address_of(picture)))
    picture.findings.get().places.set([story.place(cast)])
    assert told not in text_of(client.get(address_of(picture)))


def test_p03_is_asked_of_the_districts_and_not_of_the_city(cast):
    picture = start(Scope(None), CITY, 2025, by=cast.city_preparation)
    story.add_finding(picture, "Fler sprängningar", cast.city_preparation)
    assert "avgränsad plats." not in text_of(client_of(cast.city_preparation).get(address_of(picture)))


# --- Sharing


class TestSharing:
    def test_the_page_says_what_it_means_in_law(self, cast):
        picture = story.own(cast, CITY)
        page = text_of(client_of(cast.editor).get(address_of(picture, "picture_step", "dela")))
        assert "lämnas lägesbilden till polisen, som är en annan myndighet, och blir en allmän handling där" in page
        assert "Det går inte att ta tillbaka" in page

    def test_it_is_logged_with_who_and_when(self, cast):
        picture = story.own(cast, CITY)
        client_of(cast.editor).post(address_of(picture, "picture_step", "dela"), {"seen_state": "draft"})
        picture.refresh_from_db()
        assert picture.state == PictureState.SHARED
        assert picture.shared_at is not None
        step = PictureStep.objects.filter(picture=picture).first()
        assert (step.name, step.by, step.from_state, step.to_state) == ("share", cast.editor, "draft", "shared")

    def test_it_cannot_be_taken_back_or_done_twice(self, cast):
        picture = story.own(cast, CITY, shared=True)
        at = picture.shared_at
        for name in ("share", "reopen"):
            with pytest.raises((StepRefused, PermissionDenied)):
                WORKFLOW.take(picture, name, by=cast.editor, reason="Ångrar mig")
        answer = client_of(cast.editor).post(
            address_of(picture, "picture_step", "dela"), {"seen_state": "draft"}, follow=True
        )
        assert "Steget går inte att ta nu." in text_of(answer)
        picture.refresh_from_db()
        assert picture.shared_at == at
        assert PictureStep.objects.filter(picture=picture, name="share").count() == 1

    def test_something_must_have_been_found(self, cast):
        picture = story.own(cast, CITY, ())
        with pytest.raises(StepRefused, match="ingen iakttagelse"):
            WORKFLOW.take(picture, "share", by=cast.editor)
        page = text_of(client_of(cast.editor).get(address_of(picture, "picture_step", "dela")))
        assert "Lägesbilden har ingen iakttagelse än. Skriv minst en." in page

    @pytest.mark.parametrize("field", ["title", "text", "source_note"])
    def test_no_personnummer_is_handed_over(self, cast, field):
        picture = story.own(cast, CITY)
        Finding.objects.update(**{field: f"Född {IDENTITY_NUMBER}"})
        with pytest.raises(StepRefused, match="Iakttagelse 1 ser ut att innehålla ett personnummer"):
            WORKFLOW.take(picture, "share", by=cast.editor)

    def test_a_personnummer_in_a_table_is_seen_too(self, cast):
        picture = story.own(cast, CITY)
        Finding.objects.update(table=[["Vem"], [IDENTITY_NUMBER]])
        with pytest.raises(StepRefused, match="personnummer"):
            WORKFLOW.take(picture, "share", by=cast.editor)

    def test_a_party_shares_its_own_and_nobody_elses(self, cast):
        with pytest.raises(PermissionDenied):
            WORKFLOW.take(story.own(cast, CITY), "share", by=cast.police)
        with pytest.raises(PermissionDenied):
            WORKFLOW.take(story.own(cast, POLICE), "share", by=cast.editor)

    def test_a_shared_picture_is_locked(self, cast):
        picture = story.own(cast, CITY, shared=True)
        finding = picture.findings.get()
        client = client_of(cast.editor)
        page = text_of(client.get(address_of(picture, "finding_new"), follow=True))
        assert "Lägesbilden är delad och går inte att ändra." in page
        answer = client.post(address_of(picture, "finding_new"), finding_data(title="För sent skrivet"))
        assert answer.status_code == 409
        assert "För sent skrivet" in text_of(answer)
        client.post(address_of(picture, "finding_remove", finding.uid), {"seen": "1"})
        client.post(address_of(picture, "finding_move", finding.uid, "upp"))
        with pytest.raises(StepRefused, match="delad"):
            findings.write(picture, {"title": "x"}, uid=uuid.uuid4(), seen=None, by=cast.editor)
        assert [each.title for each in picture.findings.all()] == ["Fler rån"]

    def test_who_reads_it_is_told_who_writes_it(self, cast):
        picture = story.own(cast, CITY, shared=True)
        answer = client_of(cast.police).get(address_of(picture, "finding_new"))
        assert answer.status_code == 403
        assert "Vänd dig till dem." in text_of(answer)


class TestDiscarding:
    def discard(self, picture, user):
        where = address_of(picture, "picture_step", "slang")
        return client_of(user).post(where, {"seen_state": "draft"}, follow=True)

    def test_an_own_draft_begun_by_mistake_is_emptied_and_the_year_is_free_again(
        self, cast, django_capture_on_commit_callbacks
    ):
        picture = story.own(cast, CITY)
        write_head(picture, {"summary": "Fel år"}, seen=picture.row_version)
        client = client_of(cast.editor)
        data = finding_data(title="Med fil", file=SimpleUploadedFile("karta.pdf", b"%PDF-1.7\n"))
        client.post(address_of(picture, "finding_new"), data)
        path = Attachment.objects.get().file.path
        page = text_of(client.get(address_of(picture)))
        assert address_of(picture, "picture_step", "slang") in page
        assert "2 iakttagelser med bilagor" in text_of(client.get(address_of(picture, "picture_step", "slang")))
        with django_capture_on_commit_callbacks(execute=True):
            answer = self.discard(picture, cast.editor)
        assert answer.redirect_chain[-1][0] == LISTED and "Utkastet är slängt." in text_of(answer)
        assert not Finding.objects.exists() and not Path(path).exists()
        assert client.get(address_of(picture)).status_code == 404
        again = start(Scope(cast.district), CITY, picture.year, by=cast.editor)
        assert (again.pk, again.state, again.summary) == (picture.pk, PictureState.DRAFT, "")
        told = list(again.steps.order_by("pk").values_list("told", flat=True))
        assert told == ["Började stadens lägesbild", "Slängde utkastet", "Började stadens lägesbild på nytt"]

    def test_p02_nobody_sees_a_discarded_draft_and_it_is_no_fact_of_the_year(self, cast):
        picture = story.own(cast, POLICE)
        self.discard(picture, cast.police)
        assert not any(SituationPicture.objects.visible_to(getattr(cast, name)).exists() for name in PEOPLE)
        assert not any(key[0].endswith("_picture") for key in facts_of([cast.district.pk], cast.cycle))
        assert not findings.earlier_pictures(Scope(cast.district), POLICE, picture.year + 1).exists()

    def test_what_is_shared_is_not_discarded_nor_is_the_other_partys(self, cast):
        with pytest.raises(StepRefused, match="Delad"):
            WORKFLOW.take(story.own(cast, CITY, shared=True), "discard", by=cast.editor)
        with pytest.raises(PermissionDenied):
            WORKFLOW.take(story.own(cast, POLICE), "discard", by=cast.editor)

    def test_a_joint_draft_is_begun_anew_from_what_the_parties_have_shared(self, cast):
        picture = story.merged(cast)
        assert "Parternas egna lägesbilder berörs inte." in text_of(
            client_of(cast.police).get(address_of(picture, "picture_step", "slang"))
        )
        self.discard(picture, cast.police)
        again = joint.begin(Scope(cast.district), picture.year, by=cast.editor)
        assert (again.pk, joint.Merge(again).handled, joint.Merge(again).total) == (picture.pk, 0, 3)

    def test_a_joint_picture_that_has_been_with_the_steering_group_is_mended_and_not_discarded(self, cast):
        picture = WORKFLOW.take(story.prioritised(cast), "reopen", by=cast.editor, reason="Fel")
        with pytest.raises(StepRefused, match="har varit lämnad till styrgruppen och kan inte slängas"):
            WORKFLOW.take(picture, "discard", by=cast.editor)
        assert "Släng utkastet" not in text_of(client_of(cast.editor).get(address_of(picture)))
        assert picture.findings.exists()

    def test_what_is_typed_while_somebody_else_discards_it_is_not_lost(self, cast):
        picture = story.own(cast, CITY)
        with pytest.raises(StepRefused, match="Utkastet är slängt. Inget ändrades."):
            WORKFLOW.take(picture, "discard", by=cast.co_writer)
            findings.write(picture, {"title": "Sent"}, uid=uuid.uuid4(), seen=None, by=cast.editor)


# --- The list


@time_machine.travel(date(2025, 1, 15))
def test_the_list_says_what_each_can_do_next(cast):
    story.own(cast, CITY)

    def lines(person):
        year = next(each for each in years_of(Scope(cast.district), person) if each.year == 2025)
        return {line.producer: (line.state, line.next, line.may_begin, line.waits) for line in year.lines}

    waits = "Börjar när parterna har delat sina lägesbilder."
    assert lines(cast.editor) == {
        CITY: ("Utkast", "Fortsätt skriva", False, ""),
        POLICE: ("Inte delad", "", False, ""),
        JOINT: ("Inte klar", "", False, waits),
    }
    assert lines(cast.police)[CITY] == ("Inte delad", "", False, "")
    assert lines(cast.police)[POLICE] == ("Inte delad", "", True, "")
    story.own(cast, POLICE, shared=True)
    assert lines(cast.police)[JOINT] == ("Inte klar", "", True, "Stadens lägesbild är inte delad.")
    assert lines(cast.chair) == {
        CITY: ("Inte delad", "", False, ""),
        POLICE: ("Delad", "Läs", False, ""),
        JOINT: ("Inte klar", "", False, ""),
    }


# --- The data sources (P29)


class TestDataSources:
    @pytest.fixture
    def survey(self, cast):
        return DataSource.objects.create(
            code="trygghetsmatningen", name="Trygghetsmätningen", owner="Stockholms stad", interval_months=36,
            latest_on=date(2023, 3, 1), next_on=date(2026, 3, 1),
        )  # fmt: skip

    def test_p29_the_page_says_how_often_and_when_each_is_measured(self, cast, survey):
        DataSource.objects.create(code="anmalda-brott", name="Anmälda brott")
        DataSource.objects.create(code="skolan", name="Skolenkäter", interval_months=6)
        page = text_of(client_of(cast.registrar).get("/samverkan/skarholmen/datakallor/"))
        for told in ("Trygghetsmätningen", "Vart tredje år", "1 mars 2023", "1 mars 2026", "Stockholms stad"):
            assert told in page
        assert "Löpande eller oregelbundet" in page
        assert "Var 6:e månad" in page

    def test_p29_the_city_says_when_the_next_measurement_is(self, cast, survey):
        data = {"interval_months": "36", "latest_on": "2026-03-01", "next_on": "2029-03-01", "row_version": 1}
        answer = client_of(cast.city_preparation).post("/samverkan/staden/datakallor/trygghetsmatningen/", data)
        assert answer.status_code == 302
        survey.refresh_from_db()
        assert (survey.latest_on, survey.next_on) == (date(2026, 3, 1), date(2029, 3, 1))

    def test_what_another_has_written_is_not_written_over_unseen(self, cast, survey):
        address = "/samverkan/staden/datakallor/trygghetsmatningen/"
        client = client_of(cast.city_preparation)
        client.post(address, {"latest_on": "2026-03-01", "next_on": "2029-03-01", "row_version": 1})
        answer = client.post(address, {"latest_on": "2026-03-01", "next_on": "2030-03-01", "row_version": 1})
        assert answer.status_code == 422
        assert "Någon annan har ändrat här" in text_of(answer)
        assert "1 mars 2029" in text_of(answer)
        survey.refresh_from_db()
        assert survey.next_on == date(2029, 3, 1)

    def test_the_next_comes_after_the_latest(self, cast, survey):
        data = {"latest_on": "2026-03-01", "next_on": "2025-03-01"}
        answer = client_of(cast.city_preparation).post("/samverkan/staden/datakallor/trygghetsmatningen/", data)
        assert answer.status_code == 422
        assert "Nästa mätning ska komma efter den senaste, 1 mars 2026." in text_of(answer)
        survey.refresh_from_db()
        assert survey.next_on == date(2026, 3, 1)

    def test_others_are_told_who_sets_the_dates(self, cast, survey):
        answer = client_of(cast.editor).get("/samverkan/skarholmen/datakallor/trygghetsmatningen/")
        assert answer.status_code == 403
        assert "centrala beredningsgruppen" in text_of(answer)


# --- What the pictures tell other pages


class TestContributions:
    @pytest.fixture
    def cycle(self, cast):
        today = timezone.localdate()
        PlanningCycle.objects.update(year=today.year, pictures_due=today + timedelta(days=10))
        return PlanningCycle.objects.get()

    def test_an_own_picture_waits_when_its_last_day_is_near(self, cast, cycle):
        assert [(task.text, task.due, task.about) for task in picture_sources.picture_tasks(cast.editor)] == [
            (f"Börja stadens lägesbild {cycle.year}", cycle.pictures_due, "Skärholmen")
        ]
        story.own(cast, CITY, year=cycle.year)
        (task,) = picture_sources.picture_tasks(cast.co_writer)
        assert task.text == f"Gör klar och dela stadens lägesbild {cycle.year}"
        assert task.address == f"{LISTED}{cycle.year}/staden/"
        WORKFLOW.take(SituationPicture.objects.get(), "share", by=cast.editor)
        assert picture_sources.picture_tasks(cast.editor) == []

    def test_it_does_not_wait_long_before(self, cast, cycle):
        PlanningCycle.objects.update(pictures_due=timezone.localdate() + timedelta(days=60))
        assert picture_sources.picture_tasks(cast.editor) == []

    def test_the_joint_one_waits_when_both_have_shared(self, cast, cycle):
        story.own(cast, CITY, year=cycle.year, shared=True)
        assert not any("gemensamma" in task.text for task in picture_sources.picture_tasks(cast.editor))
        story.own(cast, POLICE, year=cycle.year, shared=True)
        for person in (cast.editor, cast.police):
            assert [task.text for task in picture_sources.picture_tasks(person)] == [
                f"Börja den gemensamma lägesbilden {cycle.year}"
            ]
        assert picture_sources.picture_tasks(cast.working) == []

    def test_the_chair_is_told_of_what_waits_for_the_group(self, cast, cycle):
        picture = story.prioritised(cast, year=cycle.year)
        (task,) = picture_sources.picture_tasks(cast.chair)
        assert (task.text, task.address) == (
            f"Fastställ den gemensamma lägesbilden {cycle.year}", address_of(picture),
        )  # fmt: skip
        assert picture_sources.picture_tasks(cast.steering) == []

    def test_it_is_proposed_for_the_steering_groups_agenda_and_no_other(self, cast):
        picture = story.prioritised(cast)
        groups = {group.slug: group for group in CollaborationGroup.objects.all()}
        (proposal,) = [
            each for each in proposals_for(groups["local-steering-skarholmen"], cast.chair)
            if each.subject == picture_sources.subject_of(picture)
        ]  # fmt: skip
        assert (proposal.is_decision, proposal.address) == (True, address_of(picture))
        assert proposal.since == timezone.localdate()
        for slug in ("local-preparation-skarholmen", "local-working-skarholmen"):
            assert picture_sources.pictures_to_confirm(groups[slug], cast.editor) == []
        assert picture_sources.pictures_to_confirm(groups["city-steering-None"], cast.city_steering) == []

    def test_what_is_recorded_of_the_year_is_what_was_shared_prioritised_and_confirmed(self, cast):
        today, here = timezone.localdate(), cast.district.pk
        story.own(cast, CITY)
        assert picture_sources.pictures_recorded([here, None], cast.cycle) == {}
        WORKFLOW.take(SituationPicture.objects.get(), "share", by=cast.editor)
        found = picture_sources.pictures_recorded([here, None], cast.cycle)
        assert {key: fact.on for key, fact in found.items()} == {("city_picture", here): today}

    def test_a_confirmed_picture_is_recorded_by_the_day_of_the_decision(self, cast):
        story.confirmed(cast, on=date(2025, 3, 12))
        found = picture_sources.pictures_recorded([cast.district.pk], cast.cycle)
        assert {key for key, _ in found} == {"city_picture", "police_picture", "joint_picture", "picture_confirmed"}
        assert found["picture_confirmed", cast.district.pk].on == date(2025, 3, 12)
        assert picture_sources.pictures_recorded([cast.other_district.pk], cast.cycle) == {}


# --- On paper


def test_the_pdf_is_a_pdf_with_a_name_that_says_what_it_is(cast):
    picture = story.confirmed(cast)
    answer = client_of(cast.working).get(address_of(picture, "picture_pdf"))
    assert answer.content.startswith(b"%PDF")
    assert "Gemensam%20l%C3%A4gesbild%202025" in answer.headers["Content-Disposition"]


# --- Growth: pages ask as often however much there is


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def with_findings(cast, producer, count, year):
    square = story.place(cast, f"Torg {year}", f"torg-{year}")
    source, _ = DataSource.objects.get_or_create(code="tm", name="Trygghetsmätningen")
    picture = story.own(cast, producer, (), year=year)
    by = story.writer(cast, producer)
    for number in range(count):
        values = {"places": [square], "source": source, "area": cast.area_set.areas.first()}
        findings.write(
            picture, {"title": str(number), **values}, uid=uuid.uuid4(), seen=None, by=by, files=[story.file()]
        )
    return picture


@pytest.mark.parametrize("name", ["picture", "picture_pdf"])
def test_a_picture_asks_as_often_with_5_as_with_30_findings(cast, name):
    few, many = with_findings(cast, CITY, 5, 2024), with_findings(cast, CITY, 30, 2025)
    client = client_of(cast.editor)
    queries(client, address_of(few, name))
    assert queries(client, address_of(many, name)) == queries(client, address_of(few, name))


def test_the_list_asks_as_often_with_1_as_with_10_years(cast):
    client = client_of(cast.editor)
    story.confirmed(cast, year=2025)
    queries(client, LISTED)
    few = queries(client, LISTED)
    for year in range(2010, 2019):
        story.own(cast, CITY, year=year)
        story.own(cast, POLICE, year=year, shared=True)
    assert queries(client, LISTED) == few


def test_tasks_and_facts_ask_as_often_however_many_pictures(cast):
    def asked():
        with CaptureQueriesContext(connection) as found:
            picture_sources.picture_tasks(cast.editor)
            picture_sources.pictures_recorded([cast.district.pk, cast.other_district.pk, None], cast.cycle)
        return len(found)

    story.confirmed(cast, year=2025)
    few = asked()
    for year in range(2026, 2032):
        story.joint_picture(cast, year=year)
    assert asked() == few
