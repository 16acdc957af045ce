"""The command line as people use it: exit codes, one line on stderr, never a traceback."""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from index.heads import read_heads
from ui import apps
from ui.cli import build_parser, main

PAGE = """---
title: The library card
language: en
slug: library-card
---

## How do I get a library card?

You ask for the library card at the desk of any library, with a proof of address.
"""


@pytest.fixture
def home(tmp_path, models_folder):
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(models_folder)
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "card.md").write_text(PAGE, "utf-8")
    return tmp_path


def run(home, *words):
    return main(["--data", str(home / "data"), *words])


def last_error(capsys) -> str:
    lines = capsys.readouterr().err.strip().splitlines()
    assert "Traceback" not in "\n".join(lines)
    return lines[-1]


def test_ingest_ask_status_and_doctor_work_together(home, capsys):
    assert run(home, "ingest", str(home / "pages"), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["pages"], report["passages"], report["encoded"]) == (1, 1, 1)
    assert run(home, "ask", "How do I get a library card?", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["outcome"] == "answered"
    assert answer["citations"][0]["page_key"] == "en/library-card"
    assert answer["citations"][0]["quote"] in PAGE
    assert run(home, "ask", "How do I get a library card?") == 0
    assert "This is not legal advice" in capsys.readouterr().out
    assert run(home, "explain", "library card") == 0
    assert "en/library-card" in capsys.readouterr().out
    assert run(home, "status", "--json") == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["generation"], status["passages"]) == (answer["generation"], 1)
    assert run(home, "doctor") == 0
    assert "every checksum right" in capsys.readouterr().out
    assert run(home, "ingest", str(home / "pages")) == 0
    assert "1 unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("harm", ["folder gone", "another encoder"])
def test_doctor_opens_what_is_live_as_a_service_does(home, capsys, harm):
    run(home, "ingest", str(home / "pages"))
    folder = home / "data" / "generations" / (home / "data" / "live").read_text().strip()
    if harm == "folder gone":
        shutil.rmtree(folder)
    else:
        file = folder / "manifest.json"
        manifest = json.loads(file.read_text())
        file.write_text(json.dumps({**manifest, "encoder_digest": "other"}))
    capsys.readouterr()
    assert run(home, "doctor", "--json") == 1
    findings = {found["what"]: found for found in json.loads(capsys.readouterr().out)}
    assert not findings["live generation"]["sound"]
    assert "`passerelle ingest`" in findings["live generation"]["detail"]
    assert findings["encoder"]["sound"]


def test_a_refusal_exits_0(home, capsys):
    run(home, "ingest", str(home / "pages"))
    capsys.readouterr()
    assert run(home, "ask", "ما هي عاصمة اليابان وكم عدد سكانها؟", "--json") == 0
    assert json.loads(capsys.readouterr().out)["citations"] == []


def test_a_question_comes_from_standard_input_too(home, capsys, monkeypatch):
    run(home, "ingest", str(home / "pages"))
    capsys.readouterr()
    with (home / "question").open("w+") as stream:
        stream.write("library card\n")
        stream.seek(0)
        monkeypatch.setattr(sys, "stdin", stream)
        assert run(home, "ask", "-") == 0


def test_a_dry_run_publishes_nothing(home, capsys):
    assert run(home, "ingest", str(home / "pages"), "--dry-run") == 0
    assert "1 added" in capsys.readouterr().out
    assert run(home, "status") == 1
    assert "run `passerelle ingest`" in last_error(capsys)


def test_a_bad_page_is_named_and_the_rest_is_published(home, capsys):
    (home / "pages" / "bad.md").write_bytes(b"\xff\xfe\x00")
    assert run(home, "ingest", str(home / "pages")) == 0
    captured = capsys.readouterr()
    assert "bad.md" in captured.err
    assert "1 added, 0 changed, 0 unchanged, 0 removed, 1 unreadable" in captured.out


def test_nothing_readable_exits_1(home, capsys):
    (home / "pages" / "card.md").write_bytes(b"\xff")
    assert run(home, "ingest", str(home / "pages")) == 1
    assert "card.md" in capsys.readouterr().err


def test_too_many_removals_are_held(home, capsys):
    (home / "pages" / "b.md").write_text(PAGE.replace("library-card", "b"), "utf-8")
    run(home, "ingest", str(home / "pages"))
    (home / "pages" / "b.md").unlink()
    assert run(home, "ingest", str(home / "pages")) == 1
    assert "--confirm-removals" in last_error(capsys)
    assert run(home, "ingest", str(home / "pages"), "--confirm-removals") == 0


def test_rollback_lists_and_switches(home, capsys):
    run(home, "ingest", str(home / "pages"))
    (home / "pages" / "b.md").write_text(PAGE.replace("library-card", "b"), "utf-8")
    run(home, "ingest", str(home / "pages"))
    capsys.readouterr()
    assert run(home, "rollback", "--yes") == 0
    out = capsys.readouterr().out
    assert "goes: en/b" in out
    assert "is live" in out
    run(home, "status", "--json")
    assert json.loads(capsys.readouterr().out)["pages"] == 1


