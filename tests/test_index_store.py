"""What any store of generations has to do; a second store joins by its name in `STORES`."""

import pytest

from index.store import EmbeddedStore
from ingest.errors import GenerationMismatch, IndexMissing, StoreError
from ingest.settings import Settings
from tests.fakes import CARD, CARTE, RENT, FakeEncoder

STORES = {"embedded": EmbeddedStore}
QUESTION = "Who pays the rent deposit?"


@pytest.fixture(params=STORES.values(), ids=STORES)
def store(request, tmp_path):
    return request.param(Settings(data=tmp_path))


@pytest.fixture
def encoder():
    return FakeEncoder()


def found(opened, question=QUESTION, language="en"):
    """The pages of what is found, best first, each once."""
    vector = FakeEncoder().encode_questions([question])[0]
    hits = opened.search(question, vector, language)
    return [*dict.fromkeys(hit.passage.page_key for hit in hits)]


def test_nothing_is_live_before_anything_is_published(store, encoder):
    assert store.kept() == []
    for ask in (store.live, lambda: store.open(encoder)):
        with pytest.raises(IndexMissing, match="passerelle ingest"):
            ask()


def test_what_is_published_is_live_and_found_by_both_legs(store, encoder):
    manifest, encoded = store.publish([CARD, RENT], encoder)
    assert encoded > 0
    assert (store.live(), store.kept()) == (manifest.id, [manifest.id])
    opened = store.open(encoder)
    assert opened.manifest == manifest
    assert opened.keys() == {"en/card", "en/rent"}
    assert opened.page("en/rent") == RENT
    vector = encoder.encode_questions([QUESTION])[0]
    best = opened.search(QUESTION, vector, "en", limit=1)[0]
    assert best.passage.page_key == "en/rent"
    assert best.dense > 0
    assert best.lexical
    assert {p.id for p in opened.passages_of("en/rent")} >= {best.passage.id}


def test_words_of_another_language_find_nothing(store, encoder):
    store.publish([CARD, CARTE], encoder)
    vector = encoder.encode_questions(["carte"])[0]
    hits = store.open(encoder).search("carte", vector, "fr")
    assert {hit.passage.page_key for hit in hits if hit.lexical} == {"fr/carte"}


def test_the_same_pages_are_the_same_generation_and_nothing_is_encoded(store, encoder):
    first, _ = store.publish([CARD, RENT], encoder)
    again, encoded = store.publish([RENT, CARD], encoder)
    assert (again.id, encoded, store.kept()) == (first.id, 0, [first.id])


def test_a_page_that_is_gone_is_gone_and_an_open_generation_answers_on(store, encoder):
    first, _ = store.publish([CARD, RENT], encoder)
    before = store.open(encoder)
    second, _ = store.publish([CARD], encoder)
    assert store.kept() == [first.id, second.id]
    assert "en/rent" not in found(store.open(encoder))
    assert found(before)[0] == "en/rent"


def test_switching_goes_back_and_forth(store, encoder):
    first, _ = store.publish([CARD, RENT], encoder)
    second, _ = store.publish([CARD], encoder)
    for name, keys in ((first.id, {"en/card", "en/rent"}), (second.id, {"en/card"})):
        store.switch(name, encoder)
        assert store.live() == name
        assert store.open(encoder).keys() == keys


def test_what_is_not_there_or_was_made_by_another_encoder_is_not_switched_to(store, encoder):
    store.publish([CARD], FakeEncoder("another"))
    (others,) = store.kept()
    live, _ = store.publish([CARD], encoder)
    with pytest.raises(GenerationMismatch, match="encoder"):
        store.switch(others, encoder)
    with pytest.raises(StoreError):
        store.switch("0" * 16, encoder)
    assert store.live() == live.id


def test_another_encoder_opens_nothing(store, encoder):
    store.publish([CARD], encoder)
    with pytest.raises(GenerationMismatch, match="encoder"):
        store.open(FakeEncoder("another"))


def test_what_is_dropped_is_gone_and_what_is_live_stays(store, encoder):
    first, _ = store.publish([CARD, RENT], encoder)
    second, _ = store.publish([CARD], encoder)
    store.drop([first.id, second.id])
    assert store.kept() == [second.id]
    assert store.open(encoder).keys() == {"en/card"}
    with pytest.raises(StoreError):
        store.switch(first.id, encoder)
