"""Settings of pages on the web. Apart from the others, which know nothing of addresses."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ingest.errors import AddressRefused
from ingest.sources.web_addresses import normal


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

    @field_validator("addresses", "sitemaps", mode="before")
    @classmethod
    def _is_list(cls, value: object) -> object:
        if isinstance(value, str):
            raise ValueError(f'one address is a list as well; write ["{value[:60]}"]')
        return value

    @field_validator("addresses", "sitemaps")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(map(normal, value)))
        except AddressRefused as error:
            raise ValueError(str(error)) from error
