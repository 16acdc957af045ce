"""A page read whole: every character once, in parts that stay small, marked where it was quoted."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Block
from tests.fakes import make_page
from ui.reading import PART_BYTES, paginate, parts_of, run_of, stretch

LONG = make_page("en/long", *[f"Heading {n}" if n % 2 == 0 else "word " * 900 for n in range(60)])


def test_a_long_page_comes_in_parts_that_add_up_to_it():
    parts = parts_of(LONG)
    runs = paginate(parts)
    assert len(runs) > 1
    assert [part for run in runs for part in run] == parts
    assert "".join(part.text for part in parts if part.tag == "p") == "word " * 900 * 30
    assert all(sum(part.size for part in run) <= PART_BYTES for run in runs)
    for part in parts:
        assert LONG.text[part.start : part.start + len(part.text)] == part.text


def test_the_part_that_holds_a_position_is_found():
    runs = paginate(parts_of(LONG))
    middle = runs[3][2].start
    assert run_of(runs, middle) == 3
    assert run_of(runs, 0) == 0
    assert run_of(runs, 10**9) == len(runs) - 1
    assert run_of([[]], 5) == 0


def test_what_was_quoted_is_marked_and_has_the_anchor_of_the_quotation():
    start = LONG.blocks[1].start + 7
    parts = parts_of(LONG, (start, start + 20))
    (marked,) = [part for part in parts if part.quoted]
    assert marked.anchor == start
    assert not marked.tag.startswith("h")


@given(st.text(max_size=12))
def test_an_address_that_makes_no_sense_marks_nothing(at):
    found = stretch(at)
    assert found is None or at == f"{at.split('-')[0]}-{at.split('-')[1]}"


def test_an_address_is_read():
    assert stretch("120-480") == (120, 480)
    assert stretch(None) is None
    assert stretch("1-" + "9" * 99) is None


def page_of_items(*items: str):
    page = make_page("en/steps", "How?", "\n".join(items))
    start, blocks = page.blocks[0].start, []
    for item in items:
        blocks.append(Block("item", start, start + len(item), 1, group=1))
        start += len(item) + 1
    return replace(page, blocks=tuple(blocks))


def test_steps_keep_their_number_and_no_mark_is_written_twice():
    items = ("1. Fill in the form.", "- Call. - Or write.", "12) Go there.", "It is free.")
    parts = parts_of(page_of_items(*items))[1:]
    assert [(p.holder, p.number, p.shown) for p in parts] == [
        ("ol", 1, "Fill in the form."),
        ("ul", None, "Call. - Or write."),
        ("ol", 12, "Go there."),
        ("ul", None, "It is free."),
    ]


def test_a_paragraph_that_begins_with_a_number_stays_whole():
    (_, part) = parts_of(make_page("en/x", "How?", "1. This is no list."))
    assert (part.holder, part.number, part.shown) == ("", None, "1. This is no list.")


def test_what_goes_on_from_a_long_step_is_no_step_of_its_own():
    parts = parts_of(page_of_items("1. " + "word " * 900))[1:]
    assert len(parts) > 1
    assert [part.holder for part in parts] == ["ol", *[""] * (len(parts) - 1)]
    assert "".join(part.text for part in parts) == "1. " + "word " * 900
