"""Comments: who may say what in which state, what becomes of it, and the pages where it is read and written."""

import re
import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from plans import comments, editing
from plans.comments import CommentRefused, counts_by_row, open_must_fixes, write
from plans.enums import CommentKind, CommentState, PlanState
from plans.errors import GoneRow
from plans.models import MAX_COMMENT, ActionPlan, Answer, Comment
from plans.views.comments import when
from tests.cast import PEOPLE
from tests.plans import stages
from trygghet.privacy import REFUSAL, identity_numbers
from trygghet.workflow import StepRefused

PLAN = "/planer/skarholmen/2025/"
PAGE = f"{PLAN}kommentarer/"
COMMENT, QUESTION, MUST_FIX = CommentKind.COMMENT, CommentKind.QUESTION, CommentKind.MUST_FIX


@pytest.fixture
def shared(plan):
    """Skärholmen's plan as a draft that is shared with the police."""
    ActionPlan.objects.filter(pk=plan.pk).update(shared_at=timezone.now())
    plan.refresh_from_db()
    return plan


@pytest.fixture
def reviewed(shared):
    """The same plan on review, where most may comment."""
    return in_state(shared, PlanState.IN_REVIEW)


def in_state(plan, state):
    """Put the plan straight into a state, as only a test does."""
    ActionPlan.objects.filter(pk=plan.pk).update(state=state)
    plan.refresh_from_db()
    return plan


@pytest.fixture
def action(plan):
    """The second action of the first problem of the first area."""
    return plan.actions.get(position=2, problem__position=1, problem__plan_area__position=1)


@pytest.fixture
def signed_in():
    """Return a browser signed in as the person."""

    def client_of(user):
        client = Client()
        client.force_login(user)
        return client

    return client_of


