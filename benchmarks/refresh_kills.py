"""Kill refreshes at random moments: nothing is lost, nothing stale answers, the next one is clean.

`python benchmarks/refresh_kills.py 200` (part of `make kills`). Every round rewrites all pages of a
source with the round's number, takes one away and adds one, and kills the refresh somewhere between
its first step and its last. What is live must always be one whole round, never a mixture.
"""

import multiprocessing
import random
import re
import sys
import tempfile
import time
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

_PAGES = 40
_ROUND = re.compile(r"In round (\d+)")
_PAGE = """---
title: Page {n}
language: en
slug: page-{n}
---

## What is said on page {n}?

In round {number} page {n} says that the office of street {n} is open to everyone.
"""


def write_round(folder: Path, number: int) -> set[str]:
    """Write the pages of a round and return their keys."""
    folder.mkdir(exist_ok=True)
    wanted = range(number, number + _PAGES)
    for file in folder.iterdir():
        file.unlink()
    for n in wanted:
        (folder / f"{n}.md").write_text(_PAGE.format(n=n, number=number), "utf-8")
    return {f"en/page-{n}" for n in wanted}


def refresh_here(home: Path) -> Any:
    """Refresh in this process, with an encoder that needs no model."""
    from ingest.refresh import open_source
    from ingest.settings import Settings
    from service import refreshing
    from tests.fakes import FakeEncoder

    settings = Settings(data=home / "data")
    sources = [open_source(home / "pages")]
    # Put back afterwards: the parent process may go on to encode for real.
    with patch.object(refreshing, "open_encoder", lambda *_, **__: FakeEncoder()):
        return refreshing.refresh(sources, settings, by="kills", confirmed=True)


def _child(home: Path, told: Connection) -> None:
    told.send("begin")
    refresh_here(home)


def refresh_and_kill(home: Path, seconds: float) -> bool:
    """Refresh in a process of its own and kill it; True when it finished first."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["service.refreshing", "ingest.readers.markdown", "tests.fakes"])
    here, there = context.Pipe()
    process = context.Process(target=_child, args=(home, there))
    process.start()
    there.close()
    here.recv()
    time.sleep(seconds)
    process.kill()
    process.join()
    here.close()
    return process.exitcode == 0


def live_round(home: Path) -> tuple[int, set[str]]:
    """Read every byte of what is live; return its one round and its page keys."""
    from index import generation
    from index.passage_table import PassageTable

    data = home / "data"
    name = generation.live_id(data)
    generation.verify(data, name)
    with closing(PassageTable(generation.folder_of(data, name) / "passages.sqlite")) as table:
        rows = [table.passage(row) for row in range(table.size)]
    rounds = {int(found[1]) for passage in rows if (found := _ROUND.search(passage.text))}
    if len(rounds) != 1:
        raise AssertionError(f"{name} mixes rounds {sorted(rounds)}")
    return rounds.pop(), {passage.page_key for passage in rows}


def kill_refreshes(home: Path, times: int, seed: int = 1) -> dict[str, int]:
    """Refresh and kill until `times` were killed; return how often each thing happened."""
    chance = random.Random(seed)
    duration = _duration(home)
    seen = {"killed": 0, "finished first": 0, "new round live": 0}
    before, _ = live_round(home)
    number = 1
    while seen["killed"] < times:
        number += 1
        write_round(home / "pages", number)
        finished = refresh_and_kill(home, chance.uniform(0, 2 * duration))
        seen["finished first" if finished else "killed"] += 1
        now, keys = live_round(home)
        if keys != {f"en/page-{n}" for n in range(now, now + _PAGES)}:
            raise AssertionError(f"round {now} is live and not whole: {sorted(keys)}")
        seen["new round live"] += now != before
        before = now
    return {**seen, **_afterwards(home, number + 1)}


def _duration(home: Path) -> float:
    write_round(home / "pages", 0)
    refresh_here(home)
    write_round(home / "pages", 1)
    began = time.perf_counter()
    refresh_here(home)
    return time.perf_counter() - began


def _afterwards(home: Path, number: int) -> dict[str, int]:
    """Refresh once more and look at everything that a death could have left behind."""
    from ingest.catalogue import Catalogue
    from ingest.history import History

    keys = write_round(home / "pages", number)
    refresh_here(home)
    catalogue = Catalogue(home / "data")
    history = History(catalogue)
    runs = history.runs(10_000)
    found = {
        "lost": len(keys - set(catalogue.known())) + len(keys - live_round(home)[1]),
        "stale": len(live_round(home)[1] - keys) + int(live_round(home)[0] != number),
        "left over": len([*(home / "data" / "generations").glob(".*")])
        + len(history.departures(()))
        + sum(run.outcome == "running" for run in runs),
        "receipts": sum(run.receipts for run in runs),
        "unsound": sum(run.unsound for run in runs),
        "changed at once more": int(bool(refresh_here(home).changes[0])),
    }
    catalogue.close()
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        counted = kill_refreshes(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    sys.stdout.write(", ".join(f"{name}: {number}" for name, number in counted.items()) + "\n")
    faults = ("lost", "stale", "left over", "unsound", "changed at once more")
    sys.exit(1 if any(counted[name] for name in faults) else 0)
