"""Two editions of a plan as one marked-up text."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import markup
from plans.comparison import adopt, flatten
from plans.document import Action, AreaSection, Cause, OperationalGoal, PlanDocument, Problem, Timing
from plans.markup import ADDED, CHANGED, LEFT, REMOVED, SAME, marked_up, plain
from plans.open_format import without_identities
from plans.outline import Outline
from tests.plans.strategies import documents

EMPTY = PlanDocument(title="Åtgärdsplan 2025", year=2025, district="Skärholmen")


def action(order, text, uid=None, **values):
    return Action(uid=uid or text, order=order, text=text, **values)


def cause(text, *actions, uid=None):
    return Cause(uid=uid or text, text=text, actions=actions)


def problem(title, *causes, uid=None):
    return Problem(uid=uid or title, title=title, causes=causes)


def area(title, *problems, number=1):
    values = {"code": "", "title": title, "canonical_title": title, "sheet": f"{number}. {title}"}
    return AreaSection(uid=title, number=number, problems=problems, **values)


def document(*areas):
    return replace(EMPTY, areas=areas)


def one_cause(*actions):
    return document(area("Unga", problem("Droghandel", cause("Mörkt", *actions))))


def row_of(marked, uid, *, left=False):
    """The row as it stands in the new edition, or in the old one if it has left its place."""
    [found] = [row for row in marked.rows() if row.uid == uid and (row.mark == LEFT) == left]
    return found


# --- Nothing lost


def in_one_edition(rows, moved, *, new):
    """The rows of one edition, read out of the marked-up text: as (uid, words by field, rows under)."""
    foreign = REMOVED if new else ADDED
    kept = []
    for row in rows:
        if row.mark == foreign or (row.moved and (row.mark == LEFT) == new):
            continue
        row = moved.get(row.uid, row)
        words = {
            text.name: "".join(said for kind, said in text.pieces if kind != ("removed" if new else "added"))
            for text in row.texts
        }
        kept.append((row.uid, without_spaces(words), in_one_edition(row.children, moved, new=new)))
    return kept


def without_spaces(words):
    """What there is to read, but for how many spaces there are, which is not marked."""
    bare = {name: re.sub(r"[^\S\n]+", "", text) for name, text in words.items()}
    return {name: text for name, text in bare.items() if text}


def as_read(document):
    """The document in the same shape."""
    rows, say = flatten(document).by_uid, plain(Outline(document))

    def under(parent):
        return [
            (uid, without_spaces({name: say(row.kind, name, value) for name, value in row.values.items()
                                  if name != "code"}), under(uid))
            for uid, row in rows.items() if row.parent == parent
        ]  # fmt: skip

    return under(None)


@st.composite
def editions(draw):
    """A plan and what became of it: some rows as they were, some moved, some new, some gone."""
    old, other = draw(documents()), draw(documents())
    old = adopt(EMPTY, old)
    if draw(st.booleans()):
        return old, adopt(old, other)
    sections = draw(st.permutations(old.areas))
    kept = [replace(section, problems=tuple(draw(st.permutations(section.problems)))) for section in sections]
    moved = [one for section in kept for one in section.problems if draw(st.booleans())]
    gone = {one.uid for one in moved}
    left = [replace(section, problems=tuple(one for one in section.problems if one.uid not in gone))
            for section in kept]  # fmt: skip
    at = draw(st.integers(0, len(left) - 1))
    left[at] = replace(left[at], problems=(*left[at].problems, *moved[1:]))
    return old, replace(old, areas=tuple(left))


@given(editions())
def test_without_its_additions_it_is_the_old_plan_and_without_its_deletions_the_new_one(both):
    old, new = both
    marked = marked_up(old, new)
    moved = {row.uid: row for row in marked.rows() if row.moved and row.mark != LEFT}
    assert in_one_edition(marked.areas, moved, new=False) == as_read(old)
    assert in_one_edition(marked.areas, moved, new=True) == as_read(new)


@given(documents())
def test_a_plan_does_not_differ_from_itself(plan):
    plan = adopt(EMPTY, plan)
    marked = marked_up(plan, plan)
    assert not marked.differs
    assert marked.summary == []
    assert {row.mark for row in marked.rows()} == {SAME}


@given(editions())
def test_it_says_that_nothing_differs_only_when_nothing_does(both):
    old, new = both
    assert marked_up(old, new).differs == (flat(old) != flat(new))


def flat(document):
    """All that the parties write, with its order; identities of goals, times and responsible functions apart."""
    rows = flatten(document)
    told = {
        uid: (row.parent, {name: bare(value) for name, value in row.values.items()})
        for uid, row in rows.by_uid.items()
    }  # fmt: skip
    return told, {place: uids for place, uids in rows.siblings.items() if uids}


def bare(value):
    if isinstance(value, list):
        return [{key: said for key, said in item.items() if key != "uid"} if isinstance(item, dict) else item
                for item in value]  # fmt: skip
    return value


# --- What it says of a row


def test_a_changed_text_is_marked_word_by_word_and_the_rest_is_told_as_unchanged():
    old = one_cause(action(1, "Nattvandra", uid="a", goals="Minst fyra gånger om året", when="Hösten"))
    new = one_cause(action(1, "Nattvandra", uid="a", goals="Minst sex gånger om året", when="Hösten"))
    row = row_of(marked_up(old, new), "a")
    assert row.mark == CHANGED
    assert row.marks == ["Ändrad"]
    [goals] = row.changed
    assert goals.label == "Operativa mål"
    assert goals.pieces == [("same", "Minst"), ("removed", " fyra"), ("added", " sex"), ("same", " gånger om året")]
    assert [text.label for text in row.unchanged] == ["När"]
    assert row.main.pieces == [("same", "Nattvandra")]


def test_added_and_removed_rows_are_marked_whole_with_what_is_under_them():
    old = document(area("Unga", problem("Droghandel", cause("Mörkt", action(1, "Byt lampor")))))
    new = document(area("Unga", problem("Klotter", cause("Få vuxna", action(1, "Nattvandra", who="Fältassistenter")))))
    marked = marked_up(old, new)
    gone, added = marked.areas[0].children
    assert (gone.heading, added.heading) == ("Borttaget problemområde", "Nytt problemområde")
    assert [row_of(marked, uid).heading for uid in ("Mörkt", "Byt lampor", "Få vuxna", "Nattvandra")] == [
        "Borttagen orsak", "Borttagen åtgärd", "Ny orsak", "Ny åtgärd",
    ]  # fmt: skip
    row = row_of(marked, "Nattvandra")
    assert row.stands == "nu åtgärd 1"
    assert row_of(marked, "Byt lampor").stands == "förut åtgärd 1"
    assert row.changed[0].pieces == [("added", "Fältassistenter")]


def test_a_row_that_got_another_home_says_from_where_and_leaves_word_where_it_stood():
    old = document(area("Unga", problem("Droghandel", cause("Mörkt", action(1, "Nattvandra")), cause("Få vuxna"))))
    new = document(area("Unga", problem("Droghandel", cause("Mörkt"), cause("Få vuxna", action(1, "Nattvandra")))))
    marked = marked_up(old, new)
    assert row_of(marked, "Nattvandra").moved == "Flyttad från orsak 1 «Mörkt»"
    assert row_of(marked, "Nattvandra", left=True).moved == "Flyttad till orsak 2 «Få vuxna»"
    assert row_of(marked, "Nattvandra").mark == SAME


def test_a_row_that_got_another_area_says_so_and_takes_what_is_under_it_along():
    moving = problem("Droghandel", cause("Mörkt", action(1, "Byt lampor")))
    marked = marked_up(
        document(area("Unga", moving), area("Platser", number=2)),
        document(area("Unga"), area("Platser", moving, number=2)),
    )
    assert row_of(marked, "Droghandel").moved == "Flyttat från området «Unga»"
    assert not row_of(marked, "Byt lampor").is_touched
    assert marked.summary == ["1 problemområde flyttat"]


def test_a_row_among_its_siblings_says_its_old_number():
    old = one_cause(*(action(at, text) for at, text in enumerate("abcd", 1)))
    new = one_cause(*(action(at, text) for at, text in enumerate("dabc", 1)))
    marked = marked_up(old, new)
    assert row_of(marked, "d").moved == "Flyttad från plats 4"
    assert [row.uid for row in marked.rows() if row.moved and row.mark != LEFT] == ["d"]


def test_another_order_between_the_causes_actions_is_said_of_the_problem():
    def plan(first, second, third):
        lit = cause("Mörkt", action(first, "Byt lampor"), action(third, "Beskär buskar"))
        return document(area("Unga", problem("Droghandel", lit, cause("Få vuxna", action(second, "Nattvandra")))))

    marked = marked_up(plan(1, 2, 3), plan(1, 3, 2))
    assert row_of(marked, "Droghandel").note == "Åtgärderna står i en annan ordning i tabellen."
    assert marked.differs


def test_an_action_that_answers_a_renumbered_cause_has_not_changed():
    answers = action(1, "Nattvandra", also_causes=(2,))
    old = document(area("Unga", problem("Droghandel", cause("Mörkt", answers), cause("Få vuxna"))))
    answers = replace(answers, also_causes=(3,))
    new = document(area("Unga", problem("Droghandel", cause("Mörkt", answers), cause("Ny"), cause("Få vuxna"))))
    assert row_of(marked_up(old, new), "Nattvandra").mark == SAME


def test_goals_and_times_one_by_one_are_compared_by_what_they_say():
    goal = OperationalGoal(uid="1", text="Färre anmälda brott", target="10")
    old = one_cause(action(1, "Nattvandra", operational_goals=(goal,), timings=(Timing(uid="2", label="Start"),)))
    again = (replace(goal, uid="3", target="12"),)
    new = one_cause(action(1, "Nattvandra", operational_goals=again, timings=(Timing(uid="4", label="Start"),)))
    row = row_of(marked_up(old, new), "Nattvandra")
    assert [text.label for text in row.changed] == ["Mål ett och ett"]
    assert ("removed", " 10") in row.changed[0].pieces
    assert [text.label for text in row.unchanged] == ["Tider"]


def test_a_difference_of_spaces_alone_is_told_and_not_left_out():
    marked = marked_up(one_cause(action(1, "Byt  lampor", uid="a")), one_cause(action(1, "Byt lampor", uid="a")))
    assert row_of(marked, "a").main.only_spaces
    assert marked.differs


def test_a_text_that_was_empty_is_added_and_one_that_is_emptied_is_removed():
    old = one_cause(action(1, "Nattvandra", when="Hösten"))
    new = one_cause(action(1, "Nattvandra", who="Fältassistenter"))
    pieces = {text.label: text.pieces for text in row_of(marked_up(old, new), "Nattvandra").changed}
    assert pieces == {"När": [("removed", "Hösten")], "Vem": [("added", "Fältassistenter")]}


# --- What it says of the whole


def test_the_summary_counts_each_kind_that_differs():
    old = one_cause(*(action(at, f"Åtgärd {at}", uid=str(at)) for at in range(1, 6)))
    changed = [action(at, f"Insats {at}", uid=str(at)) for at in range(1, 5)]
    new = one_cause(*changed, action(5, "Ny"))
    assert marked_up(old, new).summary == ["4 åtgärder ändrade, 1 tillagd, 1 borttagen"]


def test_rows_without_differences_are_told_by_their_number():
    old = one_cause(*(action(at, f"Åtgärd {at}") for at in range(1, 6)))
    new = one_cause(*(action(at, f"Åtgärd {at}") for at in (1, 2, 3)), action(4, "Ny"), action(5, "Åtgärd 5"))
    items = row_of(marked_up(old, new), "Mörkt").folded
    told = [item.tells if item.is_fold else item.heading for item in items]
    assert told == ["3 åtgärder oförändrade", "Borttagen åtgärd", "Ny åtgärd", "1 åtgärd oförändrad"]


@pytest.mark.parametrize(
    ("kind", "count", "told"),
    [
        ("problem", 1, "1 problemområde borttaget"),
        ("cause", 1, "1 orsak borttagen"),
        ("area", 2, "2 områden borttagna"),
    ],
)
def test_numbers_and_words_agree(kind, count, told):
    assert f"{markup.counted(kind, count)} {markup.participle(kind, REMOVED, count)}" == told


def test_an_edition_without_identities_is_recognised_row_by_row(skarholmen):
    old = adopt(EMPTY, skarholmen)
    assert not marked_up(old, without_identities(skarholmen)).differs
    assert not marked_up(without_identities(skarholmen), without_identities(skarholmen)).differs
