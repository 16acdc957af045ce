"""Who is at the command line, for the record of what was done."""

import getpass
from contextlib import suppress


def who() -> str:
    """Return the name of the account that runs the command."""
    name = "somebody"
    with suppress(OSError, KeyError, ImportError):
        name = getpass.getuser()
    return f"command line ({name})"