def html(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def words(response, status=200):
    """What the page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html(response, status)).split())


def listed(response):
    """The texts of the comments on the page."""
    return re.findall(r'<p class="comment-text verbatim">(.*?)</p>', html(response), re.DOTALL)


def sent(text, kind="comment", **more):
    return {"uid": uuid4(), "kind": kind, "text": text} | more


# --- Writing


def test_a_comment_keeps_what_it_is_about(shared, action, cast):
    said = write(shared, " Är det rätt forum? ", QUESTION, by=cast.police, row=action.uid, field="goals")
    said.refresh_from_db()
    assert (said.text, said.kind, said.state) == ("Är det rätt forum?", QUESTION, CommentState.OPEN)
    assert (said.row, said.row_kind, said.field, said.quote) == (action.uid, "action", "goals", action.goals)
    assert (said.version, said.made_in, said.by) == (1, PlanState.DRAFT, cast.police)


@pytest.mark.parametrize("kind", ["area", "problem", "cause", "action"])
def test_a_comment_on_a_row_quotes_what_says_what_the_row_is(shared, cast, kind):
    rows = {"area": shared.planareas, "problem": shared.problems, "cause": shared.causes, "action": shared.actions}
    row = rows[kind].first()
    said = write(shared, "Hm", COMMENT, by=cast.editor, row=row.uid)
    assert (said.row_kind, said.field, said.quote) == (kind, "", str(row))


def test_a_comment_on_the_plan_quotes_nothing(shared, cast):
    said = write(shared, "Bra plan", COMMENT, by=cast.police)
    assert (said.row, said.row_kind, said.quote) == (None, "", "")


def test_a_comment_changes_no_word_of_the_plan(shared, action, cast):
    events = shared.events.count()
    write(shared, "Hm", COMMENT, by=cast.editor, row=action.uid)
    action.refresh_from_db()
    assert (shared.events.count(), action.version) == (events, 1)


@pytest.mark.parametrize("text", ["", " \n\t", "å" * (MAX_COMMENT + 1)])
def test_a_text_that_is_empty_or_too_long_is_refused(shared, cast, text):
    with pytest.raises(CommentRefused):
        write(shared, text, COMMENT, by=cast.editor)
    assert not Comment.objects.exists()


def test_a_row_of_another_plan_or_a_cell_that_no_row_has_is_refused(shared, action, cast):
    other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
    for row, field in ((other.planareas.first().uid, ""), (action.uid, "version"), (uuid4(), "")):
        with pytest.raises(GoneRow):
            write(shared, "Hm", COMMENT, by=cast.editor, row=row, field=field)
    assert not Comment.objects.exists()


def test_a_comment_sent_twice_is_written_once(shared, cast):
    uid = uuid4()
    first, second = (write(shared, "Hm", COMMENT, by=cast.editor, uid=uid) for _ in range(2))
    assert first == second
    assert Comment.objects.count() == 1


def test_a_comment_is_not_written_over_somebody_elses(shared, cast):
    theirs = write(shared, "Deras", COMMENT, by=cast.police)
    mine = write(shared, "Mina", COMMENT, by=cast.editor, uid=theirs.uid)
    assert mine.uid != theirs.uid
    theirs.refresh_from_db()
    assert theirs.text == "Deras"


# --- Who may write, in each state of the plan

DECIDED = {"editor", "police", "city_preparation"}
WRITERS = {
    PlanState.DRAFT: {"editor", "police"},
    PlanState.IN_REVIEW: {"editor", "co_writer", "police", "steering", "chair", "working"},
    PlanState.READY_FOR_DECISION: {"editor", "police"},
    PlanState.DECIDED: DECIDED,
}


@pytest.mark.parametrize("state", PlanState.values)
def test_in_each_state_those_comment_who_may(empty_plan, cast, state):
    plan = stages.reach(empty_plan, cast, "submitted")
    in_state(plan, state)
    may = set()
    for person in PEOPLE:
        try:
            write(plan, "Hm", COMMENT, by=getattr(cast, person))
            may.add(person)
        except PermissionDenied as refusal:
            assert re.search(r"När planen har status .+ kommenteras den av .+\.", str(refusal)), person
        except ActionPlan.DoesNotExist:
            assert not ActionPlan.objects.visible_to(getattr(cast, person)).exists(), person
    assert may == WRITERS[state]


def test_an_unshared_draft_is_not_there_for_the_police(plan, cast):
    with pytest.raises(ActionPlan.DoesNotExist):
        write(plan, "Hm", COMMENT, by=cast.police)


@pytest.mark.parametrize(
    ("person", "may"),
    [("editor", True), ("police", True), ("steering", True), ("chair", True), ("working", False), ("co_writer", False)],
)
def test_a_must_fix_is_for_those_who_review_or_decide(reviewed, cast, person, may):
    if may:
        assert write(reviewed, "Rätta", MUST_FIX, by=getattr(cast, person)).kind == MUST_FIX
    else:
        with pytest.raises(PermissionDenied, match="Skriv det som kommentar eller fråga"):
            write(reviewed, "Rätta", MUST_FIX, by=getattr(cast, person))


# --- Answering, resolving, opening again


def test_an_answer_makes_a_comment_answered_and_more_answers_leave_it_so(reviewed, cast):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    comments.answer(said, "Därför.", by=cast.editor)
    comments.answer(said, "Tack.", by=cast.police)
    said.refresh_from_db()
    assert said.state == CommentState.ANSWERED
    assert [answer.text for answer in said.answers.all()] == ["Därför.", "Tack."]


def test_an_answer_sent_twice_is_kept_once(reviewed, cast):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    comments.answer(said, "Därför.", by=cast.editor)
    comments.answer(said, "Därför.", by=cast.editor)
    assert said.answers.count() == 1


def test_an_answer_to_what_was_resolved_meanwhile_is_kept_and_resolves_nothing_anew(reviewed, cast):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    comments.resolve(said, by=cast.police)
    answer = comments.answer(said, "Därför.", by=cast.editor)
    assert answer.comment.state == CommentState.RESOLVED
    assert Answer.objects.get().text == "Därför."


# kind, who wrote it → who may resolve it
RESOLVERS = [
    (COMMENT, "police", {"police", "editor"}),
    (QUESTION, "working", {"working", "editor"}),
    (COMMENT, "editor", {"editor"}),
    (MUST_FIX, "police", {"police"}),
    (MUST_FIX, "editor", {"editor"}),
    (MUST_FIX, "steering", {"steering", "chair"}),
    (MUST_FIX, "chair", {"steering", "chair"}),
]


@pytest.mark.parametrize(("kind", "author", "may"), RESOLVERS)
def test_who_resolves_and_opens_again_follows_from_who_wrote_it(reviewed, cast, kind, author, may):
    for person in ("editor", "co_writer", "police", "steering", "chair", "working"):
        said = write(reviewed, "Hm", kind, by=getattr(cast, author))
        by = getattr(cast, person)
        if person in may:
            assert comments.resolve(said, by=by).resolved_by == by
            assert comments.reopen(said, by=by, text="Inte riktigt.").resolved_by is None
        else:
            with pytest.raises(PermissionDenied, match="eller"):
                comments.resolve(said, by=by)
            Comment.objects.filter(pk=said.pk).update(state="resolved")
            with pytest.raises(PermissionDenied):
                comments.reopen(said, by=by, text="Inte riktigt.")


def test_a_successor_resolves_the_must_fix_of_one_who_has_left(reviewed, cast):
    author = cast.neighbour_police
    author.memberships.update(group=cast.police.memberships.get().group)
    said = write(reviewed, "Rätta", MUST_FIX, by=author)
    author.memberships.update(valid_to=timezone.localdate() - timedelta(days=1))
    Comment.objects.filter(pk=said.pk).update(at=timezone.now() - timedelta(days=3))
    said = Comment.objects.get(pk=said.pk)
    assert comments.roles_of_author(said) == {"municipal_police"}
    assert not comments.may_resolve(cast.editor, said)
    assert comments.resolve(said, by=cast.police).state == CommentState.RESOLVED


@pytest.fixture
def left_alone(reviewed, action, cast):
    """A must-fix of the district's only kommunpolis, who has left since."""
    said = write(reviewed, "Rätta", MUST_FIX, by=cast.police, row=action.uid)
    Comment.objects.filter(pk=said.pk).update(at=timezone.now() - timedelta(days=3))
    cast.police.memberships.update(valid_to=timezone.localdate() - timedelta(days=1))
    return Comment.objects.get(pk=said.pk)


def test_while_nobody_has_the_authors_role_the_editor_resolves_and_says_why(left_alone, cast):
    with pytest.raises(CommentRefused, match="Skriv varför det som skulle åtgärdas är löst"):
        comments.resolve(left_alone, by=cast.editor, text=" ")
    left_alone.refresh_from_db()
    assert left_alone.state == CommentState.OPEN
    resolved = comments.resolve(left_alone, by=cast.editor, text="Målen står i åtgärd 2.")
    assert (resolved.state, resolved.answers.get().text) == (CommentState.RESOLVED, "Målen står i åtgärd 2.")
    assert comments.reopen(left_alone, by=cast.editor, text="Nej.").state == CommentState.OPEN


def test_an_author_whose_account_is_closed_has_left_too(reviewed, cast):
    said = write(reviewed, "Rätta", MUST_FIX, by=cast.police)
    assert not comments.may_resolve(cast.editor, said)
    Comment.objects.filter(pk=said.pk).update(at=timezone.now() - timedelta(days=3))
    said = Comment.objects.get(pk=said.pk)
    said.by.is_active = False
    said.by.save()
    assert comments.may_resolve(cast.editor, said)


def test_a_seat_in_a_working_group_too_has_no_part_in_a_must_fix(reviewed, cast):
    working = cast.working.memberships.get()
    cast.police.memberships.create(
        group=working.group, function=working.function, organisation=working.organisation, valid_from=working.valid_from
    )
    said = write(reviewed, "Rätta", MUST_FIX, by=cast.police)
    Comment.objects.filter(pk=said.pk).update(at=timezone.now() - timedelta(days=3))
    said = Comment.objects.get(pk=said.pk)
    assert not comments.may_resolve(cast.working, said)
    assert not comments.may_resolve(cast.editor, said)
    preparation = cast.police.memberships.filter(group__kind="preparation")
    preparation.update(valid_to=timezone.localdate() - timedelta(days=1))
    assert comments.may_resolve(cast.editor, Comment.objects.get(pk=said.pk))


def test_nobody_else_resolves_what_is_left_alone_and_they_are_told_who_does(left_alone, cast):
    for person in (cast.co_writer, cast.steering, cast.chair, cast.working):
        with pytest.raises(PermissionDenied, match="Ingen i stadsdelen har i dag rollen kommunpolis"):
            comments.resolve(left_alone, by=person, text="Hm")


def test_a_new_one_in_the_authors_role_takes_over_from_the_editor(left_alone, cast):
    seat = left_alone.by.memberships.get()
    cast.neighbour_police.memberships.update(group=seat.group)
    assert not comments.may_resolve(cast.editor, left_alone)
    assert comments.resolve(left_alone, by=cast.neighbour_police).state == CommentState.RESOLVED


def test_the_page_tells_the_editor_why_they_may_resolve_and_asks_for_a_reason(left_alone, cast, signed_in):
    editor, at = signed_in(cast.editor), f"{PAGE}{left_alone.uid}/"
    page = editor.get(PAGE)
    told = words(page)
    assert "Ingen i stadsdelen har i dag rollen kommunpolis. Därför är det du som avgör om det är löst." in told
    assert "Svara och markera som löst" in told
    assert html(page).count('value="los"') == 1  # no button that resolves without a word
    assert "Skriv varför det som skulle åtgärdas är löst." in words(editor.post(at, {"gor": "los"}), 422)
    assert "Kommentaren är löst." in words(editor.post(at, {"gor": "los", "text": "Klart."}, follow=True))
    assert "Ingen i stadsdelen" not in words(signed_in(cast.steering).get(PAGE))


def test_the_page_asks_once_who_is_left_however_much_is_left_alone(
    left_alone, cast, signed_in, django_assert_max_num_queries
):
    editor = signed_in(cast.editor)
    with django_assert_max_num_queries(13) as one:
        assert words(editor.get(PAGE)).count("Därför är det du som avgör") == 1
    fields = {name: getattr(left_alone, name) for name in ("plan", "version", "made_in", "kind", "by", "at")}
    for at in range(5):
        Comment.objects.create(text=f"Nummer {at}", **fields)
    Comment.objects.update(at=left_alone.at)
    with django_assert_max_num_queries(len(one.captured_queries)):
        assert words(editor.get(PAGE)).count("Därför är det du som avgör") == 6


def test_resolving_may_come_with_an_answer(reviewed, cast):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    comments.resolve(said, by=cast.editor, text="Därför.")
    assert said.answers.get().text == "Därför."


def test_who_comes_second_is_told_who_was_first_and_nothing_is_done_twice(reviewed, cast):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    comments.resolve(said, by=cast.police)
    with pytest.raises(StepRefused, match=r"redan löst, av police .+\.$"):
        comments.resolve(said, by=cast.editor, text="Därför.")
    said.refresh_from_db()
    assert (said.resolved_by, said.answers.count()) == (cast.police, 0)


def test_opening_again_takes_a_reason(reviewed, cast):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    comments.resolve(said, by=cast.police)
    with pytest.raises(CommentRefused, match="Skriv varför"):
        comments.reopen(said, by=cast.police, text=" ")
    opened = comments.reopen(said, by=cast.police, text="Det står kvar.")
    assert (opened.state, opened.resolved_at) == (CommentState.OPEN, None)
    with pytest.raises(StepRefused, match="redan öppen"):
        comments.reopen(said, by=cast.editor, text="Det står kvar.")


@pytest.mark.parametrize("name", ["answer", "resolve", "reopen"])
def test_nobody_goes_on_where_they_may_no_longer_comment(reviewed, cast, name):
    said = write(reviewed, "Hm", COMMENT, by=cast.working)
    in_state(reviewed, PlanState.DECIDED)
    with pytest.raises(PermissionDenied, match="När planen har status Beslutad kommenteras den av"):
        getattr(comments, name)(said, by=cast.working, text="Hm")
    assert not Answer.objects.exists()


def test_the_table_of_steps_is_what_the_functions_do(reviewed, cast):
    """Each step from each state, held to the table."""
    for step in comments.COMMENT_TRANSITIONS:
        for state in CommentState.values:
            said = write(reviewed, "Hm", COMMENT, by=cast.editor)
            Comment.objects.filter(pk=said.pk).update(state=state, resolved_by=cast.editor, resolved_at=timezone.now())
            act = getattr(comments, step.name)
            if state in step.sources or step.name == "answer":
                act(said, by=cast.editor, text="Hm")
            else:
                with pytest.raises(StepRefused):
                    act(said, by=cast.editor, text="Hm")
            said.refresh_from_db()
            assert said.state == (step.to(state) if state in step.sources else state)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole file")
def test_of_two_who_resolve_at_the_same_moment_one_does(reviewed, cast):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    gate, outcomes = threading.Barrier(2), []

    def press(user):
        try:
            gate.wait()
            comments.resolve(said, by=user, text=f"Löst av {user}")
            outcomes.append("resolved")
        except StepRefused:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(user,)) for user in (cast.police, cast.editor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["resolved", "told"]
    assert said.answers.count() == 1


# --- Counting


def test_open_and_resolved_are_counted_by_row_in_one_query(reviewed, action, cast, django_assert_num_queries):
    for text in ("Ett", "Två", "Tre"):
        said = write(reviewed, text, COMMENT, by=cast.editor, row=action.uid, field="goals")
    comments.resolve(said, by=cast.editor)
    comments.answer(write(reviewed, "Fyra", QUESTION, by=cast.police), "Ja", by=cast.editor)
    comments.access_of(cast.police)  # remembered
    with django_assert_num_queries(1):
        counts = counts_by_row(reviewed, cast.police)
    assert counts == {str(action.uid): (2, 1, 0), "": (1, 0, 0)}
    assert {tally.told for tally in counts.values()} == {"2 öppna", "1 öppen"}
    assert counts_by_row(reviewed, cast.registrar) == {}


def test_a_must_fix_is_open_until_it_is_resolved(reviewed, cast):
    said = write(reviewed, "Rätta", MUST_FIX, by=cast.police)
    write(reviewed, "Hm", COMMENT, by=cast.police)
    comments.answer(said, "Rättat.", by=cast.editor)
    assert list(open_must_fixes(reviewed)) == [said]
    comments.resolve(said, by=cast.police)
    assert not open_must_fixes(reviewed).exists()


# --- Identity numbers (domain §4d)


@pytest.mark.parametrize(
    "number",
    ["811228-9874", "19811228-9874", "8112289874", "198112289874", "811228+9874", "1981-12-28-9874", "701063-2391",
     "81 12 28-9874", "811228\N{EN DASH}9874", "811228\N{NON-BREAKING HYPHEN}9874", "19811228 9874",
     "19811228\N{NO-BREAK SPACE}9874", "19701063 2391"],
)  # fmt: skip
def test_an_identity_number_is_found_as_it_is_written(number):
    assert identity_numbers(f"Ring {number}, eller inte.") == [number]


@pytest.mark.parametrize(
    "text",
    ["2025-04-29", "0800-1200", "SKA 2025/123", "08-508 24 000", "010 56 424 45", "2025-04-29 1200", "811228 9874",
     "1981-12-28 9874", "19811228 9875", "19811328 9874", "119811228 9874", "811228-9875",
     "811328-9874", "811232-9874", "212000-0142", "1811228-98741"],
)  # fmt: skip
def test_what_only_looks_like_one_is_left_alone(text):
    assert identity_numbers(text) == []


def test_the_real_plan_holds_none(skarholmen_data):
    assert identity_numbers(str(skarholmen_data)) == []


@pytest.mark.parametrize("act", ["write", "answer", "resolve", "reopen"])
def test_an_identity_number_is_refused_wherever_it_is_written(reviewed, cast, act):
    said = write(reviewed, "Hm", COMMENT, by=cast.editor)
    if act == "reopen":
        comments.resolve(said, by=cast.editor)
    with pytest.raises(CommentRefused) as refused:
        if act == "write":
            write(reviewed, "Gäller 811228-9874", COMMENT, by=cast.editor)
        else:
            getattr(comments, act)(said, by=cast.editor, text="Gäller 811228-9874")
    assert str(refused.value) == REFUSAL
    assert (Comment.objects.count(), Answer.objects.count()) == (1, 0)


# --- The page


def test_the_page_leads_with_what_is_open_and_newest(reviewed, cast, signed_in):
    for text in ("Äldst", "Löst", "Nyast"):
        said = write(reviewed, text, COMMENT, by=cast.editor)
        if text == "Löst":
            comments.resolve(said, by=cast.editor)
    assert listed(signed_in(cast.police).get(PAGE)) == ["Nyast", "Äldst"]


def test_the_list_is_narrowed_by_links_that_say_how_many(reviewed, action, cast, signed_in):
    write(reviewed, "Rätta", MUST_FIX, by=cast.police, row=action.uid)
    write(reviewed, "Varför?", QUESTION, by=cast.police, row=action.uid, field="goals")
    comments.resolve(write(reviewed, "Klart", COMMENT, by=cast.editor), by=cast.editor)
    editor = signed_in(cast.editor)
    assert "Öppna 2 Måste åtgärdas 1 Frågor 1 Lösta 1 Alla 3" in words(editor.get(PAGE))
    shown = {
        "": ["Varför?", "Rätta"],
        "?visa=maste": ["Rätta"],
        "?visa=fragor": ["Varför?"],
        "?visa=losta": ["Klart"],
        "?visa=alla": ["Klart", "Varför?", "Rätta"],
        "?visa=annat": ["Varför?", "Rätta"],
        f"?rad={action.uid}": ["Varför?", "Rätta"],
        f"?rad={action.uid}&falt=goals": ["Varför?"],
    }
    assert {query: listed(editor.get(PAGE + query)) for query in shown} == shown


def test_a_comment_says_who_when_what_and_where(reviewed, action, cast, signed_in):
    said = write(reviewed, "Varför\ndå?", QUESTION, by=cast.police, row=action.uid, field="goals")
    comments.answer(said, "Därför.", by=cast.editor)
    page = signed_in(cast.editor).get(PAGE)
    told = words(page)
    assert "Åtgärd 2, problem 1: Operativa mål" in told
    assert "Fråga Besvarad police , kommunpolis · i dag" in told
    assert " ".join(action.goals.split()) in told
    assert "Varför\ndå?" in html(page)
    assert re.search(r"editor · i dag \d\d\.\d\d Därför\.", told)
    assert f'href="{PLAN}omrade/1/?rad={action.uid}#rad-{action.uid}"' in html(page)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2025, 3, 12, 10, 42), "i dag 10.42"),
        (datetime(2025, 3, 11, 23, 5), "i går 23.05"),
        (datetime(2025, 3, 3, 8, 0), "3 mars 2025"),
    ],
)
def test_a_moment_is_told_as_people_do(time_machine, at, told):
    time_machine.move_to(datetime(2025, 3, 12, 12, 0, tzinfo=timezone.get_default_timezone()), tick=False)
    assert when(timezone.make_aware(at)) == told


