"""Which passages an answer quotes, and which parts of a question it says it leaves open."""

from dataclasses import replace

import pytest

from index.records import Hit
from index.search import Searcher
from ingest.passages import cut
from ingest.settings import PassageSettings
from service.choosing import choose
from service.parts import MOST
from service.records import Question
from tests.fakes import CARD, RENT
from ui.strings import available, strings

FIRST, SECOND = cut(CARD, PassageSettings())
(OTHER,) = cut(RENT, PassageSettings())
FOUR = (
    "What is a carte Vitale?",
    "How do I ask for a protection order?",
    "What is legal aid?",
    "What is a mutuelle?",
)


def hit(passage, asked: float, *, led_to: bool) -> Hit:
    return Hit(passage, 1.0, parts={"asked": asked}, led_to=led_to)


def test_what_lines_speak_against_is_left_out_and_no_line_speaks_against_nothing():
    best, weak = hit(FIRST, 0.6, led_to=True), hit(SECOND, 0.01, led_to=True)
    without = hit(OTHER, 0.01, led_to=False)
    assert choose([best, weak, without], 3) == (best, without)
    # A section without a line, on a page whose other sections have some, is not what people ask.
    assert choose([best, hit(SECOND, 0.01, led_to=False), without], 3) == (best, without)
    assert choose([weak, best], 3) == (weak, best)


def test_every_part_that_is_answered_is_quoted_or_named(engine):
    answer = engine.answerer.answer(Question(" ".join(FOUR), limit=4))
    assert (answer.outcome, answer.not_found_parts) == ("answered", ())
    keys = {citation.page.key for citation in answer.citations}
    assert keys == {"en/carte-vitale", "en/protection-order", "en/legal-aid", "en/mutuelle"}
    fewer = engine.answerer.answer(Question(" ".join(FOUR), limit=3))
    assert (fewer.outcome, fewer.not_found_parts) == ("partial", FOUR[3:])
    assert len(fewer.citations) == 3
    assert len({citation.page.key for citation in fewer.citations}) == 3


@pytest.mark.parametrize("marks", ["🙃", "🤕🤕 🏥?", "?!", "…", "06 12 34 56 78"])
def test_marks_without_a_word_are_refused_with_people_who_can_help(engine, marks):
    answer = engine.answerer.answer(Question(marks, language="tr"))
    assert (answer.outcome, answer.confidence, answer.citations) == ("out_of_scope", 0.0, ())
    assert answer.support


def test_a_part_that_is_one_too_many_to_look_at_is_named(engine):
    last = "Who pays the emergency accommodation?"
    answer = engine.answerer.answer(Question(" ".join([*FOUR, last]), limit=10))
    assert len(FOUR) == MOST
    assert (answer.outcome, answer.not_found_parts) == ("partial", (last,))


def test_of_two_pages_in_one_language_with_one_original_the_better_hits_is_quoted(engine):
    found = engine.answerer.find(Question("What is a carte Vitale?"))
    best = found.hits[0]
    other = next(h for h in found.hits if h.passage.page_key == "en/mutuelle")
    answerer = replace(engine.answerer, searcher=_Twins())
    kept = answerer._one_language_a_page([best, other], ["en"])
    assert kept == [best]


class _Twins:
    """Says of every page that it is a translation of the same one."""

    def original(self, key):
        return "fr/one"


def test_the_settings_say_how_many_quotations_where_the_question_does_not(engine):
    question = Question("What is a carte Vitale?")
    few = engine.settings.model_copy(
        update={"answers": engine.settings.answers.model_copy(update={"limit": 1})}
    )
    answerer = replace(engine.answerer, settings=few)
    assert len(engine.answerer.answer(question).citations) > 1
    assert len(answerer.answer(question).citations) == 1
    assert len(answerer.answer(replace(question, limit=2)).citations) == 2


@pytest.mark.parametrize("name", ["example_1", "example_3"])
@pytest.mark.parametrize("language", available())
def test_what_the_first_page_offers_to_ask_is_answered(engine, language, name):
    answer = engine.answerer.answer(Question(strings(language)[name], language=language))
    topic = {"example_1": "carte-vitale", "example_3": "mutuelle"}[name]
    assert answer.citations[0].page.key.endswith(topic)


@pytest.mark.parametrize(
    "asked",
    [
        "my husband beats me. How do I get a carte Vitale?",
        "Mon mari me frappe, comment obtenir une carte Vitale ?",
        "Муж меня бьёт. Как получить carte Vitale?",
        "my husband beats me. How do I get a carte Vitale? And how do I get a mutuelle?",
    ],
)
def test_danger_hides_no_question_beside_it(engine, asked):
    answer = engine.answerer.answer(Question(asked))
    assert (answer.urgent.kind, answer.outcome) == ("violence", "answered")
    assert any(citation.page.key.endswith("carte-vitale") for citation in answer.citations)


def test_passages_are_found_by_the_query_and_trusted_by_the_question(engine):
    question = Question("¿Dónde duermo esta noche?")
    by_query = engine.answerer.find(question)
    search = engine.settings.search.model_copy(update={"queries": False})
    searcher = Searcher(engine.answerer.searcher._opened, search)
    by_question = replace(engine.answerer, searcher=searcher).find(question)
    near = {hit.passage.id: hit.dense for hit in by_question.hits}
    both = [hit for hit in by_query.hits if hit.passage.id in near]
    assert len(both) > 10
    assert all(near[hit.passage.id] == hit.dense for hit in both)
    assert [hit.score for hit in by_query.hits] != [hit.score for hit in by_question.hits]
