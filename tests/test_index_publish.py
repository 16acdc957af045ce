"""Publishing: the same pages make the same generation, and only new text is encoded."""

import json
import resource
import shutil
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest

from index import generation, passage_table
from index import publish as module
from index.asked import AskedIndex
from index.building import publishing
from index.dense import DenseField
from index.lexical import LexicalIndex
from index.matching import INDEX_VERSION
from index.passage_table import PassageTable
from index.publish import is_live, publish
from index.rollback import plan_rollback
from index.vectors import VectorCache
from ingest.errors import (
    Busy,
    DataUnusable,
    GenerationDamaged,
    GenerationMismatch,
    IndexMissing,
    PageUnknown,
)
from ingest.records import Asked
from ingest.settings import PassageSettings, Settings
from tests.fakes import CARD, CARTE, RENT, FakeEncoder, make_page


@pytest.fixture
def data(tmp_path):
    return tmp_path


def put(data, *pages, encoder=None):
    return publish(data, pages, encoder or FakeEncoder(), Settings(data=data))


def opened(data):
    return generation.open_live(data, FakeEncoder())


def test_what_was_published_opens_with_every_passage(data):
    manifest, encoded = put(data, CARD, RENT)
    assert manifest.counts == {"pages": 2, "passages": 3, "folded": 0}
    assert manifest.languages == {"en": 2}
    assert encoded == 3
    assert opened(data).passages.size == 3
    assert generation.verify(data, manifest.id) == manifest


def test_publishing_the_same_twice_does_nothing(data):
    first, _ = put(data, CARD)
    encoder = FakeEncoder()
    second, encoded = put(data, CARD, encoder=encoder)
    assert (second, encoded, encoder.seen) == (first, 0, [])


def test_only_new_text_is_encoded(data):
    put(data, CARD)
    encoder = FakeEncoder()
    _, encoded = put(data, CARD, RENT, encoder=encoder)
    assert encoded == 1
    assert all("rent" in text.casefold() or "Renting" in text for text in encoder.seen)


def test_a_page_that_is_gone_is_nowhere_in_the_new_generation(data):
    put(data, CARD, RENT)
    manifest, _ = put(data, CARD)
    everything = b"".join(
        file.read_bytes()
        for file in generation.folder_of(data, manifest.id).rglob("*")
        if file.is_file()
    )
    assert b"landlord" not in everything
    assert b"health card" in everything


def test_no_page_at_all_is_a_generation_too(data):
    put(data, CARD)
    manifest, _ = put(data)
    assert manifest.counts["passages"] == 0
    assert opened(data).passages.size == 0


def test_metadata_alone_publishes_and_encodes_nothing(data):
    put(data, CARD)
    fresh = make_page(
        CARD.key,
        "How do I get the health card?",
        "You apply for the health card online or by post with a photo.",
        "What does the health card cost?",
        "The health card is free for everyone who is insured.",
        title=CARD.title,
        url="https://example.org/card",
    )
    before = generation.live_id(data)
    _, encoded = put(data, fresh)
    assert encoded == 0
    assert generation.live_id(data) != before


def test_nothing_published_says_what_to_do(data):
    with pytest.raises(IndexMissing, match="run `passerelle ingest`"):
        opened(data)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00", "it is no text"),
        (b"", "'' is no name of a generation"),
        (b"../elsewhere\n", "'../elsewhere' is no name of a generation"),
        (None, "Is a directory"),
    ],
)
def test_a_live_pointer_that_cannot_be_read_is_named_with_the_way_out(data, content, reason):
    kept, _ = put(data, CARD)
    pointer = data / "live"
    if content is None:
        pointer.unlink()
        pointer.mkdir()
    else:
        pointer.write_bytes(content)
    with pytest.raises(GenerationDamaged, match=f"live does not say .*: {reason}; .* {kept.id}"):
        opened(data)
    plan = plan_rollback(data)
    assert (plan.current, plan.target, plan.known) == (generation.UNKNOWN, kept.id, False)
    if content is not None:
        assert put(data, CARD)[0].id == kept.id
        assert opened(data).manifest.id == kept.id


def test_another_encoder_is_refused_with_both_named(data):
    put(data, CARD)
    with pytest.raises(GenerationMismatch, match=r"fake-1 \(64 dimensions\).*fake-2 \(64\)"):
        generation.open_live(data, FakeEncoder("fake-2"))


@pytest.mark.parametrize(("stored", "named"), [("6", "form 6"), (None, "form of an older version")])
def test_another_form_is_refused_with_both_named_and_an_ingest_makes_this_one(
    data, monkeypatch, stored, named
):
    monkeypatch.setattr(module, "INDEX_VERSION", stored or "6")
    old, _ = put(data, CARD)
    if stored is None:
        file = generation.folder_of(data, old.id) / "manifest.json"
        manifest = json.loads(file.read_text("utf-8"))
        del manifest["index_version"]
        file.write_text(json.dumps(manifest), "utf-8")
    monkeypatch.undo()
    with pytest.raises(GenerationMismatch, match=f"{named}.* reads form {INDEX_VERSION}; .*ingest"):
        opened(data)
    encoder = FakeEncoder()
    assert put(data, CARD, encoder=encoder)[0].index_version == INDEX_VERSION
    assert encoder.seen == []
    assert opened(data).passages.size == 2


