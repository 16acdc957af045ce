"""Maintainers' keys: named, shown once, stored as hashes, compared in constant time.

A key is 256 random bits, so one round of SHA-256 is enough: there is nothing to guess.
"""

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import DataUnusable, KeyRefused

_FILE = "keys.json"
_PREFIX = "passerelle_"
_NAME = re.compile(r"[\w .@-]{1,60}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is valid: whose it is, the hash of it, and since when (UTC, ISO 8601)."""

    name: str
    hash: str
    added: str


class Keys:
    """The keys of one data directory; every call reads the file, so a revoked key ends at once."""

    def __init__(self, data: Path) -> None:
        self._file = data / _FILE

    def add(self, name: str) -> str:
        """Make a key for `name` and return it; it cannot be shown again.

        Raises:
            KeyRefused: the name is taken or is none.
            DataUnusable: the file cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise KeyRefused(f"{name!r} is no name; use up to 60 letters, digits and spaces")
        with self._alone():
            keys = self.all()
            if any(key.name == name for key in keys):
                raise KeyRefused(f"{name} has a key already; revoke it first, or use another name")
            token = _PREFIX + secrets.token_urlsafe(32)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._write([*keys, Key(name, _hash(token), now)])
        return token

    def revoke(self, name: str) -> None:
        """Make the key of `name` worthless.

        Raises:
            KeyRefused: nobody of this name has one.
            DataUnusable: the file cannot be written.
        """
        with self._alone():
            keys = self.all()
            kept = [key for key in keys if key.name != name]
            if len(kept) == len(keys):
                names = ", ".join(key.name for key in keys) or "nobody"
                raise KeyRefused(f"{name} has no key; these have one: {names}")
            self._write(kept)

    def owner(self, token: str) -> str | None:
        """Return whose key this is, None when it is nobody's.

        Every key is compared, each in constant time, so that time tells nothing.
        """
        given, found = _hash(token), None
        for key in self.all():
            if hmac.compare_digest(key.hash, given):
                found = key.name
        return found

    def all(self) -> list[Key]:
        """Return the valid keys, oldest first.

        Raises:
            DataUnusable: the file is there and cannot be read.
        """
        try:
            return [Key(**entry) for entry in json.loads(self._file.read_text("utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            raise DataUnusable(
                f"{self._file} cannot be read: {error}; remove it and make new keys"
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Change keys one after the other: a key revoked meanwhile must not be written back."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = self._file.with_suffix(".lock").open("w")
        except OSError as error:
            raise DataUnusable(f"{self._file} cannot be written: {error.strerror}") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, keys: list[Key]) -> None:
        text = json.dumps([asdict(key) for key in keys], indent=1, ensure_ascii=False)
        fresh = self._file.with_suffix(f".{os.getpid()}")
        try:
            # Readable for its owner alone from its first byte on.
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as to:
                to.write(text)
            fresh.replace(self._file)
        except OSError as error:
            raise DataUnusable(f"{self._file} cannot be written: {error.strerror}") from error


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
