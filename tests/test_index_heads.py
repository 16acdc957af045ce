"""The heads for lines and queries: kept as factors, learned from lines."""

from pathlib import Path

import numpy as np
import pytest

from index import bundled_model, head_training
from index.encoder import BundledEncoder, TokenGraph, encode_lines
from index.heads import heads_bytes, read_heads, stacked
from index.weights_file import WeightsFile
from ingest.errors import ModelInvalid

EMPTY = np.zeros(1, np.float32)
DOMAIN = np.zeros(385, np.float32)


@pytest.fixture(scope="module")
def serving(models_folder: Path) -> BundledEncoder:
    return BundledEncoder(bundled_model.build(models_folder))


def test_heads_are_read_as_they_were_written(tmp_path):
    down, up = np.ones((4, 2), np.float32), np.full((2, 3), 0.5, np.float32)
    lines, queries = {"l8.fi.w": (down, up)}, {"l9.ao.w": (down, 2 * up)}
    off_domain = np.array([0.1, -0.2, 0.3], np.float32)
    (tmp_path / "heads.npz").write_bytes(heads_bytes(8, lines, queries, off_domain))
    heads = read_heads(tmp_path / "heads.npz")
    assert heads.branch == 8
    assert np.array_equal(heads.off_domain, off_domain)
    for written, read in ((lines, heads.lines), (queries, heads.queries)):
        assert read.keys() == written.keys()
        for name, pair in written.items():
            assert all(map(np.array_equal, read[name], pair))


def test_changes_of_any_rank_stand_side_by_side_and_nothing_is_a_change_too():
    thin = np.full((2, 1), 2.0, np.float32), np.full((1, 3), 3.0, np.float32)
    thick = np.ones((2, 4), np.float32), np.ones((4, 3), np.float32)
    inputs = stacked([{}, {"l0.ao.w": thin}, {"l0.ao.w": thick}], {"l0.ao.w": (2, 3)})
    added = inputs["l0.ao.w.down"] @ inputs["l0.ao.w.up"]
    assert added.shape == (3, 2, 3)
    assert added[:, 0, 0].tolist() == [0, 6, 4]
    nothing = stacked([{}], {"l0.ao.w": (2, 3)})
    assert nothing["l0.ao.w.down"].shape == (1, 2, 0)
    assert nothing["l0.ao.w.up"].shape == (1, 0, 3)


@pytest.mark.parametrize(
    ("name", "down", "up"),
    [("l9.ao.w", (2, 1), (1, 3)), ("l0.ao.w", (3, 1), (1, 3)), ("l0.ao.w", (2, 2), (1, 3))],
)
def test_a_change_that_does_not_fit_is_named_with_the_way_out(name, down, up):
    pair = np.ones(down, np.float32), np.ones(up, np.float32)
    with pytest.raises(ModelInvalid, match=rf"{name} .* Leave encoder\.heads out"):
        stacked([{name: pair}], {"l0.ao.w": (2, 3)})


@pytest.mark.parametrize("changed", ["lines", "queries"])
def test_other_heads_have_another_digest(tmp_path, changed):
    for name, value in (("a", 1.0), ("b", 2.0)):
        pair = np.full((2, 1), value, np.float32), np.ones((1, 2), np.float32)
        same = np.ones((2, 1), np.float32), np.ones((1, 2), np.float32)
        both = {"lines": {"l8.fi.w": same}, "queries": {"l8.fi.w": same}}
        both[changed] = {"l8.fi.w": pair}
        (tmp_path / name).write_bytes(heads_bytes(8, **both, off_domain=EMPTY))
    assert read_heads(tmp_path / "a").digest != read_heads(tmp_path / "b").digest


def test_one_head_alone_is_refused(tmp_path):
    pair = np.ones((2, 1), np.float32), np.ones((1, 2), np.float32)
    (tmp_path / "heads.npz").write_bytes(heads_bytes(8, {"l8.fi.w": pair}, {}, EMPTY))
    with pytest.raises(ModelInvalid, match="one of two heads is missing"):
        read_heads(tmp_path / "heads.npz")


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_head_is_named_with_the_way_out(tmp_path, content):
    file = tmp_path / "heads.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelInvalid, match=r"heads\.npz .* passerelle tune-heads"):
        read_heads(file)


