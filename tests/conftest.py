"""Fixtures that many tests use: a clean environment, one unpacked model, one live service."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.opening import open_encoder
from index.publish import publish
from ingest.catalogue import Catalogue
from ingest.readers import read
from ingest.settings import Settings
from ingest.sources.folder import read_folder
from service.api.app import create_app
from service.engine import Engine
from tests.web_site import Site, running
from ui.plain import mount

SHARED = Path(__file__).resolve().parents[2] / "shared"
TOPICS = ("carte-vitale", "mutuelle", "protection-order", "legal-aid", "emergency-accommodation")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith("PASSERELLE_") and not name.startswith("PASSERELLE_TEST_"):
            monkeypatch.delenv(name)


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
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the bundled model is unpacked, once a session; PASSERELLE_TEST_MODELS keeps it."""
    kept = os.environ.get("PASSERELLE_TEST_MODELS")
    return Path(kept) if kept else tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Settings:
    """A data directory with the real model and a few topics of the corpus published."""
    data = tmp_path_factory.mktemp("data")
    (data / "models").symlink_to(models_folder)
    settings = Settings(data=data)
    failures: dict[str, str] = {}
    raw = read_folder(settings.content / "pages", source="corpus", failures=failures)
    pages = [page for page in map(read, raw) if page.key.split("/")[1] in TOPICS]
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    # Vectors of lines that have not changed come from the last run, where its folder was kept.
    kept = models_folder / "tests-vectors.sqlite"
    if kept.exists():
        shutil.copy(kept, data / "vectors.sqlite")
    publish(data, pages, encoder, settings)
    fresh = kept.with_suffix(f".{os.getpid()}")
    shutil.copy(data / "vectors.sqlite", fresh)
    fresh.replace(kept)
    return settings


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
