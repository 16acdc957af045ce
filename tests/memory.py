"""How much memory reading a page takes, measured on a process that does nothing else."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_PROGRAM = """
import resource, sys
from pathlib import Path
from ingest import readers
from ingest.errors import PageUnreadable
from ingest.records import RawPage
try:
    readers.read(RawPage("k", "k", sys.argv[1], sys.stdin.buffer.read(), "s"))
except PageUnreadable as error:
    print(error, file=sys.stderr)
# Not getrusage: that counts what the tests held when they made this process.
own = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
print(max(int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024)
"""


def peak_of_reading(content: bytes, media_type: str) -> int:
    """Return the most bytes that were resident while a page was read, in any one process."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, media_type],
        input=content,
        capture_output=True,
        check=True,
        cwd=_ROOT,
    )
    return int(done.stdout)
