"""What people ask: a line in her own language leads to a passage that shares no word with it."""

from dataclasses import replace

import numpy as np
import pytest

from index import generation
from index.asked import AskedIndex, lines_of
from index.line_model import LineModel
from index.publish import publish
from index.search import Searcher
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
    publish(tmp_path, [ASKED, RENT], ENCODER, Settings(data=tmp_path, content=tmp_path / "content"))
    return Searcher(generation.open_live(tmp_path, FakeEncoder()), SearchSettings())


def find(searcher, question, language):
    vector = ENCODER.encode_questions([question])[0]
    asked = searcher.asked(question, vector)
    return searcher.search(question, vector, language, asked=asked)


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
    assert best.parts["asked"] > 0.25


def test_a_hit_says_whether_any_line_leads_to_its_passage(searcher):
    hits = find(searcher, "Who pays the deposit for the card?", "en")
    assert {hit.passage.page_key: hit.led_to for hit in hits} == {"en/card": True, "en/rent": False}


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


def test_a_passage_without_a_line_is_neither_likely_nor_unlikely(searcher):
    hits = find(searcher, "kart kaç para rent", "tr")
    by_page = {
        key: [hit.parts["asked"] for hit in hits if hit.passage.page_key == key]
        for key in (ASKED.key, RENT.key)
    }
    (rent,) = set(by_page[RENT.key])
    assert rent == pytest.approx(np.mean(by_page[ASKED.key]), abs=1e-3)


def test_without_lines_or_weight_nothing_is_asked(tmp_path):
    publish(tmp_path, [RENT], ENCODER, Settings(data=tmp_path, content=tmp_path / "content"))
    vector = ENCODER.encode_questions(["kart"])[0]
    bare = Searcher(generation.open_live(tmp_path, FakeEncoder()), SearchSettings())
    assert bare.asked("kart", vector) is None
    publish(tmp_path, [ASKED], ENCODER, Settings(data=tmp_path, content=tmp_path / "content"))
    off = SearchSettings(asked_weight=0)
    assert (
        Searcher(generation.open_live(tmp_path, FakeEncoder()), off).asked("kart", vector) is None
    )


def test_what_no_page_answers_is_told_from_what_one_does(tmp_path):
    content = tmp_path / "content"
    (content / "elsewhere").mkdir(parents=True)
    beside = content / "elsewhere" / "card.toml"
    beside.write_text('[[kinds]]\nname = "near_miss"\ntr = ["kart Almanya vize"]\n', "utf-8")
    publish(tmp_path, [ASKED], ENCODER, Settings(data=tmp_path, content=content))
    searcher = Searcher(generation.open_live(tmp_path, FakeEncoder()), SearchSettings())
    near, far = (
        searcher.asked(question, ENCODER.encode_questions([question])[0])
        for question in ("kart Almanya vize", "kart kaç para")
    )
    assert near.elsewhere > near.rows.max()
    assert far.elsewhere < far.rows.max()


def test_a_changed_line_encodes_that_line_alone(tmp_path):
    settings = Settings(data=tmp_path, content=tmp_path / "content")
    publish(tmp_path, [ASKED], ENCODER, settings)
    other = replace(ASKED, asked=(*ASKED.asked, Asked(1, "fa", "کارت درمان")))
    assert publish(tmp_path, [other], ENCODER, settings)[1] == 1


def test_the_same_lines_are_learned_from_once(tmp_path, monkeypatch):
    settings = Settings(data=tmp_path, content=tmp_path / "content")
    publish(tmp_path, [ASKED], ENCODER, settings)
    monkeypatch.setattr(LineModel, "fit", None)
    publish(tmp_path, [ASKED, RENT], ENCODER, settings)
    searcher = Searcher(generation.open_live(tmp_path, FakeEncoder()), SearchSettings())
    assert "free for everyone" in find(searcher, "kart kaç para", "tr")[0].passage.text


def test_a_damaged_file_is_named(tmp_path):
    assert AskedIndex.load(tmp_path) is None
    (tmp_path / "asked.npz").write_bytes(b"nothing")
    with pytest.raises(GenerationDamaged, match=r"asked\.npz cannot be read"):
        AskedIndex.load(tmp_path)
