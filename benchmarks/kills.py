"""Kill a publish at random moments: the last good generation must answer, the next must repair.

`python benchmarks/kills.py 50` (`make kills`) ends with a line of counts, and with exit code 0 when
nothing was lost.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_CHILD = """
import sys
from pathlib import Path
from index.publish import publish
from ingest.settings import Settings
from tests.fakes import FakeEncoder, make_page
data, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
pages = [make_page(f"en/{n}", f"Question {n}?", f"Answer number {n} of {first}.")
         for n in range(first, first + count)]
print("begin", flush=True)
publish(data, pages, FakeEncoder(), Settings(data=data))
print("done", flush=True)
"""


def publish(data: Path, first: int, count: int, seconds: float | None) -> tuple[bool, float]:
    """Publish in a process of its own and kill it after so many seconds of publishing.

    Returns:
        Whether it finished by itself, and how long it was at it.
    """
    command = [sys.executable, "-c", _CHILD, str(data), str(first), str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        began = time.perf_counter()
        if seconds is not None:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
        process.stdout.readline()
        taken = time.perf_counter() - began
        return process.wait() == 0, taken


def answers(data: Path) -> str:
    """Open the live generation, read every byte of it, and find a passage by its own words."""
    from index import generation
    from index.search import Searcher
    from ingest.settings import SearchSettings
    from tests.fakes import FakeEncoder

    name = generation.live_id(data)
    generation.verify(data, name)
    encoder = FakeEncoder()
    searcher = Searcher(generation.open_live(data, encoder), SearchSettings())
    key = min(searcher.keys())
    text = searcher.page(key).text.split("\n\n")[1]
    best = searcher.search(text, encoder.encode_questions([text])[0], "en")[0]
    if best.passage.page_key != key:
        raise AssertionError(f"{name} answers {best.passage.page_key} for {key}")
    return name


def kill_often(data: Path, times: int, count: int = 120, seed: int = 1) -> dict[str, int]:
    """Publish, kill and look until `times` were killed; returns how often each thing happened."""
    chance = random.Random(seed)
    publish(data, 0, count, None)
    _, duration = publish(data, 1, count, None)
    seen = {"killed": 0, "finished first": 0, "new generation live": 0, "repaired": 0}
    live = answers(data)
    number = 2
    while seen["killed"] < times:
        finished, _ = publish(data, number, count, chance.uniform(0, duration))
        number += 1
        seen["finished first" if finished else "killed"] += 1
        now = answers(data)
        seen["new generation live"] += now != live
        live = now
    publish(data, 1000, count, None)
    answers(data)
    left = [p.name for p in (data / "generations").iterdir() if p.name.startswith(".")]
    seen["repaired"] = int(not left)
    return seen


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        counted = kill_often(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 50)
    sys.stdout.write(", ".join(f"{name}: {number}" for name, number in counted.items()) + "\n")
    sys.exit(0 if counted["repaired"] else 1)
