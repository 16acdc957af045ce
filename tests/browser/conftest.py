"""A real Chromium against real servers: the API with the plain page, and the ask page.

Each visitor's requests, cookies and storage are looked at when she leaves, whatever the test was
for.
"""

import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser import fake_api
from ui.start import stop

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A machine that is busy with other things is slow, and no reason to fail.
SLOWEST = 120_000
expect.set_options(timeout=SLOWEST)
MISSING = f"NO BROWSER TESTS: {CHROMIUM} is not there; install Debian's package chromium"
GLOSSARY = """
[[terms]]
id = "legal-aid"
term = "aide juridictionnelle"
[terms.explanation]
en = "The state pays a lawyer for you, wholly or in part."
ar = "تدفع الدولة أتعاب المحامي عنك، كلها أو جزءاً منها."
[terms.also_said]
"""


# The gate walks every path once, in English and Arabic; `make browser` walks them in every
# language, width and state.
EVERY_STATE = ("test_accessibility", "test_states")
OF_EVERY_STATE = (
    "test_a_page_with_faults_is_found_to_have_them",
    "plain_page_has_a_fault[en]",
    "plain_page_has_a_fault[fa]",
    "whom_to_ask[plain-ar]",
    "whom_to_ask[ask-en]",
    "its_passage_comes_first[ask]",
    "stop[en-nonsense]",
)
ONCE = (
    "its_language_and_its_direction[en]",
    "under_the_sentences_that_answer[ar]",
    "the_notice_and_the_source[ar]",
    "reads_aloud_and_only_when_asked[True-1]",
    "test_an_example_asks_at_once",
    "test_every_target_is_large_enough[ar]",
    "than_the_screen[1280]",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what only `make browser` runs."""
    for item in items:
        if item.path.parent != Path(__file__).parent:
            continue
        every_state = item.path.stem in EVERY_STATE and not item.name.endswith(OF_EVERY_STATE)
        if every_state or "[fr" in item.name or item.name.endswith(ONCE):
            item.add_marker("thorough")


def pytest_terminal_summary(terminalreporter) -> None:
    """Say loudly when no test ran in a browser."""
    if not Path(CHROMIUM).exists():
        terminalreporter.write_line(MISSING, red=True, bold=True)


@dataclass
class Sites:
    """Where everything listens."""

    plain: str
    ask: str
    neutral: str


@dataclass
class Acted:
    """Where both pages show an API that only acts, and what it was asked."""

    plain: str
    ask: str
    answerer: fake_api.Answerer


@dataclass
class Visitor:
    """One person's browser: a page, and every request that left it."""

    page: Page
    context: BrowserContext
    requests: list[str] = field(default_factory=list)

    def back(self) -> None:
        """Press Back and wait for what it shows; a page that the browser refuses is no error."""
        with suppress(PlaywrightError):
            self.page.go_back(wait_until="commit", timeout=5000)
        self.page.wait_for_load_state()
        if self.page.locator("#root").count():
            self.page.wait_for_selector("textarea[autocomplete=off]")


Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if "browser" in os.environ.get("PASSERELLE_TEST_NO_SKIP", ""):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        # The pages that Back can bring back from memory are what a quick exit is about.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=FLAGS,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sites(served, tmp_path_factory) -> Iterator[Sites]:
    """The real servers over the topics that all tests share, and a neutral site to leave for."""
    content = tmp_path_factory.mktemp("content")
    for name in ("contacts.toml", "notices"):
        source = served.content / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, content / name)
    (content / "glossary.toml").write_text(GLOSSARY, "utf-8")
    neutral = _neutral()
    plain, ask = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PASSERELLE_CONTENT": str(content),
        "PASSERELLE_SERVICE_NEUTRAL_SITE": neutral,
        "PASSERELLE_SERVICE_MAINTAINER": "someone@example.org",
        "PASSERELLE_API": plain,
        # One question at a time: more threads only wait for one another on a busy machine.
        "PASSERELLE_ENCODER_THREADS": "1",
    }
    command = [sys.executable, "-m", "ui.cli", "--data", str(served.data)]
    started = [
        start([*command, "serve", "--port", plain.rpartition(":")[2]], environment),
        start([*command, "ui", "--port", ask.rpartition(":")[2]], environment),
    ]
    try:
        wait_for(f"{plain}/readyz")
        wait_for(f"{ask}/_stcore/health")
        yield Sites(plain, ask, neutral)
    finally:
        for process in started:
            stop(process)
        (served.data / "feedback.sqlite").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def acted() -> Iterator[Acted]:
    """Both pages over an API that says what a test wants said."""
    plain, ask = (free_port() for _ in range(2))
    answerer, server = fake_api.serve(plain)
    address = f"http://127.0.0.1:{plain}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PASSERELLE_API": address}
    process = start([sys.executable, "-m", "ui.cli", "ui", "--port", str(ask)], environment)
    try:
        wait_for(f"http://127.0.0.1:{ask}/_stcore/health")
        yield Acted(address, f"http://127.0.0.1:{ask}", answerer)
    finally:
        stop(process)
        server.should_exit = True


@pytest.fixture
def visit(chromium) -> Iterator[Visit]:
    """Open a browser of one's own: `visit(locale="ar", width=360)`."""
    with opener(chromium) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def stay(chromium) -> Iterator[Visit]:
    """Open a browser that several tests look at, one after the other."""
    with opener(chromium) as open_one:
        yield open_one


@contextmanager
def opener(chromium: Browser) -> Iterator[Visit]:
    """Yield what opens a browser; each one opened is looked at when it is left."""
    opened: list[Visitor] = []

    def open_one(*, width: int = 1280, locale: str = "en", **options) -> Visitor:
        viewport = {"width": width, "height": 800}
        context = chromium.new_context(viewport=viewport, locale=locale, **options)
        context.set_default_timeout(SLOWEST)
        visitor = Visitor(context.new_page(), context)
        context.on("request", lambda request: visitor.requests.append(request.url))
        opened.append(visitor)
        return visitor

    yield open_one
    for visitor in opened:
        check_left_nothing(visitor)
        visitor.context.close()


def check_left_nothing(visitor: Visitor) -> None:
    """No third party was asked for anything, and the browser holds nothing."""
    ours = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")
    assert [url for url in visitor.requests if not url.startswith(ours)] == []
    assert visitor.context.cookies() == []
    state = visitor.context.storage_state(indexed_db=True)
    assert [o for o in state["origins"] if o.get("localStorage") or o.get("indexedDB")] == []
    if visitor.page.url.startswith("http"):
        assert visitor.page.evaluate("Object.keys(sessionStorage)") == []


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a server in a process group of its own, so that its children end with it."""
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )


def wait_for(address: str, seconds: float = 180) -> None:
    """Wait until an address answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if httpx.get(address, timeout=30, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        assert time.monotonic() < deadline, f"{address} did not answer in {seconds:.0f} s"
        time.sleep(0.2)


class _Nothing(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<link rel=icon href='data:,'><p id=neutral>Weather</p>")

    def log_message(self, *_: object) -> None:
        pass


def _neutral() -> str:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"
