"""Settings: one TOML file plus `PASSERELLE_*` variables, built by a call and never at import.

A key that is not known is an error that names the nearest known one.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ingest.errors import SettingsInvalid
from ingest.web_settings import WebSettings

_INTERVAL = re.compile(r"(\d{1,4})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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


# Chosen on XQuAD and on questions over the national sheets: docs/quality.md.
_BESIDE_ANOTHER = 160


class EncoderSettings(_Group):
    """Which models turn text into vectors.

    `model` is `bundled`, a folder, or a sentence-transformers name. `second` is `use`, the bundled
    Universal Sentence Encoder, or `none`; `second_weight` is its share beside the first one's 1.
    `heads` is a file of `passerelle tune-heads`, for the bundled model, or none for ours;
    `passage_tokens` is how many tokens of a passage the bundled model reads, title, headings and
    context first; by default 160 beside a second model, which reads the whole, and all without one.
    """

    model: str = "bundled"
    heads: Path | None = None
    passage_tokens: int | None = Field(default=None, ge=64, le=512)
    second: Literal["use", "none"] = "use"
    second_weight: float = Field(default=0.4, gt=0)
    threads: int = Field(default=0, ge=0)

    @property
    def read_of_passage(self) -> int | None:
        """How many tokens of a passage the bundled model reads; None for as many as it can."""
        beside_another = _BESIDE_ANOTHER if self.second != "none" else None
        return self.passage_tokens or beside_another


class PassageSettings(_Group):
    """How long a passage is, in words, where the page allows."""

    min_words: int = Field(default=60, gt=0)
    max_words: int = Field(default=200, gt=0)

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.min_words > self.max_words:
            raise ValueError(
                f"min_words is {self.min_words} and max_words {self.max_words}; "
                "the first cannot be more than the second"
            )
        return self


class SearchSettings(_Group):
    """How much each leg brings in, and what it weighs in a passage's score.

    `queries` finds passages by what the bundled model's head for queries makes of a question; off,
    by the question's own vector.
    """

    candidates: int = Field(default=200, gt=0)
    queries: bool = True
    body_weight: float = Field(default=1.0, ge=0)
    bridge_weight: float = Field(default=1.0, ge=0)
    lexical_weight: float = Field(default=0.25, ge=0)
    asked_weight: float = Field(default=2.0, ge=0)


class AnswerSettings(_Group):
    """When to answer, and with how much; below `threshold` (a probability) nothing is cited."""

    threshold: float | None = Field(default=None, ge=0, le=1)
    limit: int = Field(default=3, ge=1, le=10)
    max_question: int = Field(default=4000, gt=0)
    max_age_days: int = Field(default=365, gt=0)


class GenerationSettings(_Group):
    """How many published generations stay on disk, the live one included."""

    keep: int = Field(default=3, ge=1)


class RefreshSettings(_Group):
    """The share of a source's pages that may vanish in one refresh without confirmation."""

    removal_share: float = Field(default=0.2, ge=0, le=1)


class ServiceSettings(_Group):
    """Where the API and the pages listen; feedback is asked for where a maintainer reads it.

    `public_url` is where people reach the plain page, when that is not where the API listens;
    `neutral_site` is where the way out leads: one that anyone may have open.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    ui_port: int = Field(default=8501, ge=0, le=65535)
    staff_port: int = Field(default=8502, ge=0, le=65535)
    log: Literal["warning", "info"] = "warning"
    public_url: str | None = Field(default=None, pattern="^https?://[^ /]+$")
    neutral_site: str = Field(default="https://www.wikipedia.org/", pattern="^https?://[^ ]+$")
    maintainer: str | None = Field(default=None, min_length=1, max_length=200)


class Settings(_Group):
    """All settings. `data` is where everything made at run time lives; `content` is `corpus/`."""

    data: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("passerelle")))
    content: Path = Path(__file__).resolve().parent.parent / "corpus"
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    encoder: EncoderSettings = EncoderSettings()
    passages: PassageSettings = PassageSettings()
    search: SearchSettings = SearchSettings()
    answers: AnswerSettings = AnswerSettings()
    generations: GenerationSettings = GenerationSettings()
    refresh: RefreshSettings = RefreshSettings()
    service: ServiceSettings = ServiceSettings()

    @property
    def models(self) -> Path:
        """Where the bundled model is unpacked."""
        return self.data / "models"


def interval(text: str) -> int:
    """Return the seconds of an interval such as `30m`, `6h` or `7d`.

    Raises:
        ValueError: it is none.
    """
    found = _INTERVAL.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{text!r} is no interval; write 30m, 6h or 7d")
    return int(found[1]) * _SECONDS[found[2]]


def load_settings(
    file: Path | None = None,
    *,
    data: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Build the settings from a file, then variables, then the explicit data directory.

    Args:
        file: a TOML file; `PASSERELLE_SETTINGS` names one when this is None.
        data: wins over everything else.
        environ: the environment, `os.environ` by default; an empty variable counts as not set.

    Raises:
        SettingsInvalid: the file is missing or no TOML, a key is unknown or a value out of range.
    """
    environ = os.environ if environ is None else environ
    named = file or (Path(p) if (p := environ.get("PASSERELLE_SETTINGS")) else None)
    values = _read(named) if named else {}
    for name, value in environ.items():
        if value and name.startswith("PASSERELLE_") and not name.startswith(_NOT_SETTINGS):
            _place(values, name, value)
    if data is not None:
        values["data"] = str(data)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsInvalid(_explain(error, named)) from error


_NOT_SETTINGS = ("PASSERELLE_SETTINGS", "PASSERELLE_API", "PASSERELLE_TEST_")


def _read(file: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsInvalid(
            f"settings file {file}: {error.strerror}; name another with --settings"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"settings file {file} is not valid TOML: {error}") from error
    # A path in a file is meant from where the file is, not from where a command is run.
    sources = values.get("sources")
    for table in (values, *(sources.values() if isinstance(sources, dict) else ())):
        for key in ("path", "data", "content"):
            if isinstance(table, dict) and isinstance(table.get(key), str):
                table[key] = str(file.parent / table[key])
    return values


def _place(values: dict[str, Any], variable: str, value: str) -> None:
    """Put the value of `PASSERELLE_GROUP_KEY` or `PASSERELLE_KEY` where it belongs."""
    known = _variables()
    path = known.get(variable)
    if path is None:
        raise SettingsInvalid(f"{variable} is not a setting{_nearest(variable, list(known))}")
    for part in path[:-1]:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise SettingsInvalid(f"{part} must be a table of settings, not {values!r}")
    values[path[-1]] = value


def _variables() -> dict[str, tuple[str, ...]]:
    paths = [p for p in _paths() if p[0] != "sources"]
    return {"PASSERELLE_" + "_".join(p).upper(): p for p in paths}


def _paths() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, info in Settings.model_fields.items():
        group = info.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            found += [(name, key) for key in group.model_fields]
        else:
            found.append((name,))
    return found


def _explain(error: ValidationError, file: Path | None) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    origin = f" in {file}" if file else ""
    if first["type"] == "extra_forbidden":
        known = [".".join(p) for p in _paths()] + list(Settings.model_fields)
        known += [
            f"sources.{n}.{k}" for n in first["loc"][1:2] for k in SourceSettings.model_fields
        ]
        return f"{where} is not a setting{origin}{_nearest(where, known)}"
    if first["type"] == "value_error":
        return f"{where}{origin}: {first['ctx']['error']}"
    return f"{where}{origin}: {first['msg']}, not {first['input']!r}"


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0)
    return f"; did you mean {close[0]}?" if close else ""