def test_a_text_that_has_changed_since_is_told_with_what_stood_there(reviewed, action, cast, signed_in):
    write(reviewed, "Vagt", COMMENT, by=cast.police, row=action.uid, field="goals")
    editing.set_fields(reviewed, "action", action.uid, {"goals": "Tio möten"}, version=action.version, by=cast.editor)
    told = words(signed_in(cast.police).get(PAGE))
    assert "Texten har ändrats sedan dess. Då stod det:" in told
    assert " ".join(action.goals.split())[:60] in told


def test_a_comment_on_a_row_that_is_gone_stays_and_says_so(reviewed, action, cast, signed_in):
    write(reviewed, "Vagt", COMMENT, by=cast.police, row=action.uid)
    editing.remove(reviewed, "action", action.uid, by=cast.editor)
    told = words(signed_in(cast.police).get(PAGE))
    assert "Åtgärd som är borttagen" in told
    assert "Raden är borttagen ur planen. Där stod:" in told
    assert " ".join(action.text.split())[:60] in told
    told = words(signed_in(cast.police).get(f"{PAGE}?rad={action.uid}"))
    assert "Det som har sagts om den går att läsa" in told
    assert "Spara kommentaren" not in told


def test_the_place_is_chosen_from_the_address(reviewed, action, cast, signed_in):
    page = html(signed_in(cast.police).get(f"{PAGE}?rad={action.uid}&falt=when"))
    assert "Ny kommentar om åtgärd 2, problem 1: När" in page
    assert re.search(r'<option value="when" selected', page)


