"""How much memory reading takes, measured on a process that does nothing else."""

import json
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_PEAK = """
import resource
from pathlib import Path
def peak():
    # Not getrusage: that counts what the tests held when they made this process.
    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(line for line in lines if "VmHWM" in line)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(own.split()[1]), children) * 1024
"""
_PAGE = """
import sys
from ingest import readers
from ingest.errors import PageUnreadable
from ingest.records import RawPage
try:
    readers.read(RawPage("k", "k", sys.argv[1], sys.stdin.buffer.read(), "s"))
except PageUnreadable as error:
    print(error, file=sys.stderr)
print(peak())
"""
_SITEMAP = """
import json, sys, threading
from ingest.sources.web_fetch import Fetcher
from ingest.sources.web_network import GuardedBackend, is_any
from ingest.sources.web_sitemaps import MOST_BYTES, Lister
from ingest.sources.web_wire import Wire
failures = {}
with Fetcher(Wire(GuardedBackend(is_any), 0, 60, threading.Event()), {}, {}, {}) as fetcher:
    lister = Lister(lambda at: fetcher.sitemap(at, MOST_BYTES), int(sys.argv[2]), failures)
    lister.add_sitemap(sys.argv[1])
print(json.dumps([peak(), len(lister.found.addresses), failures]))
"""


def peak_of_reading(content: bytes, media_type: str) -> int:
    """Return the most bytes that were resident while a page was read, in any one process."""
    return int(_run(_PAGE, media_type, content=content))


def peak_of_listing(sitemap: str, most: int) -> tuple[int, int, dict[str, str]]:
    """Return the most bytes that were resident while a sitemap's server was asked and believed.

    Args:
        sitemap: its address.
        most: how many addresses are taken.

    Returns:
        The bytes, how many addresses were found, and why what could not be used.
    """
    peak, found, failures = json.loads(_run(_SITEMAP, sitemap, str(most)))
    return peak, found, failures


def _run(program: str, *arguments: str, content: bytes = b"") -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", _PEAK + program, *arguments],
        input=content,
        capture_output=True,
        check=True,
        cwd=_ROOT,
    )
    return done.stdout