def test_rollback_to_what_another_encoder_made_is_refused_and_nothing_is_switched(home, capsys):
    run(home, "ingest", str(home / "pages"))
    old = (home / "data" / "live").read_text().strip()
    (home / "pages" / "b.md").write_text(PAGE.replace("library-card", "b"), "utf-8")
    run(home, "ingest", str(home / "pages"))
    live = (home / "data" / "live").read_text()
    file = home / "data" / "generations" / old / "manifest.json"
    manifest = json.loads(file.read_text())
    file.write_text(json.dumps({**manifest, "encoder_digest": "other"}))
    capsys.readouterr()
    assert run(home, "rollback", "--yes") == 1
    shown = capsys.readouterr()
    assert "is live" not in shown.out
    assert f"{old} was made with encoder other" in shown.err
    assert f"the settings name {manifest['encoder_digest']}" in shown.err
    assert "set the encoder settings back" in shown.err
    assert (home / "data" / "live").read_text() == live


@pytest.mark.parametrize("left", [None, b"nothing"])
def test_rollback_leaves_a_live_generation_that_cannot_be_read(home, capsys, left):
    run(home, "ingest", str(home / "pages"))
    (home / "pages" / "b.md").write_text(PAGE.replace("library-card", "b"), "utf-8")
    run(home, "ingest", str(home / "pages"))
    live = (home / "data" / "live").read_text().strip()
    file = home / "data" / "generations" / live / "passages.sqlite"
    file.unlink() if left is None else file.write_bytes(left)
    capsys.readouterr()
    assert run(home, "rollback", "--yes") == 0
    out = capsys.readouterr().out
    assert "goes is not known: the live generation cannot be read" in out
    assert "nothing" not in out
    assert run(home, "status", "--json") == 0


