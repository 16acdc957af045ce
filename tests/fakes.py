"""A tiny encoder that needs no model: a hashed bag of words, so that tests are quick and exact."""

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from index.encoder import Asked
from ingest.records import Block, Page, Section

Floats = npt.NDArray[np.float32]


class FakeEncoder:
    """Texts that share words are near each other; the same text is always the same vector."""

    name = "fake"
    dimension = 64

    def __init__(self, digest: str = "fake-1") -> None:
        self.digest = self.questions_digest = self.lines_digest = digest
        self.seen: list[str] = []

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Floats:
        self.seen += texts
        return self._encode(texts)

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        return self._encode(texts)

    def encode_asked(self, text: str) -> Asked:
        (vector,) = self._encode([text])
        return Asked(vector, vector, vector, 0.0)

    def encode_lines(self, texts: Sequence[str]) -> Floats:
        return self._encode(texts)

    def tokens(self, text: str) -> int:
        return len(text.split())

    def _encode(self, texts: Sequence[str]) -> Floats:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()) or ["?"]:
                place = int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension
                vectors[row, place] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def make_page(key: str, *paragraphs: str, language: str = "en", title: str = "", **fields) -> Page:
    """Build a page of one section a paragraph pair: heading, then text."""
    text, sections, blocks = "", [Section((), "heading", 0, 0, 0, 0)], []
    for heading, body in zip(paragraphs[::2], paragraphs[1::2], strict=True):
        start = len(text)
        text += heading + "\n\n"
        middle = len(text)
        text += body + "\n\n"
        sections.append(
            Section((heading,), "heading", start, start + len(heading), start, len(text), 0)
        )
        blocks.append(Block("paragraph", middle, middle + len(body), len(sections) - 1))
    sections[0] = Section((), "heading", 0, 0, 0, len(text))
    return Page(
        key=key,
        title=title or key,
        language=language,
        text=text,
        sections=tuple(sections),
        blocks=tuple(blocks),
        source=fields.pop("source", "test"),
        **fields,
    )


CARD = make_page(
    "en/card",
    "How do I get the health card?",
    "You apply for the health card online or by post with a photo.",
    "What does the health card cost?",
    "The health card is free for everyone who is insured.",
    title="The health card",
)
CARTE = make_page(
    "fr/carte",
    "Comment obtenir la carte santé ?",
    "La carte santé se demande en ligne ou par courrier avec une photo.",
    language="fr",
    title="La carte santé",
)
RENT = make_page(
    "en/rent",
    "Who pays the rent deposit?",
    "The tenant pays the landlord a deposit before moving into the flat.",
    title="Renting a flat",
)
