"""What is learned by a command: the confidence, and the heads with what is off domain.

`passerelle tune` fits the confidence of the live generation on judged questions and keeps it: one
for pages with lines of what people ask, and one without them. `passerelle tune-heads` learns the
heads from the lines of the live generation and those that no page answers.
"""

import argparse
import os
import sys

import numpy as np

from index.asked import groups_of, lines_of
from index.bundled_model import build, weights_path
from index.encoder import BundledEncoder, encode_lines
from index.generation import TUNED, folder_of, live_id
from index.heads import heads_bytes
from index.off_domain import discriminant
from index.opening import BUNDLED
from index.passage_table import PassageTable
from index.weights_file import WeightsFile
from ingest.domain import NAME as DOMAIN
from ingest.domain import domain_lines
from ingest.elsewhere import elsewhere_lines
from ingest.errors import ModelInvalid
from ingest.settings import Settings
from service.confidence import Calibration, bundled_calibrations
from service.engine import Engine
from service.evaluation.questions import load_questions, refuse_unknown_pages
from service.evaluation.tuning import PLAIN_FEATURES, as_toml, evidence, fit
from ui.written import refuse_unwritable, write

_COMMENT = "Fitted by `passerelle tune` on {n} questions; delete this file to go back."


def run_tuning(options: argparse.Namespace, settings: Settings) -> int:
    """Fit, write beside the live generation, and say what came of it.

    Raises:
        EvaluationInvalid: a question file cannot be used, or holds too few questions.
        OutputUnusable: the file cannot be written.
        StoreError: there is no live generation, or it cannot be used.
    """
    refuse_unwritable(options.output)
    questions = [
        question
        for question in load_questions(options.questions)
        if not options.split or question.split in options.split
    ]
    fitted: dict[str, Calibration] = {}
    for name, search, only in (
        ("asked", settings.search, None),
        ("plain", settings.search.model_copy(update={"asked_weight": 0.0}), PLAIN_FEATURES),
    ):
        engine = Engine(settings.model_copy(update={"search": search}))
        refuse_unknown_pages(questions, engine.answerer.searcher.keys())
        generation = engine.answerer.searcher.manifest.id
        fitted[name] = fit(*evidence(questions, engine.answerer), only)
        engine.close()
    file = options.output or folder_of(settings.data, generation) / TUNED
    fresh = file.with_suffix(f".{os.getpid()}")
    write(fresh, as_toml(fitted, _COMMENT.format(n=len(questions))))
    fresh.replace(file)
    for name, calibration in fitted.items():
        before = getattr(bundled_calibrations(), name).threshold
        sys.stdout.write(f"{name}: threshold {calibration.threshold} (bundled {before})\n")
    sys.stdout.write(f"written to {file}; a service takes it up when it starts\n")
    return 0


def run_head_tuning(options: argparse.Namespace, settings: Settings) -> int:
    """Learn the heads, and what is off domain, and write them; minutes on a laptop.

    Raises:
        ContentInvalid: a file of lines cannot be used.
        IndexMissing: nothing has been published yet.
        OutputUnusable: the file cannot be written.
        ModelInvalid: the settings name another model than the bundled one, or no page has lines.
    """
    # Imported here because learning needs torch and everything else starts faster without it.
    from index.head_training import BRANCH, learn

    refuse_unwritable(options.output)
    if settings.encoder.model != BUNDLED:
        raise ModelInvalid(
            f"encoder.model is {settings.encoder.model}; only the bundled model has heads. "
            "Leave encoder.model out."
        )
    table = PassageTable(folder_of(settings.data, live_id(settings.data)) / "passages.sqlite")
    passages = [table.passage(row) for row in range(table.size)]
    lines = lines_of(passages, table.asked())
    table.close()
    elsewhere, domain = elsewhere_lines(settings.content), domain_lines(settings.content)
    if not lines:
        raise ModelInvalid("No page has lines of what people ask, so there is nothing to learn.")
    leads = np.zeros((len(lines), len(passages)), np.float32)
    for number, line in enumerate(lines):
        leads[number, line.rows] = 1
    chosen = settings.encoder
    encoder = BundledEncoder(build(settings.models), chosen.threads, chosen.read_of_passage)
    asked = [line.text for line in lines]
    factors = learn(
        encoder.graph,
        WeightsFile(weights_path()),
        [*asked, *elsewhere],
        groups_of(lines, len(elsewhere), len(passages))[1],
        leads,
        encoder.encode_passages([passage.fields()["body"] for passage in passages]),
        _tell,
    )
    asked_there, inside, outside = (
        encode_lines(encoder.graph, texts, factors[0]) for texts in (asked, *domain)
    )
    off_domain = discriminant([asked_there, inside], outside)
    write(options.output, heads_bytes(BRANCH, *factors, off_domain))
    sys.stdout.write(
        f"\n{options.output} was learned from {len(lines)} lines and {len(elsewhere)} that no page "
        f"answers, and what is off domain from {len(domain[0])} and {len(domain[1])} in "
        f"{settings.content / DOMAIN}; name it as encoder.heads and run `passerelle ingest`\n"
    )
    return 0


def _tell(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done}/{total} batches")