def test_every_command_names_a_live_pointer_that_is_no_text_and_two_repair_it(home, capsys):
    pages, pointer = str(home / "pages"), home / "data" / "live"
    run(home, "ingest", pages)
    name = pointer.read_text()
    for repair in (["ingest", pages], ["rollback", "--yes"]):
        pointer.write_bytes(b"\xff\xfe")
        for words in (["ask", "x"], ["status"], ["doctor"]):
            capsys.readouterr()
            assert run(home, *words) == 1
            shown = capsys.readouterr()
            assert f"{pointer} does not say which generation is live" in shown.out + shown.err
        assert run(home, *repair) == 0
        assert pointer.read_text() == name


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ask", "x"], "run `passerelle ingest`"),
        (["ingest", "nowhere"], "nowhere does not exist"),
        (["rollback", "--yes"], "run `passerelle ingest`"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_1(home, capsys, words, message):
    assert run(home, *words) == 1
    assert message in last_error(capsys)


@pytest.mark.parametrize("words", [["ask", "x"], ["explain", "x"], ["serve", "--port", "0"]])
def test_a_directory_that_was_mistyped_stays_missing(tmp_path, capsys, words):
    assert main(["--data", str(tmp_path / "typo"), *words]) == 1
    assert f"nothing has been published in {tmp_path / 'typo'}" in last_error(capsys)
    assert [*tmp_path.iterdir()] == []


def test_an_empty_and_a_long_question_are_refused(home, capsys):
    run(home, "ingest", str(home / "pages"))
    assert run(home, "ask", " ") == 1
    assert "the question is empty" in last_error(capsys)
    assert run(home, "ask", "x" * 10_000) == 1
    assert "10000 characters" in last_error(capsys)


def parsers(parser):
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                yield from parsers(verb)


@pytest.mark.parametrize("parser", [*parsers(build_parser())], ids=lambda one: one.prog)
def test_every_argument_of_every_verb_says_what_it_is(parser):
    assert [
        action.metavar or action.option_strings
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ] == []


def test_wrong_usage_exits_2(capsys):
    for words in ([], ["nonsense"], ["ask"], ["ask", "x", "--limit", "99"]):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_port_in_use_is_named(home, capsys):
    run(home, "ingest", str(home / "pages"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for verb in ("serve", "ui", "staff"):
            assert run(home, verb, "--port", str(port)) == 1
            assert f"127.0.0.1:{port}" in last_error(capsys)


def test_a_port_or_host_that_is_none_is_one_line(home, capsys):
    for words in (["--port", "99999"], ["--port", "-1"], ["--host", "x" * 70]):
        assert run(home, "ui", *words) == 1
        assert "cannot listen on" in last_error(capsys)


def test_pages_look_for_the_api_where_the_settings_say_it_listens(home, monkeypatch):
    started = []
    monkeypatch.setattr(apps.os, "execv", lambda *_: started.append(os.environ["PASSERELLE_API"]))
    # Set, so that the end of the test takes away what the command line puts there.
    monkeypatch.setenv("PASSERELLE_API", "")
    file = home / "settings.toml"
    file.write_text('[service]\nhost = "::1"\nport = 9000\nui_port = 0\nstaff_port = 0\n', "utf-8")
    for verb in ("ui", "staff"):
        os.environ["PASSERELLE_API"] = ""
        assert main(["--settings", str(file), verb, "--host", "127.0.0.1"]) == 0
    monkeypatch.setenv("PASSERELLE_API", "http://api.example:1")
    assert main(["--settings", str(file), "ui", "--host", "127.0.0.1"]) == 0
    assert started == ["http://[::1]:9000", "http://[::1]:9000", "http://api.example:1"]


def test_an_unknown_setting_names_the_nearest(home, capsys):
    file = home / "settings.toml"
    file.write_text("[answers]\ntreshold = 0.5\n", "utf-8")
    assert main(["--settings", str(file), "status"]) == 1
    assert "answers.threshold" in last_error(capsys)


def test_a_data_directory_made_with_another_model_is_refused(home, capsys):
    run(home, "ingest", str(home / "pages"))
    live = (home / "data" / "live").read_text().strip()
    file = home / "data" / "generations" / live / "manifest.json"
    manifest = json.loads(file.read_text())
    file.write_text(json.dumps({**manifest, "encoder_digest": "other"}))
    assert run(home, "ask", "x") == 1
    error = last_error(capsys)
    assert "other" in error
    assert manifest["encoder_digest"] in error


@pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"), reason="root writes anywhere"
)
def test_a_read_only_data_directory_is_named(home):
    data = home / "data"
    data.chmod(0o555)
    home.chmod(0o755)
    command = [sys.executable, "-m", "ui.cli", "--data", str(data), "ingest", str(home / "pages")]
    if os.geteuid() == 0:
        for folder in [home, *home.parents]:
            if not folder.stat().st_mode & 0o005:
                folder.chmod(folder.stat().st_mode | 0o055)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert str(data) in done.stderr
    assert "Traceback" not in done.stderr


def test_feedback_is_counted_listed_and_turned_into_questions(home, capsys, monkeypatch):
    from service.feedback import Feedback, Said

    run(home, "ingest", str(home / "pages"))
    Feedback(home / "data").keep(Said("helped", "en/library-card", "d", 0, "a card?", "en"))
    Feedback(home / "data").keep(Said("unclear", "en/library-card", "d", 0))
    capsys.readouterr()
    assert run(home, "feedback") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert run(home, "feedback", "--questions") == 0
    question = json.loads(capsys.readouterr().out)
    assert (question["question"], question["gold_pages"]) == ("a card?", ["en/library-card"])
    run(home, "status", "--json")
    assert "feedback" not in json.loads(capsys.readouterr().out)
    monkeypatch.setenv("PASSERELLE_SERVICE_MAINTAINER", "someone@example.org")
    run(home, "status", "--json")
    assert json.loads(capsys.readouterr().out)["feedback"] == {"helped": 1, "unclear": 1}


def test_heads_are_refused_before_anything_is_learned(home, capsys, monkeypatch):
    monkeypatch.setattr("index.head_training.learn", None)
    assert run(home, "ingest", str(home / "pages")) == 0
    assert run(home, "tune-heads", str(home / "missing" / "heads.npz")) == 1
    assert "there is no folder" in last_error(capsys)
    assert run(home, "tune-heads", str(home / "heads.npz")) == 1
    assert "No page has lines" in last_error(capsys)
    assert not (home / "heads.npz").exists()


ASKED = """
[[sections]]
heading = "How do I get a library card?"
en = ["where do they give out the reading card", "I want to borrow novels, how"]
fr = ["comment avoir la carte de lecteur", "je veux emprunter des livres"]
"""


def test_heads_are_learned_from_the_lines_of_the_live_generation(home, capsys, monkeypatch):
    (home / "pages" / "asked").mkdir()
    (home / "pages" / "asked" / "card.toml").write_text(ASKED, "utf-8")
    for name, lines in (
        ("elsewhere", '[[kinds]]\nname = "near"\nen = ["a card for the cinema", "who won"]\n'),
        ("domain", 'administration = ["where do I vote"]\noff_domain = ["tell me a joke"]\n'),
    ):
        (home / "content" / name).mkdir(parents=True)
        (home / "content" / name / "en.toml").write_text(lines, "utf-8")
    assert run(home, "ingest", str(home / "pages")) == 0
    monkeypatch.setenv("PASSERELLE_CONTENT", str(home / "content"))
    assert run(home, "tune-heads", str(home / "heads.npz")) == 0
    assert "4 lines and 2 that no page answers" in capsys.readouterr().out
    heads = read_heads(home / "heads.npz")
    assert heads.off_domain.any()
    assert heads.lines.keys() == heads.queries.keys()
