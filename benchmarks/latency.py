"""Where an answer's time goes: how long it takes, and the share that is not spent in encoders.

    python benchmarks/latency.py DATA FILE [FILE ...]

asks each question of the files over the live generation in DATA, in this process, after a few that
do not count; then all once more, when the sentences of the pages that answer are remembered, as
they are by a service that has run for a while.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from index.encoder import Asked, Encoder
from index.ensemble import Ensemble
from index.weights_file import Floats
from ingest.settings import Settings
from service.answering import Answerer
from service.engine import Engine
from service.evaluation.metrics import percentile
from service.evaluation.questions import load_questions
from service.records import Question

UNCOUNTED = 10


class Timed:
    """One encoder's three doors with a watch on them."""

    def __init__(self, encoder: Encoder) -> None:
        self.seconds = 0.0
        self._inside = False
        self._questions, self._passages = encoder.encode_questions, encoder.encode_passages
        self._asked = encoder.encode_asked
        encoder.encode_questions = self._timed_questions  # type: ignore[method-assign]
        encoder.encode_passages = self._timed_passages  # type: ignore[method-assign]
        encoder.encode_asked = self._timed_asked  # type: ignore[method-assign]

    def _timed_questions(self, texts: Sequence[str]) -> Floats:
        return self._watched(self._questions, texts)

    def _timed_asked(self, text: str) -> Asked:
        return self._watched(self._asked, text)

    def _timed_passages(self, texts: Sequence[str], *progress: object) -> Floats:
        return self._watched(self._passages, texts, *progress)

    def _watched(self, encode, *arguments):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN202
        if self._inside:  # one door goes through another
            return encode(*arguments)
        began, self._inside = time.perf_counter(), True
        try:
            return encode(*arguments)
        finally:
            self._inside = False
            self.seconds += time.perf_counter() - began


def main() -> None:
    """Ask, and print the percentiles and the share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args()
    answerer = Engine(Settings(data=options.data)).answerer
    encoder = answerer.encoder
    members = encoder.members if isinstance(encoder, Ensemble) else (encoder,)
    watches = [Timed(member) for member in members]
    questions = [question.question for question in load_questions(options.files)]
    for name in ("first", "again"):
        print(f"{name}:")
        tell(*asked(questions, answerer, watches))


def asked(
    questions: Sequence[str], answerer: Answerer, watches: Sequence[Timed]
) -> tuple[list[float], list[float]]:
    """Ask each question; return seconds of its answer, and those of them spent in encoders."""
    seconds, encoding = [], []
    for question in questions:
        before = sum(watch.seconds for watch in watches)
        began = time.perf_counter()
        answerer.answer(Question(question))
        seconds.append(time.perf_counter() - began)
        encoding.append(sum(watch.seconds for watch in watches) - before)
    return seconds[UNCOUNTED:], encoding[UNCOUNTED:]


def tell(seconds: Sequence[float], encoding: Sequence[float]) -> None:
    """Print percentiles, and the share outside the encoders."""
    outside = [whole - inside for whole, inside in zip(seconds, encoding, strict=True)]
    for name, times in (("whole", seconds), ("encoders", encoding), ("outside", outside)):
        shown = "  ".join(f"p{p} {1000 * percentile(times, p / 100):6.1f}" for p in (50, 95))
        print(f"{name:<9} {shown}  ms")
    print(f"outside the encoders: {sum(outside) / sum(seconds):.2f} of {len(seconds)} answers")


if __name__ == "__main__":
    main()
