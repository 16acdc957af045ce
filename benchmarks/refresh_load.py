"""Four clients ask without pause while pages are refreshed: nothing fails, nothing is mixed.

    python benchmarks/refresh_load.py DATA PAGES [--clients 4] [--refreshes 4]

publishes a copy of PAGES with the models and vectors of DATA and serves it, asks for a while with
nothing else going on, then goes on asking while refreshes change a tenth of the pages each, one
after the other. Every answer must come, and all its citations must be of pages as its generation
has them. Prints the p95 of both times and their ratio; exit code 1 when anything failed.
"""

import argparse
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from service.evaluation.metrics import percentile
from service.evaluation.questions import load_questions

ROOT = Path(__file__).resolve().parents[1]
IDLE_SECONDS = 40
# Of the pages, changed by each refresh.
CHANGED = 0.1

Answer = tuple[float, float, dict[str, Any] | None]


class Asking:
    """Clients that ask without pause, and what they were told: when, how long it took, what."""

    def __init__(self, address: str, questions: list[str], clients: int) -> None:
        self.answers: list[Answer] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(address, questions, number))
            for number in range(clients)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End them all."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, address: str, questions: list[str], number: int) -> None:
        pick = random.Random(number)
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            while not self._stop.is_set():
                began = time.perf_counter()
                try:
                    got = client.post("/v1/answers", json={"question": pick.choice(questions)})
                    told = got.raise_for_status().json()
                except httpx.HTTPError:
                    told = None
                self.answers.append((began, time.perf_counter() - began, told))


def main() -> int:
    """Serve, ask, refresh, and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--refreshes", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        data = home / "data"
        data.mkdir()
        (data / "models").symlink_to((options.data / "models").resolve())
        shutil.copy(options.data / "vectors.sqlite", data)
        pages = shutil.copytree(options.pages, home / "pages")
        address = "http://127.0.0.1:8377"
        verbs = [sys.executable, "-m", "ui.cli", "--data", str(data)]
        subprocess.run([*verbs, "ingest", str(pages)], cwd=ROOT, check=True)
        server = subprocess.Popen([*verbs, "serve", "--port", "8377"], cwd=ROOT)
        try:
            return measured(options, verbs, pages, data, address)
        finally:
            server.terminate()
            server.wait()


def measured(
    options: argparse.Namespace, verbs: list[str], pages: Path, data: Path, address: str
) -> int:
    """Ask idle, ask while refreshing, print what came; 1 when an answer failed or was mixed."""
    wait_for(address)
    files = sorted((ROOT / "corpus" / "questions").glob("??.jsonl"))
    questions = [q.question for q in load_questions(files) if q.split == "tune"]
    asking = Asking(address, questions, options.clients)
    time.sleep(IDLE_SECONDS)
    middle = time.perf_counter()
    digests: dict[str, set[tuple[str, str]]] = generations(data)
    spans = []
    for number in range(options.refreshes):
        change(pages, number)
        began = time.perf_counter()
        subprocess.run([*verbs, "ingest", str(pages)], cwd=ROOT, check=True, capture_output=True)
        spans.append(time.perf_counter() - began)
        digests |= generations(data)
    time.sleep(3)
    asking.stop()
    failed = [told for *_, told in asking.answers if told is None]
    mixed = [t for *_, t in asking.answers if t and not of_one_generation(t, digests)]
    times = ([], [])
    for began, seconds, _ in asking.answers:
        times[began > middle].append(seconds)
    idle, busy = (percentile(found, 0.95) for found in times)
    seen = {told["generation"] for *_, told in asking.answers if told}
    print(f"{len(asking.answers)} answers, {len(failed)} failed, {len(mixed)} mixed")
    print(f"{len(seen)} generations seen; refreshes took {', '.join(f'{s:.0f}' for s in spans)} s")
    for name, found, p95 in zip(("idle", "refreshing"), times, (idle, busy), strict=True):
        print(f"{name}: {len(found)} answers, p50 {percentile(found, 0.5):.3f} s, p95 {p95:.3f} s")
    print(f"p95 refreshing / idle: {busy / idle:.2f}")
    return int(bool(failed or mixed))


def wait_for(address: str) -> None:
    """Wait until the service is ready."""
    while True:
        try:
            httpx.get(f"{address}/readyz", timeout=30, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return


def change(pages: Path, number: int) -> None:
    """Write a sentence of this round into a tenth of the pages."""
    files = sorted(file for file in pages.rglob("*.md"))
    for file in files[number % 10 :: round(1 / CHANGED)]:
        text = re.sub(r"\n\nThis stands here since round \d+\.\n$", "\n", file.read_text("utf-8"))
        file.write_text(f"{text.rstrip()}\n\nThis stands here since round {number}.\n", "utf-8")


def generations(data: Path) -> dict[str, set[tuple[str, str]]]:
    """Return the keys and digests of the pages of every generation on disk."""
    found = {}
    for folder in (data / "generations").iterdir():
        table = folder / "passages.sqlite"
        if table.exists():
            with sqlite3.connect(f"file:{table}?mode=ro", uri=True) as database:
                found[folder.name] = {*database.execute("select key, digest from pages")}
    return found


def of_one_generation(told: dict[str, Any], digests: dict[str, set[tuple[str, str]]]) -> bool:
    """Whether every citation is of a page as the answer's generation has it."""
    cited = {(c["page_key"], c["page_digest"]) for c in told["citations"]}
    return cited <= digests[told["generation"]]


if __name__ == "__main__":
    sys.exit(main())