def test_a_question_is_the_same_line_alone_and_in_company(serving: BundledEncoder) -> None:
    texts = ["how do I get a carte vitale?", "кто платит врачу", "numéro de sécu provisoire"]
    together = serving.encode_lines(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, one in zip(texts, together, strict=True):
        assert serving.encode_lines([text])[0] @ one > 0.9999
        as_question = serving.encode_questions([text])
        assert as_question[0] @ one < 0.999
    assert serving.encode_lines([]).shape == (0, serving.dimension)


def test_lines_grow_apart_and_queries_nearer_by_learning(models_folder, tmp_path):
    first = [
        "how do I get the card",
        "je veux la carte",
        "كيف أحصل على البطاقة",
        "kart nasıl alınır",
    ]
    second = [
        "when will I get my card",
        "quand arrive la carte",
        "متى تصل البطاقة",
        "kart ne zaman",
    ]
    texts = (first + second) * 12
    belongs = np.zeros((len(texts), 2), np.float32)
    belongs[np.arange(len(texts)), np.arange(len(texts)) // 4 % 2] = 1
    folder = bundled_model.build(models_folder)
    weights = WeightsFile(bundled_model.weights_path())
    plain = BundledEncoder(folder)
    passages = plain.encode_passages(["You ask for it online.", "It comes after two weeks."])
    told = []
    factors = head_training.learn(
        TokenGraph(folder, 0, None, frugal=False),
        weights,
        texts,
        belongs,
        belongs,
        passages,
        lambda *done: told.append(done),
    )
    assert told[-1] == (len(told), len(told))
    (tmp_path / "heads.npz").write_bytes(heads_bytes(head_training.BRANCH, *factors, DOMAIN))
    learned = BundledEncoder(bundled_model.build(tmp_path, heads_file=tmp_path / "heads.npz"))
    assert (learned.digest, learned.lines_digest) != (plain.digest, plain.lines_digest)
    assert learned.digest == plain.digest

    def apart(vectors):
        likeness = vectors @ vectors.T
        return (likeness[:4, :4].mean() + likeness[4:, 4:].mean()) / 2 - likeness[:4, 4:].mean()

    def found(vectors):
        likeness = vectors @ passages.T
        return (likeness[:4, 0] - likeness[:4, 1]).sum() + (likeness[4:, 1] - likeness[4:, 0]).sum()

    asked = texts[:8]
    # What is made of lines before the head is in use is what it makes of them then.
    before = encode_lines(plain.graph, asked, factors[0])
    assert np.allclose(learned.encode_lines(asked), before, atol=0.01)
    assert apart(learned.encode_lines(asked)) > apart(plain.encode_questions(asked))
    queries = np.stack([learned.encode_asked(text).query for text in asked])
    assert found(queries) > found(plain.encode_questions(asked))


def test_a_question_is_encoded_three_ways_at_once(serving: BundledEncoder) -> None:
    text = "кто платит врачу"
    asked = serving.encode_asked(text)
    for one, encode in (
        (asked.question, serving.encode_questions),
        (asked.line, serving.encode_lines),
    ):
        assert one @ encode([text])[0] > 0.9999
    assert 0.5 < asked.question @ asked.query < 0.999
    assert asked.question @ asked.line < 0.999


def test_queries_learned_anew_leave_the_vectors_of_lines(tmp_path):
    same = {"l8.fi.w": (np.ones((2, 1), np.float32), np.ones((1, 2), np.float32))}
    other = {"l8.fi.w": (np.zeros((2, 1), np.float32), np.ones((1, 2), np.float32))}
    for name, queries in (("a", same), ("b", other)):
        (tmp_path / name).write_bytes(heads_bytes(8, same, queries, EMPTY))
    first, second = read_heads(tmp_path / "a"), read_heads(tmp_path / "b")
    assert first.digest != second.digest
    assert first.lines_digest == second.lines_digest


def test_heads_that_cannot_tell_what_is_off_domain_are_refused(tmp_path):
    pair = np.ones((2, 1), np.float32), np.ones((1, 2), np.float32)
    (tmp_path / "heads.npz").write_bytes(
        heads_bytes(8, {"l8.fi.w": pair}, {"l8.fi.w": pair}, EMPTY)
    )
    with np.load(tmp_path / "heads.npz") as arrays:
        kept = {name: arrays[name] for name in arrays if name != "off_domain"}
    np.savez(tmp_path / "heads.npz", **kept)
    with pytest.raises(
        ModelInvalid, match=r"earlier version .* off domain.* passerelle tune-heads"
    ):
        read_heads(tmp_path / "heads.npz")


def test_what_no_administration_answers_is_told_from_what_ours_do_not(serving):
    administrative = [
        "how do I renew my passport",
        "quel impôt sur une maison louée",
        "ребёнок идёт в детский сад, куда писать заявление",
        "كيف أطلب شهادة ميلاد",
        "quiero casarme en el ayuntamiento, qué llevo",
        "patron maaşımı iki aydır vermiyor",
        "vizinho faz barulho toda a noite, o que posso fazer",
        "де поміняти посвідчення водія",
    ]
    off_domain = [
        "who sings that song about the yellow bird",
        "raconte-moi l'histoire du chat botté",
        "сколько будет семь на восемь",
        "كم يبلغ طول برج خليفة",
        "cómo saco el pasaporte en el consulado de Bolivia en La Paz",
        "Migros'ta süt kaç para",
        "traduz para alemão: a casa é azul",
        "о котрій сьогодні грає збірна",
    ]
    near, far = (
        [serving.encode_asked(text).off_domain for text in texts]
        for texts in (administrative, off_domain)
    )
    in_order = [inside < outside for inside in near for outside in far]
    assert sum(in_order) >= 0.85 * len(in_order), (near, far)
