"""Refreshes and purges as jobs of a serving process: one at a time, with progress."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from ingest.catalogue import Catalogue
from ingest.errors import Busy, SourceMissing
from ingest.guarding import Confirmed
from ingest.history import History
from ingest.lock import is_refreshing
from ingest.refresh import sources_of
from ingest.settings import Settings
from service.refreshing import PROVING, new_run

State = Literal["running", "done", "held", "failed", "cancelled"]
# `rehearse` is a dry run; `lint` looks through every page. Neither writes anything. What `purge`
# began cannot be taken back, so it is never stopped half way.
Task = Literal["refresh", "rehearse", "lint", "purge"]

# What they report has words of pages in it.
_QUOTING = ("rehearse", "lint")
_KEPT = 50
_PATIENCE = 20.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One refresh, dry run, lint or purge, asked for over the API.

    Attributes:
        step, done, total: what it is at; `total` is 0 while nobody knows how much there is.
        report: what came of it, once it is done.
        error: why it was not, in one line for a person.
    """

    id: str
    by: str
    task: Task
    state: State
    began: str
    ended: str | None = None
    step: str = "starting"
    done: int = 0
    total: int = 0
    report: dict[str, Any] | None = field(default=None, repr=False)
    error: str | None = None


class Jobs:
    """Starts refreshes in processes of their own and remembers how they went.

    Args:
        settings: as the service has them.
        serve: serves what a job published; called before anybody is told that the job has ended,
            so that whoever then asks what is live is shown what it published.
    """

    def __init__(self, settings: Settings, serve: Callable[[], object]) -> None:
        self._settings = settings
        self._serve = serve
        self._jobs: dict[str, Job] = {}
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()

    def start(
        self,
        by: str,
        sources: Sequence[str] = (),
        *,
        task: Task = "refresh",
        confirmed: Confirmed = False,
        page: str | None = None,
    ) -> Job:
        """Start a task over these sources, by their names in the settings; over all when none.

        A purge is of the one `page`, by its key.

        Raises:
            Busy: a refresh is under way, here or in another process.
            SourceMissing: a source of that name is not in the settings.
        """
        known = {source.name for source in sources_of(self._settings)}
        unknown = [name for name in sources if name not in known]
        if unknown:
            raise SourceMissing(
                f"there is no source {unknown[0]!r} in the settings; there is "
                + (", ".join(sorted(known)) or "none")
            )
        with self._lock:
            writes = task in {"refresh", "purge"}
            if self._processes or (writes and is_refreshing(self._settings.data)):
                raise Busy("a refresh is under way; wait for it to end, or cancel it")
            process = _launch()
            job = Job(new_run(), by, task, "running", _now())
            self._jobs[job.id] = job
            while len(self._jobs) > _KEPT:
                del self._jobs[next(iter(self._jobs))]
            self._processes[job.id] = process
        order = {
            "settings": self._settings.model_dump(mode="json"),
            "sources": [*sources],
            "task": task,
            "confirmed": confirmed if isinstance(confirmed, bool) else {**confirmed},
            "page": page,
            "by": by,
            "run": job.id,
        }
        threading.Thread(
            target=self._follow, args=(job.id, process, json.dumps(order)), daemon=True
        ).start()
        return job

    def get(self, job: str) -> Job | None:
        """Return a job of this process, None when it has none of that name."""
        self._forget_what_was_purged()
        return self._jobs.get(job)

    def newest(self, *states: State, task: Task | None = None) -> Job | None:
        """Return the newest job of this process in one of these states, None when there is none."""
        self._forget_what_was_purged()
        found = (
            job
            for job in reversed([*self._jobs.values()])
            if job.state in states and task in (None, job.task)
        )
        return next(found, None)

    def cancel(self, job: str) -> Job | None:
        """Ask a job to stop; it publishes nothing unless it had done so already.

        Raises:
            Busy: it is a purge.
        """
        process = self._processes.get(job)
        if process is not None and self._jobs[job].task == "purge":
            raise Busy("a page is being erased, and that cannot be stopped half way; wait for it")
        if process is not None:
            process.terminate()
            threading.Thread(
                target=self._end_unless_published, args=(job, process), daemon=True
            ).start()
        return self._jobs.get(job)

    def close(self) -> None:
        """End what is running, which the next refresh completes or undoes; wait for a purge."""
        for job, process in [*self._processes.items()]:
            if self._jobs[job].task == "purge":
                process.wait()
            else:
                process.terminate()
                _end(process)

    def _follow(self, job: str, process: subprocess.Popen[str], order: str) -> None:
        last: dict[str, Any] = {}
        # Leaving the block closes the pipes and waits for the end.
        with process:
            if process.stdin is None or process.stdout is None:
                raise TypeError("the process was started without pipes")
            try:
                with process.stdin:
                    process.stdin.write(order)
                for line in process.stdout:
                    last = json.loads(line)
                    if "progress" in last:
                        step, done, total = last["progress"]
                        self._note(job, step=step, done=done, total=total)
            except (OSError, ValueError) as error:
                last = {"error": f"the refresh said nothing that could be read: {error}"}
        result = _result(last, process.returncode)
        try:
            self._serve()
        except Exception:  # noqa: BLE001 - the job has ended whatever became of it
            # The engine goes on to look for it by itself.
            _log.exception("what was published could not be served at once")
        self._note(job, ended=_now(), **result)
        with self._lock:
            self._processes.pop(job, None)
        self._forget_what_was_purged()

    def _end_unless_published(self, job: str, process: subprocess.Popen[str]) -> None:
        """Wait for a job that was asked to stop; kill it if it is slow and has not published."""
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            if self._jobs[job].step != PROVING:
                process.kill()

    def _forget_what_was_purged(self) -> None:
        """Drop what dry runs and lint quoted, if a page was erased since, here or by command."""
        with self._lock:
            quoting = [j for j in self._jobs.values() if j.report and j.task in _QUOTING]
            if not quoting:
                return
            catalogue = Catalogue(self._settings.data)
            try:
                last = History(catalogue).last_purge()
            finally:
                catalogue.close()
            for job in quoting:
                if last is not None and last >= job.began:
                    self._jobs[job.id] = replace(job, report=None)

    def _note(self, job: str, **changes: Any) -> None:
        with self._lock:
            if job in self._jobs:
                self._jobs[job] = replace(self._jobs[job], **changes)


def _result(last: dict[str, Any], code: int) -> dict[str, Any]:
    """Return how a job ended, from the last thing that its process said."""
    if "report" in last:
        return {"state": "done", "report": last["report"]}
    if "error" in last:
        return {"state": last.get("state", "failed"), "error": last["error"]}
    if code < 0:
        return {"state": "cancelled", "error": f"the refresh was ended by signal {-code}"}
    return {
        "state": "failed",
        "error": f"the refresh ended with code {code}; see the service's log",
    }


def _launch() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "service.refresh_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Ctrl-C at the service's terminal is for the service: a purge goes on to its end.
        start_new_session=True,
    )


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
