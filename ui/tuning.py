"""`passerelle tune`: fit the confidence of the live generation on judged questions and keep it.

Both models are fitted: the one for pages with lines of what people ask, and the one without them.
"""

import argparse
import os
import sys

from index.generation import TUNED, folder_of
from ingest.settings import Settings
from service.confidence import Calibration, bundled_calibrations
from service.engine import Engine
from service.evaluation.questions import load_questions, refuse_unknown_pages
from service.evaluation.tuning import PLAIN_FEATURES, as_toml, evidence, fit

_COMMENT = "Fitted by `passerelle tune` on {n} questions; delete this file to go back."


def run_tuning(options: argparse.Namespace, settings: Settings) -> int:
    """Fit, write beside the live generation, and say what came of it.

    Raises:
        EvaluationInvalid: a question file cannot be used, or holds too few questions.
        StoreError: there is no live generation, or it cannot be used.
    """
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
    fresh.write_text(as_toml(fitted, _COMMENT.format(n=len(questions))), "utf-8")
    fresh.replace(file)
    for name, calibration in fitted.items():
        before = getattr(bundled_calibrations(), name).threshold
        sys.stdout.write(f"{name}: threshold {calibration.threshold} (bundled {before})\n")
    sys.stdout.write(f"written to {file}; a service takes it up when it starts\n")
    return 0
