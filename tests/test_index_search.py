"""Search: both legs bring candidates, languages are gated, ties are always broken alike."""

from dataclasses import replace

import numpy as np
import pytest

from index import generation
from index.adapter import Adapter
from index.publish import publish
from index.search import Searcher
from ingest.errors import PageUnknown
from ingest.settings import SearchSettings, Settings
from tests.fakes import CARD, CARTE, RENT, FakeEncoder

ENCODER = FakeEncoder()


@pytest.fixture
def searcher(tmp_path):
    publish(tmp_path, [CARD, CARTE, RENT], ENCODER, Settings(data=tmp_path))
    return Searcher(generation.open_live(tmp_path, FakeEncoder()), SearchSettings())


def find(searcher, question, language="en", **more):
    vector = ENCODER.encode_questions([question])[0]
    return searcher.search(question, vector, language, **more)


def test_the_passage_that_answers_comes_first(searcher):
    best = find(searcher, "what does the health card cost")[0]
    assert best.passage.text == "The health card is free for everyone who is insured."
    assert best.lexical is not None
    assert set(best.parts) == {"body", "lexical", "share"}


def test_words_reach_only_passages_of_their_own_language(searcher):
    hits = find(searcher, "carte photo", "en")
    assert {h.passage.language for h in hits if h.lexical} == {"en"}


def test_bridged_words_reach_the_other_language(searcher):
    hits = find(searcher, "zzz", "uk", bridged=[("carte santé", "carte")])
    assert [h.passage.page_key for h in hits if h.lexical] == ["fr/carte"]


def test_the_same_question_gives_the_same_order_twice(searcher):
    assert find(searcher, "deposit") == find(searcher, "deposit")


def test_the_limit_is_kept(searcher):
    assert len(find(searcher, "the", limit=2)) == 2


def test_an_empty_generation_finds_nothing(tmp_path):
    publish(tmp_path, [], ENCODER, Settings(data=tmp_path))
    empty = Searcher(generation.open_live(tmp_path, FakeEncoder()), SearchSettings())
    assert find(empty, "anything") == []
    assert empty.keys() == set()


def test_a_page_is_found_by_its_key(searcher):
    assert searcher.page("en/rent") == RENT
    assert searcher.keys() == {"en/card", "fr/carte", "en/rent"}
    with pytest.raises(PageUnknown, match="no page 'nope'"):
        searcher.page("nope")


def test_a_score_is_the_weighted_sum_of_its_legs(searcher):
    for hit in find(searcher, "what does the health card cost"):
        words = hit.parts["lexical"]
        weighted = hit.parts["body"] + SearchSettings().lexical_weight * words / (words + 10)
        assert hit.score == pytest.approx(weighted, abs=1e-3)


def test_an_adapter_turns_the_search_and_leaves_the_evidence_as_it_was(tmp_path):
    publish(tmp_path, [CARD, CARTE, RENT], ENCODER, Settings(data=tmp_path))
    opened = generation.open_live(tmp_path, FakeEncoder())
    plain = find(Searcher(opened, SearchSettings()), "what does the health card cost")
    backwards = replace(opened, adapter=Adapter(-np.eye(64, dtype=np.float32)))
    turned = find(Searcher(backwards, SearchSettings()), "what does the health card cost")
    by_id = {hit.passage.id: hit for hit in turned}
    for hit in plain:
        assert by_id[hit.passage.id].parts["body"] == pytest.approx(-hit.parts["body"], abs=1e-3)
        assert by_id[hit.passage.id].dense == pytest.approx(hit.dense)