def test_the_form_is_folded_where_there_is_something_to_read_first(reviewed, action, cast, signed_in):
    police, folded, unfolded = (
        signed_in(cast.police),
        '<details class="comment-new">',
        '<details class="comment-new" open>',
    )
    assert unfolded in html(police.get(PAGE))
    write(reviewed, "Hm", COMMENT, by=cast.editor, row=action.uid)
    assert folded in html(police.get(f"{PAGE}?rad={action.uid}"))
    assert unfolded in html(police.get(f"{PAGE}?rad={action.uid}&skriv=1"))
    assert unfolded in html(police.post(PAGE, sent("", rad=action.uid)), 422)


def test_a_comment_is_written_where_the_form_says(reviewed, action, cast, signed_in):
    police = signed_in(cast.police)
    answer = police.post(PAGE, sent("Varför?", "question", rad=action.uid, falt="goals"), follow=True)
    said = Comment.objects.get()
    assert (said.row, said.field, said.kind, said.by) == (action.uid, "goals", QUESTION, cast.police)
    assert "Frågan är sparad." in words(answer)
    assert listed(answer) == ["Varför?"]


@pytest.mark.parametrize(("text", "reason"), [("Gäller 811228-9874 igen", REFUSAL), ("", "Skriv något.")])
def test_a_refused_comment_is_shown_again_with_its_text(reviewed, action, cast, signed_in, text, reason):
    answer = signed_in(cast.police).post(PAGE, sent(text, rad=action.uid, falt="goals"))
    page = html(answer, 422)
    assert reason in page
    assert text in page
    assert re.search(r'<option value="goals" selected', page)
    assert not Comment.objects.exists()


