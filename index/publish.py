"""Pages become a new generation: cut, fold, encode what is new, build, verify, switch.

The same pages, settings and encoder always give a generation of the same name, so publishing twice
does nothing the second time. Its files are the same as well, but for what is handed down from the
live one: a question adapter that was learned once, and what tuning left.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import numpy as np

from index import adapter, asked, generation, passage_table
from index.adapter import FEWEST_TITLES, Adapter, pairs_of, train
from index.asked import AskedIndex, lines_of
from index.building import publishing
from index.dense import DenseField, shared
from index.encoder import Encoder
from index.generation import FIELDS, Generation
from index.lexical import LexicalIndex, analyse
from index.matching import INDEX_VERSION
from index.records import Manifest
from index.vectors import VectorCache
from index.weights_file import Floats
from ingest.elsewhere import elsewhere_digest, elsewhere_lines
from ingest.errors import GenerationDamaged, StoreError
from ingest.passages import cut, fold, splitter_name
from ingest.records import Page, Passage, corpus_digest, digest_of
from ingest.settings import Settings

# The step in which the passages themselves are encoded, as `progress` is told of it.
ENCODING_PASSAGES = "encoding passages"
# More than half precision takes from a cosine.
_LOST = 1e-3
_STEPS = {"body": ENCODING_PASSAGES}

Progress = Callable[[str, int, int], None]
Kept = TypeVar("Kept")


def generation_name(corpus: str, settings: Settings, encoder: Encoder) -> str:
    """Name the generation that these pages, settings, encoder and content make."""
    return digest_of(
        corpus,
        splitter_name(settings.passages),
        encoder.digest,
        encoder.lines_digest,
        elsewhere_digest(settings.content),
        INDEX_VERSION,
    )


def is_live(data: Path, name: str) -> bool:
    """Whether this very generation is live and every byte of it is what was written."""
    try:
        if generation.live_id(data) != name:
            return False
        generation.verify(data, name)
    except StoreError:
        return False
    return True


def publish(
    data: Path,
    pages: Sequence[Page],
    encoder: Encoder,
    settings: Settings,
    progress: Progress | None = None,
) -> tuple[Manifest, int]:
    """Make the generation of these pages live.

    Args:
        data: the data directory.
        pages: all pages that are to be served; none is legal and answers nothing.
        encoder: makes the vectors that the cache does not hold.
        settings: how passages are cut, how many generations are kept.
        progress: told the step, how much of it is done, and how much there is.

    Returns:
        The live manifest, and how many texts were encoded for it.

    Raises:
        Busy: another process is publishing.
        DataUnusable: the directory cannot be written, or is full; the last generation stays.
        GenerationDamaged: what was written does not read back; the last generation stays.
    """
    corpus = corpus_digest({page.key: page.full_digest for page in pages})
    name = generation_name(corpus, settings, encoder)
    with publishing(data) as folder:
        if is_live(data, name):
            return generation.read_manifest(data, name), 0
        passages = fold([p for page in pages for p in cut(page, settings.passages)])
        encoded = _write(folder, settings, passages, pages, encoder, progress)
        manifest = _manifest(name, corpus, passages, pages, encoder, settings, folder)
        generation.inherit(data, folder, encoder.digest)
        generation.seal(folder, manifest)
        _prove(folder, manifest, settings.data, encoder)
        generation.take_name(data, folder, name)
        generation.switch(data, name)
        kept = [other for other in generation.generations(data) if other != name]
        generation.drop(data, kept[: max(0, len(kept) - settings.generations.keep + 1)])
    return manifest, encoded


def _write(
    folder: Path,
    settings: Settings,
    passages: Sequence[Passage],
    pages: Sequence[Page],
    encoder: Encoder,
    progress: Progress | None,
) -> int:
    passage_table.write(folder / "passages.sqlite", passages, pages)
    fields = [passage.fields() for passage in passages]
    cache = VectorCache(settings.data, encoder)
    try:
        for field in FIELDS:
            texts, rows = shared([texts[field] for texts in fields])
            vectors = cache.vectors(texts, _telling(progress, field))
            DenseField(vectors, rows).save(folder, field)
        if turning := _adapter(settings.data, passages, cache, encoder, progress):
            turning.save(folder)
        if lines := lines_of(passages, pages):
            AskedIndex.build(
                lines,
                elsewhere_lines(settings.content),
                len(passages),
                lambda texts: cache.line_vectors(texts, _telling(progress, "lines")),
                encoder.lines_digest,
                _live(settings.data, encoder, asked.FILE, AskedIndex.load),
            ).save(folder)
    finally:
        cache.close()
    words = [f"{t['title']}\n{t['title']}\n{t['heading']}\n{t['body']}" for t in fields]
    LexicalIndex.build([p.language for p in passages], words).save(folder / "lexical")
    return cache.encoded


def _adapter(
    data: Path,
    passages: Sequence[Passage],
    cache: VectorCache,
    encoder: Encoder,
    progress: Progress | None,
) -> Adapter | None:
    """Return the live generation's adapter, or learn one where there is enough to learn from.

    It is kept from generation to generation, so that a question whose pages did not change finds
    what it found before.
    """
    if kept := _live(data, encoder, adapter.FILE, Adapter.load):
        return kept
    pairs = pairs_of(passages)
    if len(pairs.texts) < FEWEST_TITLES:
        return None
    texts = cache.vectors(pairs.texts, _telling(progress, "titles"))
    return train(pairs, texts, cache.vectors([p.fields()["body"] for p in passages]))


def _live(
    data: Path, encoder: Encoder, file: str, load: Callable[[Path], Kept | None]
) -> Kept | None:
    """Read a file of the live generation, if this encoder made it and it is as it was written."""
    try:
        live = generation.live_manifest(data)
        if live.encoder_digest == encoder.digest and file in live.checksums:
            generation.verify_file(data, live, file)
            return load(generation.folder_of(data, live.id))
    except StoreError:
        pass
    return None


def _telling(progress: Progress | None, field: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    step = _STEPS.get(field, f"encoding {field}")
    return lambda done, total: progress(step, done, total)


def _manifest(
    name: str,
    corpus: str,
    passages: Sequence[Passage],
    pages: Sequence[Page],
    encoder: Encoder,
    settings: Settings,
    folder: Path,
) -> Manifest:
    counts = {
        "pages": len(pages),
        "passages": len(passages),
        "folded": sum(len(p.also_on) for p in passages),
    }
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return Manifest(
        id=name,
        corpus_digest=corpus,
        splitter=splitter_name(settings.passages),
        encoder=encoder.name,
        encoder_digest=encoder.digest,
        dimension=encoder.dimension,
        counts=counts,
        languages=dict(sorted(Counter(page.language for page in pages).items())),
        checksums={f.relative_to(folder).as_posix(): generation.checksum(f) for f in files},
        made_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        version=version("passerelle"),
        index_version=INDEX_VERSION,
    )


def _prove(folder: Path, manifest: Manifest, data: Path, encoder: Encoder) -> None:
    """Open what was written and make a passage of each language find itself, both ways.

    By the vector of its text, as it was encoded and not as it was written, and by its words.
    """
    opened = generation.open_folder(folder, manifest)
    if opened.passages.size != manifest.counts["passages"]:
        raise GenerationDamaged(
            f"{opened.passages.size} passages read back, {manifest.counts['passages']} written; "
            "nothing was published, run `passerelle ingest` again"
        )
    probes = _one_a_language(opened)
    bodies = [opened.passages.passage(row).fields()["body"] for row in probes.values()]
    cache = VectorCache(data, encoder)
    vectors = cache.vectors(bodies)
    cache.close()
    for (language, row), body, vector in zip(probes.items(), bodies, vectors, strict=True):
        stems = analyse(language, body)
        by_words = not stems or opened.lexical.scores(language, stems)[row] > 0
        if not (by_words and _finds(opened.dense["body"], vector, row)):
            raise GenerationDamaged(
                f"passage {opened.passages.passage(row).id} does not find itself; "
                "nothing was published, run `passerelle ingest` again"
            )
    opened.passages.close()


def _finds(field: DenseField, vector: Floats, row: int) -> bool:
    """Whether a text's vector is that of its row, and nothing that is found is nearer or farther.

    Texts that are all but the same may stand before one another, by what half precision loses.
    """
    best = field.best_rows(vector, 1)[:1]
    own, found = field.cosines(vector, np.array([row])), field.cosines(vector, best)
    return bool(own > 1 - _LOST and abs(found - own) < _LOST)


def _one_a_language(opened: Generation) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in range(opened.passages.size):
        found.setdefault(opened.passages.passage(row).language, row)
    return found
