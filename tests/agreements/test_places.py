"""Delimited places (P03): writing them, and the page where all that is said and done about one is read."""

from datetime import date

import pytest

from agreements.enums import PictureState, Producer
from agreements.models import Neighbourhood, Place, SituationPicture
from agreements.places import slug_of, story, told_of
from tests.agreements.analysed import Analysed, finding, joint_picture, place
from tests.cast import Cast

BASE = "/samverkan/skarholmen/platser/"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


def posted(**values):
    return {"name": "Vårbergs torg", "valid_from": "2024-01-01", "description": "", **values}


def text(answer):
    return " ".join(answer.content.decode().split())


# --- Writing


def test_p03_a_place_has_a_neighbourhood_a_class_and_dates(editor, cast):
    """P03: the local picture has delimited places with high crime."""
    vårberg = Neighbourhood.objects.create(district=cast.district, name="Vårberg")
    values = posted(neighbourhood=vårberg.pk, vulnerability="especially_vulnerable", is_open_drug_scene="on")
    answer = editor.post(f"{BASE}ny/", values, follow=True)
    assert answer.redirect_chain == [(f"{BASE}varbergs-torg/", 302)]
    page = text(answer)
    assert "Särskilt utsatt område" in page and "Öppen drogscen" in page and "Vårberg." in page
    assert Place.objects.get().valid_from == date(2024, 1, 1)


def test_a_place_that_ends_keeps_its_page_and_moves_to_those_that_have_ended(editor, cast):
    made = place(cast)
    answer = editor.post(f"{BASE}{made.slug}/redigera/", posted(valid_to="2024-06-30", row_version=1), follow=True)
    assert "Har upphört" in text(answer)
    page = text(editor.get(BASE))
    assert page.index("Platser som har upphört") < page.index("Vårbergs torg")


def test_an_end_before_the_start_is_refused_and_what_was_typed_stays(editor):
    answer = editor.post(f"{BASE}ny/", posted(valid_to="2023-12-31", description="Norra sidan"))
    assert answer.status_code == 422
    assert "Slutdatumet ligger före startdatumet." in text(answer) and "Norra sidan" in text(answer)
    assert not Place.objects.exists()


@pytest.mark.parametrize("name", ["Vårbergs torg", "vårbergs TORG", "Vårbergs  torg!"])
def test_two_places_do_not_share_a_name(editor, cast, name):
    place(cast)
    answer = editor.post(f"{BASE}ny/", posted(name=name))
    assert "Skärholmen har redan en plats som heter så." in text(answer)
    assert Place.objects.count() == 1


def test_of_two_who_write_the_later_sees_both_texts_and_nothing_is_written_over(editor, cast):
    made = place(cast)
    address = f"{BASE}{made.slug}/redigera/"
    editor.post(address, posted(description="Den förstas ord", row_version=1))
    answer = editor.post(address, posted(description="Mina ord", row_version=1))
    assert answer.status_code == 422
    assert "Någon annan har ändrat här" in text(answer)
    assert "Den förstas ord" in text(answer) and "Mina ord" in text(answer)
    made.refresh_from_db()
    assert made.description == "Den förstas ord"
    assert 'name="row_version" value="2"' in text(answer)
    editor.post(address, posted(description="Mina ord", row_version=2))
    made.refresh_from_db()
    assert made.description == "Mina ord"


def test_a_renamed_place_keeps_the_address_that_has_been_mailed(editor, cast):
    made = place(cast)
    editor.post(f"{BASE}{made.slug}/redigera/", posted(name="Vårberg centrum", row_version=1))
    made.refresh_from_db()
    assert (made.name, made.slug) == ("Vårberg centrum", "varbergs-torg")


def test_a_personnummer_is_refused(editor):
    answer = editor.post(f"{BASE}ny/", posted(description="Där bor 811228-9874"))
    assert "personnummer" in text(answer)
    assert not Place.objects.exists()


