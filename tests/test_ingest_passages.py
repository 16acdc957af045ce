"""Passages: slices of the page, bounded by headings, with what they need; twins kept once."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.passages import cut, fold, splitter_name
from ingest.readers.outline import PageBuilder
from ingest.readers.service_public import read
from ingest.records import BlockKind, Page, Passage, Place
from ingest.sentences import count_words, sentence_spans
from ingest.settings import PassageSettings
from ingest.sources.service_public import read_archive
from tests.test_ingest_sources_service_public import ARCHIVE, needs_archive

USUAL = PassageSettings()
SMALL = PassageSettings(min_words=4, max_words=12)


def finish(builder: PageBuilder, **fields: Any) -> Page:
    return builder.build(**{"key": "p", "title": "Page", "language": "en", "source": "s", **fields})


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * (count - 1) + ["end."]) if count else ""


def texts(page: Page, settings: PassageSettings = USUAL) -> list[str]:
    return [passage.text for passage in cut(page, settings)]


def context(passage: Passage) -> list[str]:
    return [slice_.text for slice_ in passage.context]


def test_a_page_with_two_headings_and_a_case():
    builder = PageBuilder()
    builder.add("paragraph", "Before.")
    builder.open_section("Cost")
    builder.add("paragraph", "It depends on your age:")
    builder.open_section("Under 16", kind="case")
    builder.add("paragraph", "Free.")
    builder.close_section()
    builder.open_section("Adult", kind="case")
    builder.add("paragraph", "Ten euros.")
    builder.close_section()
    builder.add("paragraph", "For all of them: bring a photo.")
    page = finish(builder)
    passages = cut(page, USUAL)
    assert [(p.text, p.section, p.cases, context(p)) for p in passages] == [
        ("Before.", (), (), []),
        ("It depends on your age:", ("Cost",), (), []),
        ("Free.", ("Cost", "Under 16"), ("Under 16",), ["It depends on your age:", "Under 16"]),
        ("Ten euros.", ("Cost", "Adult"), ("Adult",), ["It depends on your age:", "Adult"]),
        ("For all of them: bring a photo.", ("Cost",), (), []),
    ]
    assert {(p.page_key, p.page_digest, p.title, p.language) for p in passages} == {
        ("p", page.digest, "Page", "en")
    }


def test_nested_cases_are_named_from_the_outside_in():
    builder = PageBuilder()
    for heading in ("Abroad", "In writing"):
        builder.open_section(heading, kind="case")
    builder.add("paragraph", "Send it.")
    (passage,) = cut(finish(builder), USUAL)
    assert passage.cases == ("Abroad", "In writing")
    assert context(passage) == ["Abroad", "In writing"]


def test_blocks_are_gathered_to_halfway_between_the_bounds():
    builder = PageBuilder()
    for count in (50, 50, 25, 50, 50, 50):
        builder.add("paragraph", words(count))
    assert [len(text.split()) for text in texts(finish(builder))] == [125, 150]


def test_a_short_last_passage_joins_the_one_before_when_it_fits():
    builder = PageBuilder()
    for count in (120, 20):
        builder.add("paragraph", words(count))
    assert [len(text.split()) for text in texts(finish(builder))] == [140]
    builder.add("paragraph", words(195))
    assert [len(text.split()) for text in texts(finish(builder))] == [140, 195]


def test_a_long_block_is_cut_between_sentences_and_a_long_sentence_is_not():
    builder = PageBuilder()
    builder.add("paragraph", "One two three. Four five six seven. W" + words(14)[1:])
    assert texts(finish(builder), SMALL) == [
        "One two three. Four five six seven.",
        "W" + words(14)[1:],
    ]


def test_a_list_keeps_its_lead_in_or_gets_it_as_context():
    builder = PageBuilder()
    group = builder.new_group()
    builder.add("paragraph", "Come to the desk on Monday.")
    builder.add("paragraph", "Please bring:")
    for item in ("your old green card", "a proof of your home", "one photo of your face"):
        builder.add("item", item, group=group)
    passages = cut(finish(builder), PassageSettings(min_words=5, max_words=16))
    assert [(p.text, context(p)) for p in passages] == [
        ("Come to the desk on Monday.", []),
        ("Please bring:\n\nyour old green card", []),
        ("a proof of your home\none photo of your face", ["Please bring:"]),
    ]


def test_an_inner_item_gets_the_outer_one_as_context():
    builder = PageBuilder()
    group = builder.new_group()
    builder.add("item", "a proof of where you live:", group=group)
    for item in ("a bill of this very year", "or a letter from your host"):
        builder.add("item", item, group=group, level=1)
    builder.add("item", "and one photo of you too", group=group)
    passages = cut(finish(builder), PassageSettings(min_words=4, max_words=20))
    assert [(p.text.split("\n")[0], context(p)) for p in passages] == [
        ("a proof of where you live:", []),
        ("or a letter from your host", ["a proof of where you live:"]),
    ]


def table_page() -> Page:
    builder = PageBuilder()
    group = builder.new_group()
    builder.add("header", "Fees of the library", group=group)
    builder.add("header", "Town | Age | Fee", group=group)
    builder.add("row", "North | Adult | 10 €", group=group)
    builder.add("row", "Child | 0 €", group=group, level=1)
    builder.add("row", "Student with a card | 5 €", group=group, level=1)
    builder.add("header", "Summer fees", group=group)
    builder.add("row", "South | Adult | 8 €", group=group)
    builder.add("row", "Student of any school | 4 €", group=group, level=1)
    return finish(builder)


def test_rows_carry_their_headers_and_spanning_labels_as_context():
    passages = cut(table_page(), PassageSettings(min_words=10, max_words=19))
    assert [(p.text, context(p), p.kind) for p in passages] == [
        ("Fees of the library\nTown | Age | Fee\nNorth | Adult | 10 €", [], "row"),
        (
            "Child | 0 €\nStudent with a card | 5 €",
            ["Fees of the library", "Town | Age | Fee", "North"],
            "row",
        ),
        (
            "Summer fees\nSouth | Adult | 8 €\nStudent of any school | 4 €",
            ["Fees of the library", "Town | Age | Fee"],
            "row",
        ),
    ]


def test_a_row_under_two_labels_gets_both_and_the_last_header():
    builder = PageBuilder()
    group = builder.new_group()
    builder.add("header", "Fees", group=group)
    builder.add("row", "East | Child | 1", group=group)
    builder.add("header", "Summer", group=group)
    builder.add("row", "North | Adult | 10", group=group)
    builder.add("row", "Child | 2", group=group, level=1)
    builder.add("row", "3 with a card", group=group, level=2)
    last = cut(finish(builder), PassageSettings(min_words=1, max_words=4))[-1]
    assert last.text == "3 with a card"
    assert context(last) == ["Fees", "Summer", "North", "Child"]


def test_a_warning_is_alone_and_context_of_nothing():
    builder = PageBuilder()
    builder.open_section("Members", kind="case")
    builder.add("warning", "From May, the rule will be:")
    builder.add("warning", "two books.")
    builder.add("paragraph", "One book.")
    passages = cut(finish(builder), USUAL)
    assert [(p.kind, p.text, context(p)) for p in passages] == [
        ("warning", "From May, the rule will be:\n\ntwo books.", ["Members"]),
        ("paragraph", "One book.", ["Members"]),
    ]


def test_furniture_is_in_no_passage_and_parts_what_stands_around_it():
    builder = PageBuilder()
    builder.add("paragraph", "One.")
    builder.add("furniture", "Read more")
    builder.add("paragraph", "Two.")
    assert texts(finish(builder)) == ["One.", "Two."]


def test_a_heading_without_words_parts_what_stands_around_it():
    builder = PageBuilder()
    builder.add("paragraph", "One.")
    builder.open_section("Empty")
    builder.close_section()
    builder.add("paragraph", "Two.")
    assert texts(finish(builder)) == ["One.", "Two."]


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        (["note", "note"], "note"),
        (["contact"], "contact"),
        (["header", "row"], "row"),
        (["item"], "paragraph"),
        (["contact", "paragraph"], "paragraph"),
    ],
)
def test_the_kind_of_a_passage(kinds: list[Any], kind: str):
    builder = PageBuilder()
    for each in kinds:
        builder.add(each, "Some words.")
    assert [p.kind for p in cut(finish(builder), USUAL)] == [kind]


def test_context_is_limited_and_the_cases_come_first():
    builder = PageBuilder()
    builder.add("paragraph", words(40) + " then:")
    builder.open_section(words(30), kind="case")
    builder.add("paragraph", "Ten euros.")
    last = cut(finish(builder), USUAL)[-1]
    assert context(last) == [words(30)]


def test_ids_change_with_the_settings_and_the_page_only():
    builder = PageBuilder()
    builder.add("paragraph", "One.")
    page, twin, other = finish(builder), finish(builder, url="u"), finish(builder, key="q")
    one = cut(page, USUAL)[0].id
    assert cut(twin, USUAL)[0].id == one
    assert cut(other, USUAL)[0].id != one
    assert cut(page, SMALL)[0].id != one


@pytest.mark.parametrize(
    "sentence", ["你可以在网上申请居留证，也可以去警察局办理。", "どこで申請できますか？"]
)
def test_a_long_text_without_spaces_is_cut_between_its_sentences(sentence):
    builder = PageBuilder()
    builder.add("paragraph", sentence * 250)
    found = texts(finish(builder, language="zh"))
    assert len(found) > 5
    assert "".join(found) == sentence * 250
    assert all(text.endswith(sentence) for text in found)
    assert all(count_words(text) <= USUAL.max_words for text in found)


def test_splitter_name():
    assert splitter_name(USUAL) == "2:60-200"


def page_saying(key: str, text: str, **fields: Any) -> Page:
    builder = PageBuilder()
    builder.open_section(f"Under {key}")
    builder.add("paragraph", text)
    return finish(builder, key=key, **fields)


def folded(*pages: Page) -> list[tuple[str, tuple[str, ...]]]:
    found = fold([passage for page in pages for passage in cut(page, USUAL)])
    return [(p.page_key, tuple(place.page_key for place in p.also_on)) for p in found]


def test_twins_are_kept_once_with_their_places():
    said, again = "Ask at the  desk of the library.", "ASK at the desk of\u00a0the library."
    pages = [page_saying("a", said), page_saying("b", again), page_saying("c", again)]
    found = fold([passage for page in pages for passage in cut(page, USUAL)])
    assert [(p.page_key, p.text) for p in found] == [("a", said)]
    assert found[0].also_on == (
        Place("b", ("Under b",), 9, 40),
        Place("c", ("Under c",), 9, 40),
    )
    assert fold(found) == found


def test_what_is_short_or_in_another_language_is_no_twin():
    long = "Ask at the desk today."
    assert folded(page_saying("a", "It is free."), page_saying("b", "It is free.")) == [
        ("a", ()),
        ("b", ()),
    ]
    assert folded(page_saying("a", long), page_saying("b", long, language="fr")) == [
        ("a", ()),
        ("b", ()),
    ]


def test_folding_what_was_folded_keeps_every_place():
    pages = [page_saying(key, "Ask at the desk today.") for key in "abcd"]
    halves = [
        fold([p for page in half for p in cut(page, USUAL)]) for half in (pages[:2], pages[2:])
    ]
    (found,) = fold([*halves[0], *halves[1]])
    assert [place.page_key for place in found.also_on] == ["b", "c", "d"]


KINDS: list[BlockKind] = [
    "paragraph",
    "item",
    "header",
    "row",
    "note",
    "warning",
    "contact",
    "furniture",
]
STEPS = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(["Cost", "At home", ""]), st.booleans()),
    st.tuples(st.just("close")),
    st.tuples(
        st.just("add"),
        st.sampled_from(KINDS),
        st.lists(st.sampled_from(["a", "b.", "c:", "d | e", "Fee.\n", "\u00a0€"]), max_size=30),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    builder = PageBuilder()
    builder.add("paragraph", "First words.")
    for step in draw(st.lists(STEPS, max_size=25)):
        match step:
            case ("open", heading, is_case):
                builder.open_section(heading, kind="case" if is_case else "heading")
            case ("close",):
                builder.close_section()
            case (_, kind, parts, group, level):
                builder.add(kind, " ".join(parts), group=group, level=level)
    return finish(builder)


# A busy machine is no reason to fail.
unhurried = settings(deadline=None)
BOUNDS = st.sampled_from([SMALL, USUAL, PassageSettings(min_words=1, max_words=1)])


@unhurried
@given(pages(), BOUNDS)
def test_passages_are_slices_and_their_contexts_stand_before_them(
    page: Page, bounds: PassageSettings
):
    for passage in cut(page, bounds):
        check_slices(page, passage)


def check_slices(page: Page, passage: Passage) -> None:
    assert page.text[passage.start : passage.end] == passage.text
    assert passage.text == passage.text.strip() != ""
    slices = [(c.start, c.end) for c in passage.context]
    assert all(page.text[c.start : c.end] == c.text != "" for c in passage.context)
    assert all(a[1] <= b[0] for a, b in pairwise([*slices, (passage.start, passage.end)]))
    assert sum(len(c.text.split()) for c in passage.context) <= 60


@unhurried
@given(pages(), BOUNDS)
def test_every_block_but_furniture_is_covered_once(page: Page, bounds: PassageSettings):
    passages = cut(page, bounds)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    covered = [False] * len(page.text)
    for passage in passages:
        covered[passage.start : passage.end] = [True] * (passage.end - passage.start)
    for block in page.blocks:
        held = {covered[i] for i in range(block.start, block.end) if not page.text[i].isspace()}
        assert held == {block.kind != "furniture"}
        text = page.text[block.start : block.end]
        if block.kind != "furniture" and len(text.split()) <= bounds.max_words:
            holding = [p for p in passages if p.start <= block.start and block.end <= p.end]
            assert len(holding) == 1


@unhurried
@given(pages(), BOUNDS)
def test_a_passage_holds_no_heading_and_stays_in_one_section(page: Page, bounds: PassageSettings):
    for passage in cut(page, bounds):
        inside = {
            block.section
            for block in page.blocks
            if block.start < passage.end and passage.start < block.end
        }
        assert len(inside) == 1
        assert passage.section == page.sections[inside.pop()].path
        assert not any(
            s.heading_start < passage.end and passage.start < s.heading_end
            for s in page.sections
            if s.heading_start < s.heading_end
        )


@unhurried
@given(pages(), BOUNDS)
def test_cutting_is_repeatable_and_ids_are_unique(page: Page, bounds: PassageSettings):
    passages = cut(page, bounds)
    assert cut(page, bounds) == passages
    assert len({passage.id for passage in passages}) == len(passages)


@unhurried
@given(pages(), BOUNDS)
def test_a_passage_is_too_long_only_when_one_sentence_is(page: Page, bounds: PassageSettings):
    for passage in cut(page, bounds):
        assert len(passage.text.split()) <= bounds.max_words or is_one_sentence(passage.text)


def is_one_sentence(text: str) -> bool:
    return len(sentence_spans(text)) == 1


@unhurried
@given(st.lists(pages(), max_size=4))
def test_folding_loses_no_place(found: list[Page]):
    passages = [
        passage
        for number, page in enumerate(found)
        for passage in cut(Page(**{**vars_of(page), "key": f"p{number}"}), USUAL)
    ]
    kept = fold(passages)
    places = [(p.page_key, p.start) for p in kept]
    places += [(place.page_key, place.start) for p in kept for place in p.also_on]
    assert sorted(places) == sorted((p.page_key, p.start) for p in passages)


def vars_of(page: Page) -> dict[str, Any]:
    return {name: getattr(page, name) for name in Page.__dataclass_fields__}


@pytest.mark.shared
@needs_archive
def test_every_passage_of_the_national_archive_is_a_slice_with_context():
    longest = 0
    seen = set[str]()
    for raw in read_archive(ARCHIVE, source="s", failures={}):
        page = read(raw)
        for passage in cut(page, USUAL):
            check_slices(page, passage)
            longest = max(
                longest, 0 if is_one_sentence(passage.text) else len(passage.text.split())
            )
            assert passage.id not in seen
            seen.add(passage.id)
    assert longest <= USUAL.max_words
    assert len(seen) > 40_000
