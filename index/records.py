"""What the index hands out: a hit, and the manifest that says what a generation was built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.records import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found for a question.

    Attributes:
        passage: the passage, with all its places.
        score: fused evidence; comparable within one question only.
        dense: cosine of the question with the passage's best field, or None if that leg missed it.
        lexical: BM25 score, or None if that leg missed it.
        parts: what each field or leg contributed, for `explain`.
        led_to: whether lines of what people ask lead to the passage; where none does, its part
            `asked` is the mean of the others and says nothing of this passage.
    """

    passage: Passage
    score: float
    dense: float | None = None
    lexical: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    led_to: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one generation is made of; stored beside it as `manifest.json`.

    Attributes:
        id: name of the generation: a content hash over everything that it depends on.
        corpus_digest: hash over the full digests of all its pages.
        splitter: version and settings of the passage cutter.
        encoder, encoder_digest, dimension: the model that made the vectors.
        counts: pages, passages (after folding), folded, vectors by field, passages by language.
        checksums: SHA-256 of every other file in the folder, by name.
        made_at: UTC, ISO 8601.
        version: Passerelle's own version.
        index_version: form of the files; manifests did not always have it.
    """

    id: str
    corpus_digest: str
    splitter: str
    encoder: str
    encoder_digest: str
    dimension: int
    counts: Mapping[str, int]
    languages: Mapping[str, int]
    checksums: Mapping[str, str]
    made_at: str
    version: str
    index_version: str = ""
