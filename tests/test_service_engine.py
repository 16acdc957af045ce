"""The engine swaps generations under running requests, and keeps the old when the new is bad."""

import threading
import time

import pytest

from index import generation
from index.opening import open_encoder
from index.publish import publish
from ingest.errors import GenerationMismatch, IndexMissing
from ingest.settings import PassageSettings, Settings
from service.engine import Engine
from service.quoting import candidate_spans
from service.records import Question
from tests.fakes import CARD, CARTE, RENT


@pytest.fixture
def settings(tmp_path, models_folder):
    (tmp_path / "models").symlink_to(models_folder)
    return Settings(data=tmp_path, answers={"threshold": 0.0})


def put(settings, *pages):
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    return publish(settings.data, pages, encoder, settings)[0]


def test_nothing_published_is_said_at_the_start(settings):
    with pytest.raises(IndexMissing, match="passerelle ingest"):
        Engine(settings)


def test_what_was_cut_otherwise_than_the_settings_say_is_not_served(settings):
    put(settings, CARD)
    changed = settings.model_copy(update={"passages": PassageSettings(max_words=90)})
    with pytest.raises(GenerationMismatch, match=r"cut by .*:60-200, .* cut by .*:60-90"):
        Engine(changed)
    put(changed, CARD)
    Engine(changed).close()


def test_a_new_generation_is_served_and_a_page_that_went_is_gone(settings):
    put(settings, CARD, RENT)
    engine = Engine(settings)
    assert not engine.refresh()
    second = put(settings, CARD)
    assert engine.refresh()
    answer = engine.answerer.answer(Question("Who pays the rent deposit?"))
    assert answer.generation == second.id
    assert {c.page.key for c in answer.citations} == {"en/card"}
    engine.close()


def test_where_pages_have_no_lines_what_is_off_domain_lowers_the_confidence(settings, monkeypatch):
    put(settings, CARD)
    engine = Engine(settings)
    question, encode = Question("How do I get the card?"), engine.encoder.encode_asked
    found = []
    for score in (0.0, 1.0):
        asked = encode(question.text)._replace(off_domain=score)
        monkeypatch.setattr(engine.encoder, "encode_asked", lambda _, asked=asked: asked)
        found.append(engine.answerer.find(question).confidence)
    assert found[0] > found[1]
    engine.close()


def test_a_damaged_new_generation_leaves_the_old_one_serving(settings):
    first = put(settings, CARD)
    engine = Engine(settings)
    second = put(settings, CARD, RENT)
    (generation.folder_of(settings.data, second.id) / "body.faiss").unlink()
    assert not engine.refresh()
    assert "body.faiss is missing" in (engine.last_error or "")
    assert engine.answerer.searcher.manifest.id == first.id
    engine.close()


def test_the_watch_outlives_any_error_and_says_what_it_was(settings, monkeypatch):
    put(settings, CARD)
    engine = Engine(settings)
    monkeypatch.setattr(Engine, "refresh", lambda _: (_ for _ in ()).throw(MemoryError("too much")))
    watch = engine.watch(0.01)
    deadline = time.monotonic() + 10
    while engine.last_error is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "too much" in (engine.last_error or "")
    assert watch.is_alive()
    engine.close()
    watch.join(10)


def test_the_watch_reads_ahead_and_an_answer_then_encodes_the_question_alone(settings, monkeypatch):
    put(settings, CARD, RENT)
    engine = Engine(settings)
    searcher, memory = engine.answerer.searcher, engine.answerer.sentences._known
    texts = [p.text for key in sorted(searcher.keys()) for p in searcher.passages_of(key)]
    every = {text[start:end] for text in texts for start, end in candidate_spans(text)}
    watch = engine.watch(0.01)
    deadline = time.monotonic() + 60
    while every - memory.keys() and time.monotonic() < deadline:
        time.sleep(0.1)

    def refuse(texts, progress=None):
        raise AssertionError(f"encoded again: {texts}")

    monkeypatch.setattr(engine.encoder, "encode_passages", refuse)
    assert engine.answerer.answer(Question("Who pays the rent deposit?")).citations
    engine.close()
    watch.join(60)


def test_generations_are_swapped_while_requests_run_and_none_is_mixed(settings):
    names = [put(settings, CARD, RENT).id]
    engine = Engine(settings)
    stop, failures, seen = threading.Event(), [], set()

    def ask_without_pause():
        while not stop.is_set():
            try:
                answer = engine.answerer.answer(Question("Who pays the rent deposit?"))
                seen.add(answer.generation)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                failures.append(error)

    threads = [threading.Thread(target=ask_without_pause) for _ in range(3)]
    for thread in threads:
        thread.start()
    for pages in ([CARD, CARTE], [CARD, RENT, CARTE], [RENT]):
        names.append(put(settings, *pages).id)
        assert engine.refresh()
        engine.answerer.answer(Question("What is it?"))
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen <= set(names)
    engine.close()
