"""The fishbone: every cause gets a place of its own, whatever it says and however deep it lies."""

from hypothesis import given
from hypothesis import strategies as st

from agreements.analyses import fishbone
from agreements.analyses.fishbone import LABEL_WIDTH, Twig, draw, shortened, wrapped

SIDES = ("Gärningspersonen", "Den som utsätts", "Platsen och kontrollen")
texts = st.text(min_size=1, max_size=300) | st.sampled_from(
    ["Mörkt", "Ingen rör sig på torget efter klockan arton. " * 8]
)


def twigs(depth):
    deeper = st.just(()) if depth == 0 else st.lists(st.deferred(lambda: twigs(depth - 1)), max_size=2).map(tuple)
    return st.builds(
        Twig, number=st.integers(1, 99), text=texts, told=st.sampled_from(["", "Vald att åtgärda"]), deeper=deeper
    )


fishbones = st.builds(
    lambda problem, sides: draw(problem, list(zip(SIDES, sides, strict=True))),
    texts,
    st.lists(st.lists(twigs(2), max_size=4), min_size=3, max_size=3),
)


@given(fishbones)
def test_no_label_lies_over_another(bone):
    labels = bone.labels
    for at, label in enumerate(labels):
        assert not [other for other in labels[at + 1 :] if label.overlaps(other)]


@given(fishbones)
def test_everything_is_within_the_drawing(bone):
    for label in bone.labels:
        assert label.x >= 0 and label.x + label.width <= bone.head.x
        assert label.y >= 0 and label.y + label.height <= bone.height
        for line in label.lines:
            assert label.x <= line.x and label.y < line.y <= label.y + label.height
    head = bone.head
    assert head.y >= 0 and head.y + head.height <= bone.height and head.x + head.width <= bone.width


@given(fishbones)
def test_no_label_lies_over_the_spine_or_a_title(bone):
    for label in bone.labels:
        assert label.y + label.height <= bone.spine.y1 or label.y >= bone.spine.y1
        for other in bone.bones:
            width = int(fishbone.width_of(other.title.words, 15))
            beside = label.x >= other.title.x or label.x + label.width <= other.title.x - width
            assert beside or label.y >= other.title.y or label.y + label.height <= other.title.y - fishbone.FONT


@given(texts, st.integers(40, LABEL_WIDTH))
def test_wrapped_lines_hold_every_word_and_are_no_wider_than_asked(text, width):
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(fishbone.width_of(line) <= width for line in lines if len(line) > 1)


def test_a_long_cause_is_cut_at_a_word_and_says_so():
    assert shortened("ett två tre", 8) == "ett två …"
    assert shortened("ett\n två", 8) == "ett två"


def test_a_cause_behind_another_hangs_under_its_twig():
    bone = draw("Otrygghet", [(SIDES[0], [Twig(number=1, text="Mörkt", deeper=(Twig(number=2, text="Trasigt"),))]),
                              (SIDES[1], []), (SIDES[2], [])])  # fmt: skip
    above, deeper = bone.labels
    assert deeper.joint.y1 == above.twig.y1 and deeper.joint.y2 == deeper.twig.y1
    assert above.twig.x1 <= deeper.joint.x1 <= above.twig.x2 and deeper.x > above.x
    assert [side.nothing and side.nothing.words for side in bone.bones] == [None, "Ingen orsak än", "Ingen orsak än"]