def test_what_was_typed_about_a_row_that_went_meanwhile_is_not_lost(reviewed, action, cast, signed_in):
    editing.remove(reviewed, "action", action.uid, by=cast.editor)
    told = html(signed_in(cast.police).post(PAGE, sent("Min långa text", rad=action.uid)), 410)
    assert "Raden finns inte längre." in told
    assert "Min långa text" in told


def test_what_was_typed_while_the_plan_went_on_is_not_lost(reviewed, cast, signed_in):
    in_state(reviewed, PlanState.READY_FOR_DECISION)
    told = html(signed_in(cast.working).post(PAGE, sent("Min långa text")), 403)
    assert "När planen har status Klar för beslut kommenteras den av trygghetsstrategen och kommunpolisen." in told
    assert "Min långa text" in told


def test_only_those_who_may_are_offered_a_must_fix(reviewed, cast, signed_in):
    assert 'value="must_fix"' in html(signed_in(cast.police).get(PAGE))
    assert 'value="must_fix"' not in html(signed_in(cast.working).get(PAGE))
    told = html(signed_in(cast.working).post(PAGE, sent("Rätta", "must_fix")), 422)
    assert "Rätta" in told
    assert not Comment.objects.exists()


def test_answering_resolving_and_opening_again_on_the_page(reviewed, cast, signed_in):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    at = f"{PAGE}{said.uid}/"
    editor, police = signed_in(cast.editor), signed_in(cast.police)
    assert "Svaret är sparat." in words(editor.post(at, {"gor": "svara", "text": "Därför."}, follow=True))
    assert "Kommentaren är löst." in words(police.post(at, {"gor": "los"}, follow=True))
    assert "Löst av police i dag" in words(police.get(f"{PAGE}?visa=losta"))
    assert "Skriv varför" in html(police.post(at, {"gor": "oppna", "text": ""}), 422)
    assert "öppen igen" in words(police.post(at, {"gor": "oppna", "text": "Nej."}, follow=True))


