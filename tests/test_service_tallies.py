"""Counts of what pages are cited for: by month, without questions, written now and then."""

import pytest

from ingest.errors import DataUnusable
from service.records import Answer, Citation
from service.tallies import NO_TOPIC, Tallies
from tests.fakes import CARD


def answer(cites=True):
    passage = CARD.blocks[0]
    quote = CARD.text[passage.start : passage.end]
    citation = Citation(CARD, passage.start, passage.end, quote, (), (), (), (), 1.0)
    cited = (citation, citation) if cites else ()
    return Answer("answered", 0.9, "en", cited, "notice", "generation")


def counts(tallies):
    return {(tally.kind, tally.name): tally.count for tally in tallies.all()}


def test_a_page_counts_once_an_answer_and_its_topics_count_as_asked(tmp_path):
    tallies = Tallies(tmp_path)
    tallies.count(answer(), ("health",))
    tallies.count(answer(), ("health",))
    assert counts(tallies) == {("cited", "en/card"): 2, ("asked", "health"): 2}
    assert counts(Tallies(tmp_path)) == counts(tallies)


def test_a_question_that_found_nothing_counts_for_the_topic_it_came_nearest_to(tmp_path):
    tallies = Tallies(tmp_path)
    tallies.count(answer(cites=False), ("health",))
    tallies.count(answer(cites=False), ())
    assert counts(tallies) == {
        ("asked", "health"): 1,
        ("not_found", "health"): 1,
        ("asked", NO_TOPIC): 1,
        ("not_found", NO_TOPIC): 1,
    }


def test_what_cannot_be_written_is_kept_for_later(tmp_path):
    (tmp_path / "tallies.sqlite").mkdir()
    tallies = Tallies(tmp_path)
    tallies.count(answer(), ())
    with pytest.raises(DataUnusable, match="cannot be used"):
        tallies.flush()
    (tmp_path / "tallies.sqlite").rmdir()
    assert counts(tallies)["cited", "en/card"] == 1
