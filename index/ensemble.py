"""Several encoders as one: vectors side by side, so that one cosine is a weighted mean of theirs.

Whatever holds or compares vectors need not know that there are two.
"""

import hashlib
import math
from collections.abc import Collection, Sequence

import numpy as np

from index.encoder import Asked, Encoder, Progress
from index.weights_file import Floats


class Ensemble:
    """Encoders with weights.

    A vector is each member's, times the root of its share of the weight, one after the other. So it
    has length 1, and the cosine of two is the weighted mean of the members' cosines.

    Args:
        weighted: encoders with their weights; the first is the slowest.
    """

    def __init__(self, weighted: Sequence[tuple[Encoder, float]]) -> None:
        total = sum(weight for _, weight in weighted)
        self.members = tuple(encoder for encoder, _ in weighted)
        self._scales = [math.sqrt(weight / total) for _, weight in weighted]
        self.name = " + ".join(encoder.name for encoder in self.members)
        self.dimension = sum(encoder.dimension for encoder in self.members)
        self.digest = self._joined([member.digest for member in self.members])
        self.questions_digest = self._joined([member.questions_digest for member in self.members])
        self.lines_digest = self.members[0].lines_digest

    def _joined(self, digests: Sequence[str]) -> str:
        pairs = zip(digests, self._scales, strict=True)
        described = ";".join(f"{digest}:{scale:.6f}" for digest, scale in pairs)
        return hashlib.sha256(described.encode()).hexdigest()

    def join(self, columns: Sequence[Floats]) -> Floats:
        """Return (n, dimension) float32 from each member's own (n, ...) vectors, in their order."""
        scaled = [c * np.float32(s) for c, s in zip(columns, self._scales, strict=True)]
        joined: Floats = np.concatenate(scaled, axis=1)
        return joined

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return (n, dimension) float32, a row a text; `progress` follows the first member."""
        first, *others = self.members
        columns = [first.encode_passages(texts, progress)]
        return self.join(columns + [encoder.encode_passages(texts) for encoder in others])

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, a row a question."""
        return self.join([encoder.encode_questions(texts) for encoder in self.members])

    def encode_asked(self, text: str) -> Asked:
        """Return a question as all three; what concerns lines is by the first member alone."""
        asked = [encoder.encode_asked(text) for encoder in self.members]
        question = self.join([one.question[None] for one in asked])[0]
        query = self.join([one.query[None] for one in asked])[0]
        return Asked(question, query, asked[0].line, asked[0].off_domain)

    def encode_lines(self, texts: Sequence[str]) -> Floats:
        """Return (n, ...) float32, a row a line, by the first member alone."""
        return self.members[0].encode_lines(texts)

    def tokens(self, text: str) -> int:
        """Return how many tokens the first member makes of a passage, before any cut."""
        return self.members[0].tokens(text)

    def knows(self, language: str) -> bool:
        """Whether every member knows this language; one that names none knows them all."""
        return all(language in _languages(member, language) for member in self.members)

    def without_unknown(self, vector: Floats, language: str) -> Floats:
        """Return a question's vector, length 1, with no part of a member that can't read it."""
        kept, end = vector.copy(), 0
        for member in self.members:
            end += member.dimension
            if language not in _languages(member, language):
                kept[end - member.dimension : end] = 0
        length = float(np.linalg.norm(kept))
        # A question that nobody can read stays as it is: some evidence is better than none.
        return kept / np.float32(length) if length else vector


def _languages(member: Encoder, otherwise: str) -> Collection[str]:
    return getattr(member, "languages", (otherwise,))