def test_another_splitter_is_refused_with_both_named_and_an_ingest_makes_this_one(data):
    put(data, CARD)
    wanted = PassageSettings(min_words=10, max_words=90)
    match = r"cut by \d+:60-200, .* cut by \d+:10-90; .*max_words back, or .*ingest"
    with pytest.raises(GenerationMismatch, match=match):
        generation.open_live(data, FakeEncoder(), wanted)
    publish(data, [CARD], FakeEncoder(), Settings(data=data, passages=wanted))
    assert generation.open_live(data, FakeEncoder(), wanted).manifest.splitter.endswith(":10-90")


@pytest.mark.parametrize("file", ["passages.sqlite", "body.faiss", "body-rows.npy"])
def test_a_half_copied_generation_is_refused_and_named(data, file):
    manifest, _ = put(data, CARD)
    path = generation.folder_of(data, manifest.id) / file
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(GenerationDamaged, match=f"{file} is missing or has the wrong size"):
        opened(data)
    assert not is_live(data, manifest.id)


def test_a_changed_byte_is_found_by_reading_all_of_it(data):
    manifest, _ = put(data, CARD)
    path = generation.folder_of(data, manifest.id) / "body.faiss"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(GenerationDamaged, match=r"body\.faiss has changed"):
        generation.verify(data, manifest.id)


def test_a_damaged_generation_is_built_again(data):
    manifest, _ = put(data, CARD)
    shutil.rmtree(generation.folder_of(data, manifest.id))
    again, _ = put(data, CARD)
    assert again.id == manifest.id
    assert generation.verify(data, manifest.id).id == manifest.id


def test_old_generations_are_kept_up_to_the_number_set(data):
    for count in range(1, 6):
        put(data, *[make_page(f"en/{n}", f"Q{n}?", f"Answer {n}.") for n in range(count)])
    assert len(generation.generations(data)) == 3
    assert generation.live_id(data) in generation.generations(data)


def test_only_one_process_publishes(data):
    with publishing(data), pytest.raises(Busy, match="another process is publishing"):
        put(data, CARD)


def test_a_dead_build_is_cleared_away(data):
    left = data / "generations" / ".building-1"
    left.mkdir(parents=True)
    put(data, CARD)
    assert not left.exists()


