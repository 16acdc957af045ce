"""`passerelle start` as people use it: it serves what is live, and leaves nothing running."""

import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.test_ui_cli import home, run
from ui.ports import address

__all__ = ["home"]


def ports(number):
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    found = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return found


def listens(port):
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminal hangs up here")
def test_a_missing_source_is_said_and_what_is_live_is_served_until_the_terminal_closes(home):
    pages, port, ui_port = home / "pages", *ports(2)
    file = settings_file(home, port, ui_port, pages)
    assert run(home, "ingest", str(pages)) == 0
    pages.rename(home / "elsewhere")
    command = [sys.executable, "-m", "ui.cli", "--data", str(home / "data")]
    command += ["--settings", str(file), "start"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run under nohup would hand it on that hanging up is to be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        try:
            shown = []
            for line in process.stdout:
                shown.append(line)
                if "Ctrl-C" in line:
                    break
            assert any(f"http://127.0.0.1:{port}/" in line for line in shown), shown
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGHUP)
            _, said = process.communicate(timeout=60)
        finally:
            process.terminate()
    assert f"{pages} does not exist" in said
    assert "served as before: generation" in said
    assert "Traceback" not in said
    deadline = time.monotonic() + 5
    while any(map(listens, (port, ui_port))) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not listens(port)
    assert not listens(ui_port)


def settings_file(home, port, ui_port, pages):
    file = home / "settings.toml"
    file.write_text(
        f"[service]\nport = {port}\nui_port = {ui_port}\n[sources.ours]\npath = '{pages}'\n",
        "utf-8",
    )
    return file


@pytest.mark.parametrize("name", ["port", "ui_port"])
def test_a_port_that_is_taken_is_named_before_anything_is_read(home, capsys, name):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken, (free,) = server.getsockname()[1], ports(1)
        both = (taken, free) if name == "port" else (free, taken)
        file = settings_file(home, *both, home / "pages")
        assert run(home, "--settings", str(file), "start") == 1
    said = capsys.readouterr().err
    assert f"cannot listen on 127.0.0.1:{taken}: Address already in use" in said
    assert f"set service.{name} to another" in said
    assert "--port" not in said
    assert not (home / "data" / "generations").exists()


def test_a_first_start_that_fails_says_why(home, capsys):
    file = settings_file(home, *ports(2), home / "elsewhere")
    assert run(home, "--settings", str(file), "start") == 1
    said = capsys.readouterr().err
    assert f"{home / 'elsewhere'} does not exist" in said
    assert "nothing has been published" not in said


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_what_listens_has_an_address_that_reaches_it(host, reached):
    assert address(host, 8000) == reached
