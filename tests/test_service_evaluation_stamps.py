"""The stamps of a run: whatever moves the figures moves one of them."""

from types import SimpleNamespace

import pytest

from index.generation import TUNED
from ingest.settings import Settings
from service.confidence import Calibration, calibrations_in
from service.evaluation.run import stamps
from service.evaluation.tuning import as_toml

MANIFEST = SimpleNamespace(id="g1", corpus_digest="c1", encoder="fake", encoder_digest="e1")


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / "content"
    (folder / "lexicon").mkdir(parents=True)
    (folder / "glossary.toml").write_text("terms = []", "utf-8")
    (folder / "lexicon" / "housing.toml").write_text("entries = []", "utf-8")
    return folder


@pytest.fixture
def stamped(tmp_path, content):
    """Stamp a run over one generation, as it would be opened now."""

    def stamp():
        answerer = SimpleNamespace(
            searcher=SimpleNamespace(manifest=MANIFEST),
            settings=Settings(data=tmp_path, content=content),
            calibrations=calibrations_in(tmp_path),
        )
        return stamps(answerer)

    return stamp


def changed(before, after):
    return {name for name, stamp in after.items() if before[name] != stamp}


def tune(folder, threshold):
    fitted = Calibration(0.0, {"body": 1.0}, threshold, 0.1)
    (folder / TUNED).write_text(as_toml({"asked": fitted, "plain": fitted}, "test"), "utf-8")


def test_tuning_a_generation_moves_a_stamp(stamped, tmp_path):
    bundled = stamped()
    tune(tmp_path, 0.5)
    once = stamped()
    tune(tmp_path, 0.6)
    assert changed(bundled, once) == changed(once, stamped()) == {"calibration"}
    tune(tmp_path, 0.5)
    assert stamped() == once


@pytest.mark.parametrize("name", ["glossary.toml", "lexicon/housing.toml", "lexicon/new.toml"])
def test_other_words_for_a_thing_move_a_stamp(stamped, content, name):
    before = stamped()
    (content / name).write_text("# other words", "utf-8")
    assert changed(before, stamped()) == {"words"}


def test_a_content_folder_without_a_glossary_is_stamped_too(stamped, content):
    before = stamped()
    (content / "glossary.toml").unlink()
    assert changed(before, stamped()) == {"words"}