@contextmanager
def full_disk():
    """Let the system itself refuse every byte after the first few, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (passage_table, "write"),
        (VectorCache, "vectors"),
        (DenseField, "save"),
        (AskedIndex, "save"),
        (LexicalIndex, "save"),
        (generation, "seal"),
        (generation, "switch"),
    ],
    ids=["passages", "cache", "vectors", "lines", "words", "manifest", "pointer"],
)
def test_a_full_disk_keeps_the_last_generation(tmp_path, monkeypatch, owner, name):
    settings = Settings(data=tmp_path, content=tmp_path / "content")
    manifest, _ = publish(tmp_path, [CARD], FakeEncoder(), settings)
    real = getattr(owner, name)

    def write(*args, **kwargs):
        with full_disk():
            return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, write)
    page = replace(RENT, asked=(Asked(1, "en", "where is my money"),))
    with pytest.raises(DataUnusable, match=rf"{tmp_path}.*(large|full|I/O)"):
        publish(tmp_path, [CARD, page], FakeEncoder(), settings)
    monkeypatch.undo()
    assert generation.live_id(tmp_path) == manifest.id
    assert not [*(tmp_path / "generations").glob(".building-*")]
    assert publish(tmp_path, [CARD, page], FakeEncoder(), settings)[0].counts["pages"] == 2


def test_a_data_directory_that_is_a_file_is_named(tmp_path):
    file = tmp_path / "data"
    file.write_text("")
    with pytest.raises(DataUnusable, match="data cannot be written"):
        publish(file, [CARD], FakeEncoder(), Settings(data=file))


def test_rolling_back_lists_what_comes_and_goes_and_switches(data):
    changed = make_page("en/card", "How do I get it?", "Ask at the counter.", title="The card")
    first, _ = put(data, CARD, RENT)
    second, _ = put(data, changed, CARTE)
    plan = plan_rollback(data)
    assert (plan.current, plan.target) == (second.id, first.id)
    assert (plan.comes_back, plan.changes, plan.goes) == (("en/rent",), ("en/card",), ("fr/carte",))
    generation.switch(data, plan.target)
    assert opened(data).manifest == first


def test_rolling_back_to_nothing_is_refused(data):
    put(data, CARD)
    with pytest.raises(IndexMissing, match=r"no generation before this one .* kept: none"):
        plan_rollback(data)
    with pytest.raises(IndexMissing, match="no generation nowhere"):
        plan_rollback(data, "nowhere")


def test_going_back_twice_goes_further_back_and_never_forward(data):
    first, second, third = (put(data, *pages)[0].id for pages in ([CARD], [CARD, RENT], [CARTE]))
    # Tuning writes into a folder, which makes it no newer.
    (generation.folder_of(data, first) / generation.TUNED).write_text("", "utf-8")
    assert generation.generations(data) == [first, second, third]
    assert plan_rollback(data).target == second
    generation.switch(data, second)
    assert plan_rollback(data).target == first
    generation.switch(data, first)
    with pytest.raises(
        IndexMissing, match=f"before this one .* kept: {second}, {third}; one .* named"
    ):
        plan_rollback(data)
    assert plan_rollback(data, third).goes == ("en/card",)


@pytest.mark.parametrize("damage", ["missing", "overwritten", "pages gone", "no manifest"])
def test_a_live_generation_that_cannot_be_read_can_be_gone_back_from(data, damage):
    first, _ = put(data, CARD)
    second, _ = put(data, CARD, RENT)
    harm(generation.folder_of(data, second.id), damage)
    plan = plan_rollback(data)
    assert plan.target == first.id
    if damage == "no manifest":
        assert (plan.known, plan.goes) == (True, ("en/rent",))
    else:
        assert (plan.known, plan.comes_back, plan.changes, plan.goes) == (False, (), (), ())


def harm(folder, damage):
    file = folder / "passages.sqlite"
    if damage == "no manifest":
        (folder / "manifest.json").unlink()
    elif damage == "missing":
        file.unlink()
    elif damage == "overwritten":
        file.write_bytes(b"nothing")
    else:
        db = sqlite3.connect(file)
        db.execute("drop table pages")
        db.close()


@pytest.mark.parametrize("file", ["asked.npz", "body.faiss"])
@pytest.mark.parametrize("change", ["one byte", "cut in a zip"])
def test_publishing_again_builds_what_is_damaged_though_its_size_is_right(tmp_path, file, change):
    page = replace(CARD, asked=(Asked(1, "en", "where is my card"),))
    settings = Settings(data=tmp_path, content=tmp_path / "content")
    manifest, _ = publish(tmp_path, [page], FakeEncoder(), settings)
    path = generation.folder_of(tmp_path, manifest.id) / file
    raw = path.read_bytes()
    path.write_bytes(raw[:-9] + bytes([raw[-9] ^ 255]) + raw[-8:])
    if change == "cut in a zip":
        path.write_bytes(b"PK\x03\x04" + bytes(len(raw) - 4))
    publish(tmp_path, [page], FakeEncoder(), settings)
    generation.verify(tmp_path, manifest.id)


def test_what_was_tuned_for_another_encoder_is_not_handed_down(data):
    first, _ = put(data, CARD)
    (generation.folder_of(data, first.id) / generation.TUNED).write_text("a = 1", "utf-8")
    second, _ = put(data, CARD, RENT)
    assert (generation.folder_of(data, second.id) / generation.TUNED).exists()
    third, _ = put(data, CARD, encoder=FakeEncoder("fake-2"))
    assert not (generation.folder_of(data, third.id) / generation.TUNED).exists()


def test_vectors_of_other_texts_are_never_published(data, monkeypatch):
    real = module.shared
    monkeypatch.setattr(module, "shared", lambda texts: real([texts[1], texts[0], *texts[2:]]))
    with pytest.raises(GenerationDamaged, match="does not find itself"):
        put(data, CARD)


def test_words_of_other_passages_are_never_published(data, monkeypatch):
    real = LexicalIndex.build
    swapped = lambda codes, words: real(codes, ["nothing of the kind", *words[1:]])  # noqa: E731
    monkeypatch.setattr(module.LexicalIndex, "build", swapped)
    with pytest.raises(GenerationDamaged, match="does not find itself"):
        put(data, CARD)


def test_a_translation_names_its_original_and_any_other_page_itself(data):
    put(data, CARD, replace(CARTE, translation_of=CARD.key))
    table = opened(data).passages
    assert (table.original(CARTE.key), table.original(CARD.key)) == (CARD.key, CARD.key)
    with pytest.raises(PageUnknown, match="no page 'en/none'"):
        table.original("en/none")


def test_every_reader_of_a_damaged_passage_table_says_so(data):
    manifest, _ = put(data, CARD)
    file = generation.folder_of(data, manifest.id) / "passages.sqlite"
    db = sqlite3.connect(file)
    with db:
        db.execute("update passages set body = '{'")
        db.execute("drop table pages")
    db.close()
    table = PassageTable(file)
    for read in (
        table.full_digests,
        table.ids,
        table.versions,
        table.pages,
        table.asked,
        table.every_page,
        partial(table.passage, 0),
        partial(table.page, "en/card"),
        partial(table.original, "en/card"),
        partial(table.passages_of, "en/card"),
    ):
        with pytest.raises(GenerationDamaged, match=r"passages\.sqlite cannot be read"):
            read()
    table.close()


def test_a_damaged_live_generation_names_the_way_back(data):
    first, _ = put(data, CARD)
    second, _ = put(data, CARD, RENT)
    (generation.folder_of(data, second.id) / "body.faiss").unlink()
    with pytest.raises(GenerationDamaged, match=f"`passerelle rollback {first.id}`"):
        opened(data)