def test_who_presses_second_is_told_in_one_sentence(reviewed, cast, signed_in):
    said = write(reviewed, "Varför?", QUESTION, by=cast.police)
    comments.resolve(said, by=cast.police)
    editor = signed_in(cast.editor)
    told = words(editor.post(f"{PAGE}{said.uid}/", {"gor": "los"}, follow=True))
    assert "Kommentaren är redan löst, av police" in told
    told = html(editor.post(f"{PAGE}{said.uid}/", {"gor": "los", "text": "Min långa text"}), 409)
    assert "Kommentaren är redan löst, av police" in told
    assert "Min långa text" in told
    told = words(editor.post(f"{PAGE}{said.uid}/", {"gor": "svara", "text": "Min långa text"}, follow=True))
    assert "Svaret är sparat. Kommentaren löstes av police i dag" in told


def test_a_button_is_shown_only_to_who_may_press_it(reviewed, cast, signed_in):
    write(reviewed, "Rätta", MUST_FIX, by=cast.police)
    assert "Markera som löst" in words(signed_in(cast.police).get(PAGE))
    told = words(signed_in(cast.editor).get(PAGE))
    assert "Markera som löst" not in told
    assert "Svara" in told


def test_who_reads_the_plan_but_not_its_comments_is_told_who_does(reviewed, cast, signed_in):
    in_state(reviewed, PlanState.DECIDED)
    for person in ("registrar", "neighbour"):
        assert "Kommentarerna läses av" in html(signed_in(getattr(cast, person)).get(PAGE), 403)
    assert signed_in(cast.stranger).get(PAGE).status_code == 404


