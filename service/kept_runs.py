"""Evaluation runs that were kept, each a JSON file in the data directory: read, never measured.

Apart from `service.evaluation`, which no serving module imports: what a file holds was counted when
it was written.
"""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import DataUnusable, RunUnknown

FOLDER = "evaluations"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


class KeptRuns:
    """The runs of one data directory."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def keep(self, run: Mapping[str, Any]) -> str:
        """Write a run down and return the name that it can be asked for with.

        Raises:
            DataUnusable: the data directory cannot be written.
        """
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        record = {"name": name, "at": now.isoformat(timespec="seconds"), **run}
        self._write(self._folder / f"{name}.json", record)
        return name

    def _write(self, file: Path, record: Mapping[str, Any]) -> None:
        fresh = self._folder / f".{file.stem}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
            fresh.replace(file)
        except OSError as error:
            raise DataUnusable(
                f"{self._folder} cannot be written: {error.strerror}; "
                "make room or name another directory with --data"
            ) from error

    def forget(self, page_key: str) -> int:
        """Take what was quoted of a page out of every run, and return how many had any.

        Raises:
            DataUnusable: the data directory cannot be written.
        """
        mended = 0
        for file in self._folder.glob("*.json"):
            try:
                run = json.loads(file.read_text("utf-8"))
                quoting = [e for e in run["errors"] if e["cited"].startswith(f"{page_key}: ")]
            except (OSError, ValueError, KeyError, TypeError):
                # Not to be read as a run, and none of ours then.
                continue
            for error in quoting:
                error["cited"] = f"{page_key}: (erased)"
            if quoting:
                self._write(file, run)
                mended += 1
        return mended

    def names(self) -> list[str]:
        """Return the names of all runs, newest first; a file of another name is no run."""
        names = (file.stem for file in self._folder.glob("*.json"))
        return sorted(filter(_NAME.fullmatch, names), reverse=True)

    def get(self, name: str) -> dict[str, Any]:
        """Return one run; a figure that is no number (nothing to count) is None.

        Raises:
            RunUnknown: no run has this name, or its file is damaged.
        """
        file = self._folder / f"{name}.json"
        if not _NAME.fullmatch(name) or not file.exists():
            raise RunUnknown(f"there is no evaluation {name} here")
        try:
            # NaN is no JSON, and what Python writes for the mean of nothing.
            found: dict[str, Any] = json.loads(
                file.read_text("utf-8"), parse_constant=lambda _: None
            )
        except (OSError, ValueError) as error:
            raise RunUnknown(
                f"evaluation {name} cannot be read: {error}; remove {file}, or measure again"
            ) from error
        return found
