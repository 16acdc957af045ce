"""What people ask: a line in her own language leads to a passage that shares no word with it."""

from dataclasses import replace

import numpy as np
import pytest

from index import generation
from index.asked import NONE, AskedIndex, lines_of
from index.publish import publish
from index.search import Searcher, neutral
from ingest.errors import GenerationDamaged
from ingest.passages import cut
from ingest.records import Asked
from ingest.settings import PassageSettings, SearchSettings, Settings
from tests.fakes import CARD, RENT, FakeEncoder

ENCODER = FakeEncoder()
ASKED = replace(
    CARD,
    asked=(
        Asked(1, "tr", "sağlık kartı nasıl alınır"),
        Asked(2, "tr", "kart kaç para"),
        Asked(2, "es", "cuánto vale la tarjeta"),
    ),
)


@pytest.fixture
def searcher(tmp_path):
    publish(tmp_path, [ASKED, RENT], ENCODER, Settings(data=tmp_path))
    return Searcher(generation.open_live(tmp_path, "fake-1", 64), SearchSettings())


def find(searcher, question, language):
    return searcher.search(question, ENCODER.encode_questions([question])[0], language)


@pytest.mark.parametrize(
    ("question", "language", "answer"),
    [
        ("kart kaç para", "tr", "free for everyone"),
        ("cuánto vale", "es", "free for everyone"),
        ("sağlık kartı nasıl", "tr", "online or by post"),
    ],
)
def test_a_line_leads_to_the_passages_of_its_section(searcher, question, language, answer):
    best = find(searcher, question, language)[0]
    assert answer in best.passage.text
    assert best.parts["asked"] > 0.5
    assert best.parts["said"] > 0


def test_words_of_a_line_reach_only_questions_of_its_language(searcher):
    assert all(hit.parts["said"] == 0 for hit in find(searcher, "kart kaç para", "es"))


def test_lines_are_in_no_text_that_is_shown(searcher):
    page = searcher.page("en/card")
    assert "tarjeta" not in page.text
    assert page.digest == CARD.digest
    assert page.full_digest != CARD.full_digest


def test_the_same_words_stand_once_and_lead_to_every_place():
    twice = replace(CARD, asked=(Asked(1, "en", "green card"), Asked(2, "en", "green card")))
    passages = cut(twice, PassageSettings())
    (line,) = lines_of(passages, [twice])
    assert [passages[row].section for row in line.rows] == [s.path for s in twice.sections[1:]]


def test_a_passage_without_a_line_is_neither_near_nor_far():
    filled = neutral(np.array([0.9, NONE, 0.7], np.float32))
    assert filled.tolist() == pytest.approx([0.9, 0.8, 0.7])
    assert neutral(np.array([NONE, NONE], np.float32)).tolist() == [NONE, NONE]


def test_a_changed_line_encodes_that_line_alone(tmp_path):
    settings = Settings(data=tmp_path)
    publish(tmp_path, [ASKED], ENCODER, settings)
    other = replace(ASKED, asked=(*ASKED.asked, Asked(1, "fa", "کارت درمان")))
    assert publish(tmp_path, [other], ENCODER, settings)[1] == 1


def test_a_damaged_file_is_named(tmp_path):
    empty = AskedIndex.build([], np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32), 0)
    empty.save(tmp_path)
    assert AskedIndex.load(tmp_path, 3).cosines(np.ones(4, np.float32)).tolist() == [NONE] * 3
    (tmp_path / "asked.npz").write_bytes(b"nothing")
    with pytest.raises(GenerationDamaged, match=r"asked\.npz cannot be read"):
        AskedIndex.load(tmp_path, 0)
