"""Speed of both doors of the bundled model against the same shape under torch, in one run.

    python -m benchmarks.encoder [--passages 64] [--questions 50] [--threads 2]

A figure is the best of three for passages and the median for questions; the ratio is what to read,
because all run on the same machine in the same minutes. The last row reads of a passage as much as
an ingest does by default, the others all of it.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertModel

from index import bundled_model
from index.encoder import BundledEncoder, Encoder, TokenGraph, batches
from index.sentence_transformers_door import open_bundled
from ingest.settings import EncoderSettings

SENTENCE = "Le titre de séjour se renouvelle à la préfecture dans les deux mois avant sa fin. "


def passages(count: int) -> list[str]:
    """Return texts of 60 to 200 words, as the passage cutter makes them."""
    return [f"{number} " + SENTENCE * (4 + number % 9) for number in range(count)]


def torch_run(graph: TokenGraph, threads: int) -> Callable[[Sequence[str]], None]:
    """Return a function that encodes under torch; the weights' values don't change its speed."""
    torch.set_num_threads(threads)
    config = BertConfig(
        vocab_size=250_037,
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
    )
    model: Any = BertModel(config, add_pooling_layer=False)
    model.eval()

    def run(texts: Sequence[str]) -> None:
        cut = [graph.model.tokeniser(text) for text in texts]
        with torch.inference_mode():
            for batch in batches([len(numbers) for numbers in cut]):
                numbers, mask = graph.framed([cut[place] for place in batch])
                model(input_ids=torch.from_numpy(numbers), attention_mask=torch.from_numpy(mask))

    return run


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(run: Callable[[Sequence[str]], object], count: int, questions: int) -> list[float]:
    """Return passages a second and milliseconds a question."""
    texts = passages(count)
    run(texts[:4])
    best = min(seconds(lambda: run(texts)) for _ in range(3))
    asked = [[f"How long is residence permit number {n} valid?"] for n in range(questions)]
    waits = [seconds(lambda text=text: run(text)) for text in asked]  # type: ignore[misc]
    return [count / best, statistics.median(waits) * 1000]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=64)
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--models", type=Path, help="where the model is built; kept if given")
    options = parser.parse_args()
    read = EncoderSettings().read_of_passage
    with tempfile.TemporaryDirectory() as temporary:
        folder = bundled_model.build(options.models or Path(temporary))
        doors: dict[str, Encoder] = {
            "direct": BundledEncoder(folder, options.threads),
            "sentence-transformers": open_bundled(folder, options.threads),
            "as an ingest reads": open_bundled(folder, options.threads, read),
        }
        runs: dict[str, Callable[[Sequence[str]], object]] = {
            "torch": torch_run(TokenGraph(folder, 0, None, frugal=False), options.threads),
            **{name: door.encode_passages for name, door in doors.items()},
        }
        rows = {n: measure(run, options.passages, options.questions) for n, run in runs.items()}
    base = rows["torch"]
    print(f"{'':24}{'passages/s':>12}{'x torch':>9}{'ms/question':>13}{'x torch':>9}")
    for name, (rate, wait) in rows.items():
        print(f"{name:24}{rate:12.1f}{rate / base[0]:9.2f}{wait:13.1f}{base[1] / wait:9.2f}")


if __name__ == "__main__":
    main()
