"""`passerelle start`: serve the API and the ask page, answer one question, stay in front.

The two servers are children of this process; whatever ends it ends them.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import PasserelleError, ServiceUnreachable
from ingest.settings import Settings
from ui.client import URL_VARIABLE, Client
from ui.ports import address, refuse_port_in_use

QUESTION = "How do I apply for a carte vitale?"
PATIENCE = 120.0
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def refuse_taken_ports(settings: Settings) -> None:
    """Look at the ports of both servers, before anything that takes long.

    Raises:
        SettingsInvalid: one of them cannot be listened on.
    """
    service = settings.service
    for name, port in (("port", service.port), ("ui_port", service.ui_port)):
        refuse_port_in_use(service.host, port, f"set service.{name} to another")


def start(settings: Settings, arguments: list[str]) -> int:
    """Serve both, print the addresses and one answered question, wait for the end.

    Args:
        settings: where to listen.
        arguments: options of the command line that the servers need too.

    Raises:
        ServiceUnreachable: the API did not come up, or ended.
    """
    service = settings.service
    api = address(service.host, service.port)
    command = [sys.executable, "-m", "ui.cli", *arguments]
    _end_on_signals()
    with _running([*command, "serve"]) as server, _running([*command, "ui"], api) as page:
        _wait(Client(api), server)
        _greet(Client(api), api, address(service.host, service.ui_port))
        with contextlib.suppress(KeyboardInterrupt):
            while server.poll() is None and page.poll() is None:
                time.sleep(0.5)
            raise ServiceUnreachable("a server ended by itself; its last lines stand above")
    return 0


def _end_on_signals() -> None:
    """Let Ctrl-C, an order to end and a terminal that closes all end both servers, once.

    A second signal (shells send two to what they leave) must not interrupt the ending. Who started
    this to outlive the terminal (`nohup`) had the hang-up ignored, and it stays so.
    """
    # Windows has no hang-up.
    known = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    wanted = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]

    def end(*_: object) -> None:
        for number in wanted:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in wanted:
        signal.signal(number, end)


@contextlib.contextmanager
def _running(command: list[str], api: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, **({URL_VARIABLE: api} if api else {})}
    process = subprocess.Popen(  # noqa: S603
        command, env=environment, start_new_session=True, cwd=Path.cwd()
    )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server and its children; Streamlit may wait for a page that is open, and is killed."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(client: Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            client.status()
        except PasserelleError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise ServiceUnreachable("the API did not come up; see above") from error
            time.sleep(0.2)
        else:
            return


def _greet(client: Client, api: str, page: str) -> None:
    answer = client.ask(QUESTION)
    lines = [f"Plain page and API   {api}/", f"Ask page             {page}/", "", f"Q  {QUESTION}"]
    for citation in answer.citations[:1]:
        marked = " ".join(citation.quote[start:end] for start, end in citation.highlights)
        lines += [f"A  {marked}", f"   {citation.page_title}, {' > '.join(citation.section)}"]
    lines += [f"   {answer.notice}", "", "Ctrl-C stops everything."]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
