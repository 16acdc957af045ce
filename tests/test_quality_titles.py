"""A regression that only shows over all pages: passages encoded without their titles and headings.

Part of `make quality`. Lines of what people ask make up for it, so it is planted where there are
none.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from index.opening import open_encoder
from index.publish import publish
from ingest.readers import read
from ingest.records import Passage
from ingest.settings import Settings
from ingest.sources.folder import read_folder
from service.engine import Engine
from service.evaluation.condensing import SIGNIFICANT, compare_condensed
from tests.test_quality_gate import find, load_questions, measured

FIELDS = ("title", "heading", "body")
FILES = sorted((Path(__file__).parents[1] / "corpus" / "questions").glob("??.jsonl"))


def published(data, models_folder, questions):
    data.mkdir()
    (data / "models").symlink_to(models_folder)
    settings = Settings(data=data)
    raw = read_folder(settings.content / "pages", source="corpus", failures={})
    pages = [replace(page, asked=()) for page in map(read, raw)]
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    publish(data, pages, encoder, settings)
    answerer = Engine(settings).answerer
    return measured(answerer, questions, find(answerer, questions))


@pytest.mark.thorough
def test_passages_encoded_without_titles_fail_the_gate(tmp_path, models_folder, monkeypatch):
    questions = [q for q in load_questions(FILES) if q.split != "gate" and q.answerable]
    before = published(tmp_path / "with", models_folder, questions)
    monkeypatch.setattr(Passage, "fields", lambda p: dict.fromkeys(FIELDS, p.text))
    after = published(tmp_path / "without", models_folder, questions)
    moved = compare_condensed(before, after)["passage_at_5"]
    assert moved["after"] < moved["before"]
    assert moved["p"] < SIGNIFICANT
