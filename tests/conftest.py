"""Fixtures that every test may use: a clean environment and one unpacked model for the session."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith("PASSERELLE_") and not name.startswith("PASSERELLE_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the bundled model is unpacked, once a session; PASSERELLE_TEST_MODELS keeps it."""
    kept = os.environ.get("PASSERELLE_TEST_MODELS")
    return Path(kept) if kept else tmp_path_factory.mktemp("models")