@pytest.mark.parametrize(("name", "slug"), [("Ny", "plats-ny"), ("Åsö & Ö", "aso-o"), ("???", "plats")])
def test_every_name_gets_an_address(name, slug):
    assert slug_of(name) == slug


def test_the_city_has_no_places_of_its_own(client, cast):
    client.force_login(cast.city_preparation)
    assert client.get("/samverkan/staden/platser/").status_code == 404


# --- Reading


def test_p03_a_place_tells_over_the_years_what_is_said_and_done_there(cast):
    """P03, issue 3.2: findings, problems and causes of each year, the latest first."""
    made = Analysed(cast)
    earlier = joint_picture(cast, year=2024, state=PictureState.SUPERSEDED)
    finding(earlier, "Skadegörelse på torget", made.place)
    latest, first = story(made.place, cast.editor)
    assert (latest.year, first.year) == (2025, 2024)
    assert [str(each) for each in latest.findings] == ["Öppen narkotikahandel vid tunnelbanan"]
    assert [str(each) for each in latest.problems] == ["Narkotikahandel på Vårbergs torg"]
    assert [str(each) for each in latest.causes] == ["Torget är mörkt och utan insyn"]
    assert [str(each) for each in first.findings] == ["Skadegörelse på torget"] and first.causes == []


def test_a_finding_that_the_joint_picture_has_taken_over_is_told_once(cast):
    """The same thing seen is one thing seen; what was not taken over, or only the party reads, is there still."""
    made, joint = place(cast), joint_picture(cast)
    own = SituationPicture.objects.create(
        district=cast.district, producer=Producer.POLICE, year=2025, title="Polisens", state=PictureState.SHARED
    )
    seen = finding(own, "Öppen försäljning", made)
    finding(own, "Skadegörelse", made, position=2)
    finding(joint, "Öppen försäljning vid tunnelbanan", made).origins.add(seen)
    (year,) = story(made, cast.editor)
    assert {str(each) for each in year.findings} == {"Öppen försäljning vid tunnelbanan", "Skadegörelse"}
    assert told_of([made], cast.editor) == {made.pk: "2 iakttagelser"}
    SituationPicture.objects.filter(pk=joint.pk).update(district=cast.other_district)  # read by others
    assert told_of([made], cast.police) == {made.pk: "2 iakttagelser"}


def test_p02_what_the_police_have_not_shared_is_not_said_on_the_place(cast, client):
    """P02: a party's own draft is nobody else's, wherever it could be read."""
    made = place(cast)
    own = SituationPicture.objects.create(
        district=cast.district, producer=Producer.POLICE, year=2025, title="Polisens", state=PictureState.DRAFT
    )
    finding(own, "Spaning pågår", made)
    for person, sees in (("police", True), ("editor", False), ("chair", False)):
        user = getattr(cast, person)
        client.force_login(user)
        assert ("Spaning pågår" in text(client.get(f"{BASE}{made.slug}/"))) is sees
        assert ("1 iakttagelse" in text(client.get(BASE))) is sees


def test_a_place_nothing_is_said_of_says_when_something_will_be(editor, cast):
    made = place(cast)
    assert "Ingenting är sagt om platsen än." in text(editor.get(f"{BASE}{made.slug}/"))


def test_the_neighbours_places_are_not_there(client, cast):
    made = place(cast)
    client.force_login(cast.neighbour)
    assert client.get(f"{BASE}{made.slug}/").status_code == 404
    assert client.get(f"/samverkan/farsta/platser/{made.slug}/").status_code == 404
    assert told_of([made], cast.neighbour) == {made.pk: ""}


def test_the_pages_take_as_many_queries_however_much_is_said(editor, cast, django_assert_max_num_queries):
    made = Analysed(cast)
    addresses = (BASE, f"{BASE}{made.place.slug}/")
    counts = []
    for times in (1, 12):
        for at in range(times):
            extra = place(cast, f"Plats {times} {at}")
            for where in (made.place, extra):
                finding(made.picture, f"Iakttagelse {times} {at}", where)
        for address in addresses:
            with django_assert_max_num_queries(30) as captured:
                editor.get(address)
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
