"""Fixtures that many tests use: a clean environment, one unpacked model, one live service."""

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock

from index import opening
from index.opening import open_encoder
from index.publish import publish
from index.use_encoder import UseEncoder
from ingest.catalogue import Catalogue
from ingest.readers import read
from ingest.settings import Settings
from ingest.sources.folder import read_folder
from service.api.app import create_app
from service.engine import Engine
from tests.web_site import Site, running
from ui.plain import mount

SHARED = Path(__file__).resolve().parents[2] / "shared"
_use_encoder = cache(UseEncoder)
TOPICS = ("carte-vitale", "mutuelle", "protection-order", "legal-aid", "emergency-accommodation")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith("PASSERELLE_") and not name.startswith("PASSERELLE_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _open_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the second encoder once a process: it takes seconds, and keeps nothing of a text."""
    monkeypatch.setattr(opening, "UseEncoder", _use_encoder)


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server of the test's own, on this machine."""
    with running() as opened:
        yield opened


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue."""
    opened = Catalogue(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def models_folder(shared_folder: Path) -> Path:
    """Where the bundled model is unpacked, once a run; PASSERELLE_TEST_MODELS keeps it."""
    kept = os.environ.get("PASSERELLE_TEST_MODELS")
    folder = Path(kept) if kept else shared_folder / "models"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def published(shared_folder: Path, models_folder: Path) -> Path:
    """A data directory with a few topics of the corpus published, made once a run: copy it."""
    data = shared_folder / "published"
    with FileLock(shared_folder / "published.lock"):
        if not (data / "live").exists():
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir()
            _publish_topics(data, models_folder)
    return data


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Settings:
    """Those topics in a data directory of this process."""
    data = tmp_path_factory.mktemp("data") / "served"
    shutil.copytree(published, data, symlinks=True)
    return Settings(data=data, content=published / "content")


def _publish_topics(data: Path, models_folder: Path) -> None:
    models_folder.mkdir(parents=True, exist_ok=True)
    (data / "models").symlink_to(models_folder)
    _link_content(Settings().content, data / "content")
    settings = Settings(data=data, content=data / "content")
    failures: dict[str, str] = {}
    raw = read_folder(settings.content / "pages", source="corpus", failures=failures)
    pages = [page for page in map(read, raw) if page.key.split("/")[1] in TOPICS]
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    publish(data, pages, encoder, settings)


def _link_content(content: Path, to: Path) -> None:
    """Make a content folder with everything, but of what no page answers only what is near."""
    near = to / "elsewhere"
    near.mkdir(parents=True)
    for place in content.iterdir():
        if place.name != near.name:
            (to / place.name).symlink_to(place)
    for topic in ("general", *TOPICS):
        (near / f"{topic}.toml").symlink_to(content / near.name / f"{topic}.toml")


@pytest.fixture(scope="session")
def engine(served: Settings) -> Engine:
    """An engine over those topics."""
    return Engine(served)


@pytest.fixture(scope="session")
def client(engine: Engine) -> TestClient:
    """The API with the plain pages, in this process."""
    app = create_app(engine)
    mount(app, engine)
    return TestClient(app, raise_server_exceptions=False)
