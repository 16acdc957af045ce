"""Settings of one source: where its pages are, what they inherit, how and when they are read."""

import re
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ingest.errors import AddressRefused
from ingest.sources.web_addresses import normal

_INTERVAL = re.compile(r"(\d{1,4})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class WebSettings(BaseModel):
    """Pages on the web: which ones, and how gently they are asked for.

    Attributes:
        addresses: pages, one by one.
        sitemaps: sitemaps that list pages; nested and gzipped ones are read too.
        delay: seconds between two requests to one host; robots.txt may ask for more.
        timeout: seconds for one page, from the connection to its last byte.
        max_pages: how many pages are read at most.
        allow_private: whether hosts on private, loopback and other non-public IP addresses may be
            connected to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    addresses: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    delay: float = Field(default=0.5, ge=0, le=60)
    timeout: float = Field(default=20, gt=0, le=600)
    max_pages: int = Field(default=10_000, gt=0)
    allow_private: bool = False

    @field_validator("addresses", "sitemaps")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(map(normal, value)))
        except AddressRefused as error:
            raise ValueError(str(error)) from error


class SourceSettings(WebSettings):
    """One source of pages that `passerelle ingest` reads when it is called without a name.

    It has a `path`, or else `addresses` or `sitemaps`. `verifier` is whom to ask when a page of the
    source has grown old. It marks no page as verified: only a page itself, or its own reader, says
    that it was.
    """

    path: Path | None = None
    publisher: str | None = None
    licence: str | None = None
    verifier: str | None = None
    max_age_days: int | None = Field(default=None, gt=0)
    schedule: str | None = None

    @field_validator("schedule")
    @classmethod
    def _is_interval(cls, value: str | None) -> str | None:
        if value is not None:
            interval(value)
        return value

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        on_web = bool(self.addresses or self.sitemaps)
        if on_web == (self.path is not None):
            raise ValueError(
                "a source has a path, or else addresses or sitemaps; "
                + ("this one has both" if on_web else "this one has none")
            )
        return self

    @property
    def place(self) -> str:
        """Where its pages are, for a person."""
        listed = [*self.addresses, *self.sitemaps]
        more = f" and {len(listed) - 1} more" if len(listed) > 1 else ""
        return f"{listed[0]}{more}" if listed else str(self.path)


def interval(text: str) -> int:
    """Return the seconds of an interval such as `30m`, `6h` or `7d`.

    Raises:
        ValueError: it is none.
    """
    found = _INTERVAL.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{text!r} is no interval; write 30m, 6h or 7d")
    return int(found[1]) * _SECONDS[found[2]]