def test_the_city_reads_only_what_was_said_after_the_decision(empty_plan, cast, signed_in):
    plan = stages.reach(empty_plan, cast, "in_review")
    inner = write(plan, "Mellan parterna", COMMENT, by=cast.police)
    for stage in ("reviewed", "ready_for_decision", "decided", "submitted"):
        getattr(stages, f"_{stage}")(plan, cast)
    write(plan, "Till staden", COMMENT, by=cast.editor)
    city = signed_in(cast.city_preparation)
    assert listed(city.get(f"{PAGE}?visa=alla")) == ["Till staden"]
    assert city.get(f"{PAGE}{inner.uid}/").status_code == 404
    assert city.post(f"{PAGE}{inner.uid}/", {"gor": "svara", "text": "Hm"}).status_code == 404


def test_the_address_of_a_comment_leads_to_where_it_stands(reviewed, action, cast, signed_in):
    said = write(reviewed, "Hm", COMMENT, by=cast.police, row=action.uid)
    answer = signed_in(cast.editor).get(f"{PAGE}{said.uid}/", follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"#kommentar-{said.uid}")
    assert listed(answer) == ["Hm"]


def test_an_address_of_no_row_is_not_found(reviewed, cast, signed_in):
    editor = signed_in(cast.editor)
    assert editor.get(f"{PAGE}?rad=hej").status_code == 404
    assert editor.post(PAGE, sent("Hm", rad="hej")).status_code == 404
    said = write(reviewed, "Hm", COMMENT, by=cast.police)
    assert editor.post(f"{PAGE}{said.uid}/", {"gor": "annat"}).status_code == 404


def test_a_long_list_comes_in_pages(reviewed, cast, signed_in):
    for at in range(25):
        write(reviewed, f"Nummer {at}", COMMENT, by=cast.editor)
    editor = signed_in(cast.editor)
    assert listed(editor.get(PAGE))[0] == "Nummer 24"
    assert listed(editor.get(f"{PAGE}?sida=2")) == [f"Nummer {at}" for at in (4, 3, 2, 1, 0)]


