"""How the house is kept, where no tool says it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 300


@pytest.mark.parametrize("package", ["ingest", "index", "service", "ui", "benchmarks"])
def test_no_module_is_too_long_to_read_in_one_go(package):
    sizes = {
        module.relative_to(ROOT): len(module.read_text("utf-8").splitlines())
        for module in (ROOT / package).rglob("*.py")
    }
    assert sizes
    assert {module: size for module, size in sizes.items() if size > MOST_LINES} == {}
