"""A plan that goes out as a workbook comes back as it was."""

from hypothesis import given, settings

from plans.workbook import without_empty_rows, workbook_bytes
from tests.plans.workbooks import read, straining_documents, uids, with_uids


def test_the_real_plan_comes_back_as_it_was(skarholmen):
    assert read(workbook_bytes(skarholmen)).document == skarholmen


def test_reading_our_own_workbook_leaves_nothing_to_wonder_about(skarholmen):
    """Not even at a misspelt area, as its tab carries the area's code."""
    assert skarholmen.areas[2].title != skarholmen.areas[2].canonical_title
    assert read(workbook_bytes(skarholmen)).notes == ()


@settings(max_examples=80)
@given(straining_documents())
def test_any_plan_comes_back_as_it_was_without_its_empty_rows(document):
    assert read(workbook_bytes(document)).document == without_empty_rows(document)


@settings(max_examples=40)
@given(straining_documents())
def test_every_row_keeps_its_identity(document):
    document = without_empty_rows(with_uids(document))

    assert uids(read(workbook_bytes(document)).document) == uids(document)
