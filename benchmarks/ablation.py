"""What each part of finding is worth: every experiment beside everything, on the same questions.

    python benchmarks/ablation.py DATA PAGES FILE [FILE ...]

An experiment is a file in `tests/quality/experiments/`: what it is called, and the settings that it
changes. DATA holds a generation of PAGES published with the default settings; one that an
experiment needs otherwise is published beside it. The results go to `tests/quality/ablation.json`,
and to standard output as the table of `docs/quality.md`. Only `tune` and `dev` questions are asked.
"""

import argparse
import json
import shutil
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.generation import folder_of
from index.opening import open_encoder
from index.publish import publish
from ingest.readers import read
from ingest.settings import Settings
from ingest.sources.folder import read_folder
from service.engine import Engine
from service.evaluation.figures import per_question
from service.evaluation.questions import GoldQuestion, load_questions
from service.evaluation.run import retrieved
from service.evaluation.statistics import interval, paired_p
from service.records import Question

QUALITY = Path(__file__).resolve().parents[1] / "tests" / "quality"
FIGURES = ("page_at_1", "page_at_5", "passage_at_1", "passage_at_5")
TWO = frozenset(("en", "fr"))

Values = dict[str, dict[str, float]]


def main() -> None:
    """Run every experiment and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args()
    questions = [q for q in load_questions(options.files) if q.split != "gate" and q.answerable]
    results, everything = {}, None
    for what, settings in experiments(options.data, options.pages):
        values, seconds, megabytes = measure(settings, questions)
        everything = everything or values
        results[what] = told(questions, everything, values) | {
            "milliseconds": round(1000 * seconds, 1),
            "megabytes": round(megabytes, 1),
        }
        print(row(what, results[what]), flush=True)
    (QUALITY / "ablation.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def experiments(data: Path, pages: Path) -> Iterator[tuple[str, Settings]]:
    """Yield each experiment's name with settings over a generation that fits it."""
    settings = Settings(data=data)
    yield "everything", settings
    for file in sorted((QUALITY / "experiments").glob("*.toml")):
        changes = tomllib.loads(file.read_text("utf-8"))
        what = changes.pop("what")
        changed = Settings.model_validate(merged(settings.model_dump(), changes))
        if changes.keys() <= {"search"}:
            yield what, changed
            continue
        with tempfile.TemporaryDirectory() as folder:
            for name in ("vectors.sqlite", "models"):
                place = data / name
                copy = shutil.copytree if place.is_dir() else shutil.copy
                copy(place, Path(folder) / name)
            changed = changed.model_copy(update={"data": Path(folder)})
            raw = read_folder(pages, source="corpus", failures={})
            encoder = open_encoder(changed.encoder, changed.models, ingesting=False)
            publish(changed.data, [read(one) for one in raw], encoder, changed)
            yield what, changed


def merged(settings: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return settings with groups of values changed."""
    return settings | {group: {**settings[group], **values} for group, values in changes.items()}


def measure(settings: Settings, questions: Sequence[GoldQuestion]) -> tuple[Values, float, float]:
    """Return figure -> question -> value, seconds a question, and the generation's size in MB."""
    engine = Engine(settings)
    answerer = engine.answerer
    began = time.perf_counter()
    found = [answerer.find(Question(question.question)) for question in questions]
    seconds = (time.perf_counter() - began) / len(questions)
    rows = [
        {
            "outcome": "answered",
            "confidence": one.confidence,
            "retrieved": [retrieved(hit) for hit in one.hits],
            "citations": [],
        }
        for one in found
    ]
    folder = folder_of(settings.data, answerer.searcher.manifest.id)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    engine.close()
    return per_question(questions, rows), seconds, size


def told(questions: Sequence[GoldQuestion], before: Values, after: Values) -> dict[str, Any]:
    """Return each figure's mean and interval, for two groups of languages too, and its p."""
    found: dict[str, Any] = {}
    for figure in FIGURES:
        members = [q for q in questions if q.id in after[figure]]
        groups = {
            figure: members,
            f"{figure}, en fr": [q for q in members if q.language in TWO],
            f"{figure}, others": [q for q in members if q.language not in TWO],
        }
        for name, asked in groups.items():
            sources = [q.source_id for q in asked]
            old, new = ([side[figure][q.id] for q in asked] for side in (before, after))
            mean, low, high = (round(n, 3) for n in interval(new, sources))
            p = round(paired_p(old, new, sources), 4)
            found[name] = {"mean": mean, "low": low, "high": high, "p": p}
    return found


def row(what: str, result: dict[str, Any]) -> str:
    """Return one line of the table."""
    page = result["page_at_1"]
    cells = [
        what,
        f"{page['mean']:.2f} ({page['low']:.2f}-{page['high']:.2f})",
        f"{result['page_at_1, en fr']['mean']:.2f}",
        f"{result['page_at_1, others']['mean']:.2f}",
        *(f"{result[figure]['mean']:.2f}" for figure in FIGURES[1:]),
        f"{page['p']:.3f}",
        f"{result['passage_at_1']['p']:.3f}",
        f"{result['milliseconds']:.0f}",
        f"{result['megabytes']:.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
