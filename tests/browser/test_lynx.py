"""The plain page in lynx, without scripts and styles, from question to contact numbers."""

import os
import pty
import re
import shutil
import subprocess
from contextlib import suppress
from urllib.parse import urlencode

import pytest

MISSING = "NO LYNX TESTS: lynx is not there; install Debian's package lynx"
_SCREEN_CODES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()].)")


@pytest.fixture(autouse=True)
def _lynx() -> None:
    if not shutil.which("lynx"):
        skipped = "browser" not in os.environ.get("PASSERELLE_TEST_NO_SKIP", "")
        (pytest.skip if skipped else pytest.fail)(MISSING)


def dump(*words, form=None):
    done = subprocess.run(
        ["lynx", "-dump", "-nolist", "-display_charset=utf-8", *words],
        input=form,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def at_the_keys(address, keys, tmp_path):
    """Press keys in lynx, one after the other, and return what its screen showed."""
    script = tmp_path / "keys"
    script.write_text("".join(f"key {key}\n" for key in keys), "utf-8")
    master, slave = pty.openpty()
    command = ["lynx", "-display_charset=utf-8", f"-cmd_script={script}", address]
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, "TERM": "xterm"}
    )
    os.close(slave)
    seen = b""
    with suppress(OSError):  # the end of a terminal is an error on Linux
        while read := os.read(master, 65536):
            seen += read
    os.close(master)
    assert process.wait(60) == 0
    return " ".join(_SCREEN_CODES.sub(" ", seen.decode("utf-8", "replace")).split())


def test_the_question_box_comes_before_everything_but_the_way_out(sites):
    text = dump(f"{sites.plain}/")
    assert text.index("Leave this page quickly") < text.index("Your question")
    assert text.index("Your question") < text.index("For example")
    assert "____" in text


def test_a_question_leads_to_quotations_and_a_danger_to_numbers(sites):
    form = urlencode({"question": "my husband beats me, how do I get a protection order?"})
    text = dump("-post_data", f"{sites.plain}/", form=f"{form}\n---\n")
    assert text.index("17") < text.index("What the pages say")
    assert text.index("114") < text.index("What the pages say")
    assert "This is not legal advice" in text
    assert "No organisation has checked this text." in text


def test_from_the_question_to_the_numbers_with_the_keyboard_alone(sites, tmp_path):
    typed = ["<space>" if key == " " else key for key in "my husband beats me"]
    keys = ["<tab>", "<tab>", "<tab>", *typed, "<tab>", "^J", "Q", "y"]
    shown = at_the_keys(f"{sites.plain}/", keys, tmp_path)
    _, answer = shown.split("Submitting form", 1)
    assert answer.index("If you are in danger now") < answer.index("Call 17")
