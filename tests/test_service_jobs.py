"""Jobs: what they quote is forgotten once a page is erased, and a purge is waited for."""

import signal
import subprocess
import sys
import time

import pytest

from ingest.catalogue import Catalogue
from ingest.history import History
from ingest.settings import Settings
from service import jobs as module
from service.jobs import Job, Jobs

BEGAN = "2026-11-26T08:00:00+00:00"


@pytest.fixture
def jobs(tmp_path):
    return Jobs(Settings(data=tmp_path), serve=lambda: None)


def test_what_a_dry_run_quoted_is_forgotten_when_a_page_was_erased_by_command(jobs, tmp_path):
    for task in ("rehearse", "lint", "refresh"):
        jobs._jobs[task] = Job(task, "Anna", task, "done", BEGAN, report={"words": "quoted"})
    assert jobs.get("rehearse").report
    history = History(Catalogue(tmp_path))
    history.begin("r", "purge", "Ben", None)
    history.end("r", "published")
    assert jobs.newest("done", task="lint").report is None
    assert jobs.get("rehearse").report is None
    assert jobs.get("refresh").report


def test_what_a_dry_run_quotes_after_a_purge_stays(jobs, tmp_path):
    history = History(Catalogue(tmp_path))
    history.begin("r", "purge", "Ben", None)
    history.end("r", "published")
    jobs._jobs["x"] = Job("x", "Anna", "lint", "done", "2100-01-01T00:00:00+00:00", report={"a": 1})
    assert jobs.get("x").report


@pytest.mark.parametrize(("task", "code"), [("purge", 0), ("lint", -signal.SIGTERM)])
def test_the_end_of_the_service_waits_for_a_purge_alone(jobs, task, code):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"])
    jobs._jobs["x"] = Job("x", "Anna", task, "running", BEGAN)
    jobs._processes["x"] = process
    jobs.close()
    assert process.returncode == code


def test_a_job_that_has_published_is_not_killed_however_long_it_proves(jobs, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    jobs._jobs["x"] = Job("x", "Anna", "refresh", "running", BEGAN, step=module.PROVING)
    jobs._end_unless_published("x", process)
    time.sleep(0.1)
    assert process.poll() is None
    jobs._jobs["x"] = Job("x", "Anna", "refresh", "running", BEGAN, step="encoding passages")
    jobs._end_unless_published("x", process)
    assert process.wait(10) == -signal.SIGKILL


def test_a_job_is_out_of_reach_of_the_terminal_of_the_service(monkeypatch):
    given = {}
    monkeypatch.setattr(module.subprocess, "Popen", lambda *_, **options: given.update(options))
    module._launch()
    assert given["start_new_session"] is True


def test_a_job_whose_process_cannot_be_started_is_not_said_to_run(jobs, monkeypatch):
    def no_process():
        raise OSError("no memory for a process")

    monkeypatch.setattr(module, "_launch", no_process)
    with pytest.raises(OSError, match="no memory"):
        jobs.start("Anna", task="lint")
    assert jobs.newest("running") is None


def test_a_job_has_ended_only_once_what_it_published_is_served(tmp_path, monkeypatch):
    command = [sys.executable, "-c", """input(); print('{"report": {}}')"""]
    pipe = subprocess.PIPE
    monkeypatch.setattr(
        module, "_launch", lambda: subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    )
    states = []

    def serve():
        states.append(jobs.newest("running", "done").state)
        raise OSError("no memory for a generation")

    jobs = Jobs(Settings(data=tmp_path), serve)
    job = jobs.start("Anna")
    deadline = time.monotonic() + 60
    while jobs.get(job.id).state == "running" and time.monotonic() < deadline:
        time.sleep(0.01)
    # A generation that cannot be served takes nothing from what is said of the job.
    assert (states, jobs.get(job.id).state) == (["running"], "done")