def test_the_page_asks_as_much_of_the_database_however_much_is_said(
    reviewed, cast, signed_in, django_assert_max_num_queries
):
    editor = signed_in(cast.editor)
    rows = [*reviewed.actions.all()[:6], *reviewed.causes.all()[:3], reviewed.problems.first()]
    authors = [cast.police, cast.editor, cast.steering, cast.chair]
    counts = []
    for count in (2, 10):
        for at in range(count):
            kind = MUST_FIX if at % 2 else QUESTION
            said = write(reviewed, f"Nummer {at}", kind, by=authors[at % 4], row=rows[at].uid)
            comments.answer(said, "Ja", by=authors[(at + 1) % 4])
        with django_assert_max_num_queries(12) as captured:
            assert len(listed(editor.get(PAGE))) == (2 if count == 2 else 12)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- In the grid


def test_the_grid_says_how_many_comments_there_are_at_each_row(reviewed, action, cast, signed_in):
    for _ in range(2):
        write(reviewed, "Hm", COMMENT, by=cast.police, row=action.uid, field="goals")
    comments.resolve(write(reviewed, "Hm", COMMENT, by=cast.editor, row=action.problem.uid), by=cast.editor)
    for person in (cast.editor, cast.police):
        page = signed_in(person).get(PLAN)
        told = words(page)
        assert "2 öppna kommentarer om åtgärd 2, problem 1" in told
        assert "1 löst kommentar om problemområde 1" in told
        assert "Kommentarer (2 öppna)" in told
        assert html(page).count("comment-count") == 2


def test_the_grid_says_first_what_must_be_mended_at_a_row(reviewed, action, cast, signed_in):
    problem, other = action.problem, reviewed.actions.exclude(problem=action.problem).first()
    for row, kinds in ((action, [MUST_FIX]), (problem, [MUST_FIX, MUST_FIX, QUESTION]), (other, [COMMENT, QUESTION])):
        for kind in kinds:
            write(reviewed, "Hm", kind, by=cast.police, row=row.uid)
    editor = signed_in(cast.editor)
    told = words(editor.get(PLAN))
    assert "1 måste åtgärdas : kommentar om åtgärd 2, problem 1" in told
    assert "2 måste åtgärdas , 1 öppen kommentar om problemområde 1" in told
    assert "Kommentarer (6 öppna, varav 3 måste åtgärdas)" in told
    comments.resolve(Comment.objects.get(row=action.uid), by=cast.police)
    Comment.objects.exclude(kind=MUST_FIX).update(state="resolved")
    told = words(editor.get(PLAN))
    assert "1 löst kommentar om åtgärd 2, problem 1" in told
    assert "2 måste åtgärdas : kommentarer om problemområde 1" in told
    assert "Kommentarer (2 måste åtgärdas)" in told


def test_who_may_comment_finds_where_at_each_row(reviewed, action, cast, signed_in):
    at = f'href="{PAGE}?rad={action.uid}'
    editor, police, registrar = (signed_in(person) for person in (cast.editor, cast.police, cast.registrar))
    assert html(editor.get(PLAN)).count(at) == 1  # in the row's menu
    assert html(police.get(PLAN)).count(at) == 5  # the row, and each of its other cells
    in_state(reviewed, PlanState.READY_FOR_DECISION)
    assert PAGE not in html(registrar.get(PLAN))
    assert "Kommentera" not in words(signed_in(cast.working).get(PLAN))


def test_who_comments_without_writing_is_told_how_to_come_to_a_cell(reviewed, cast, signed_in):
    how = "Kommentera området Peka på en cell, eller gå till den med Tab, för att kommentera den."
    for person in (cast.police, cast.steering, cast.co_writer):
        assert how in words(signed_in(person).get(PLAN))
    assert "Peka på en cell" not in words(signed_in(cast.editor).get(PLAN))  # has the rows' menus
    reviewed.problems.filter(plan_area__position=1).delete()
    assert "Peka på en cell" not in words(signed_in(cast.police).get(PLAN))  # no cell to point at
    in_state(reviewed, PlanState.READY_FOR_DECISION)
    assert "Peka på en cell" not in words(signed_in(cast.working).get(f"{PLAN}omrade/2/"))


def test_the_grid_asks_the_database_once_for_all_comments(reviewed, cast, signed_in, django_assert_max_num_queries):
    police = signed_in(cast.police)
    police.get(PLAN)
    with django_assert_max_num_queries(100) as without:
        police.get(PLAN)
    for row in reviewed.actions.all()[:10]:
        write(reviewed, "Hm", COMMENT, by=cast.police, row=row.uid)
    with django_assert_max_num_queries(len(without)):
        police.get(PLAN)


def test_the_panel_gets_the_comments_without_the_page_around_them(reviewed, cast, signed_in):
    write(reviewed, "Hm", COMMENT, by=cast.police)
    answer = signed_in(cast.editor).get(PAGE, headers={"HX-Request": "true"})
    assert listed(answer) == ["Hm"]
    assert "<html" not in html(answer)
    assert "HX-Request" in answer["Vary"]
