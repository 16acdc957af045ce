"""How likely it is that the pages answer a question, from what the search brought.

A logistic model over a handful of features of all legs (Platt, 1999); its weights are data, fitted
by `passerelle tune` on questions kept for that, and shipped in `calibration.toml`. There are two:
one for pages that have lines of what people ask, one for pages that have none.
"""

import logging
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from index.asked import AskedScores
from index.generation import TUNED
from index.lexical import saturated
from index.records import Hit
from ingest.errors import SettingsInvalid

_LOG = logging.getLogger(__name__)

BUNDLED = Path(__file__).with_name("calibration.toml")
_OF_HITS = (
    "body",
    "asked",
    "first_body",
    "first_asked",
    "lexical",
    "share",
    "sentence",
    "spelling",
    "foreign",
    "margin",
    "agreement",
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic model: the log-odds are `intercept` plus each weight times its feature.

    Attributes:
        threshold: below this probability nothing is cited.
        scope: below this one the question is taken to be about something else altogether.
    """

    intercept: float
    weights: Mapping[str, float]
    threshold: float
    scope: float

    def probability(self, found: Mapping[str, float]) -> float:
        """Return the probability that the pages answer, in 0..1."""
        total = self.intercept + sum(w * found[name] for name, w in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Calibrations:
    """The model for pages with lines of what people ask, and the one for pages without."""

    asked: Calibration
    plain: Calibration

    def of(self, asked: AskedScores | None) -> Calibration:
        """Return the model for pages with lines, or without."""
        return self.plain if asked is None else self.asked


def load_calibrations(file: Path) -> Calibrations:
    """Read a calibration file.

    Raises:
        SettingsInvalid: it is no TOML, lacks a value, or names a feature that there is none of.
    """
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
        return Calibrations(_calibration(raw["asked"]), _calibration(raw["plain"]))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise SettingsInvalid(
            f"{file} is no calibration: {error}; run `passerelle tune` again, or delete it"
        ) from error


@cache
def bundled_calibrations() -> Calibrations:
    """Return the calibrations that ship with this version."""
    return load_calibrations(BUNDLED)


def calibrations_in(generation: Path) -> Calibrations:
    """Return what `passerelle tune` left in a generation's folder, or the bundled calibrations.

    What another version left weighs features that there are none of any more: that is logged, and
    the bundled ones serve until somebody tunes again.
    """
    own = generation / TUNED
    if own.exists():
        try:
            return load_calibrations(own)
        except SettingsInvalid as error:
            _LOG.warning("%s; until then the confidence that ships with Passerelle is used", error)
    return bundled_calibrations()


def _calibration(raw: Mapping[str, Any]) -> Calibration:
    unknown = set(raw["weights"]) - set(features((), None, "", 0, 0, known=True, off_domain=0.0))
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is no feature")
    return Calibration(raw["intercept"], raw["weights"], raw["threshold"], raw["scope"])


def features(
    hits: Sequence[Hit],
    asked: AskedScores | None,
    language: str,
    terms: int,
    words: int,
    *,
    known: bool,
    off_domain: float,
) -> dict[str, float]:
    """Describe the evidence for one question.

    Args:
        hits: what the search brought, best first, the first of them looked at closer.
        asked: what the lines of what people ask say.
        language: of the question.
        terms: how many terms of the glossary the question names.
        words: how many words it has.
        known: whether every encoder knows its language.
        off_domain: how far it is from what people ask of an administration.

    Returns:
        `body`: best cosine of a passage; `asked`: best score by lines; `first_body`,
        `first_asked`: of the first hit; `elsewhere`: score by lines of what no page answers;
        `lexical`: the first hit's words, squashed to 0..1; `share`: what of the question's words it
        has; `foreign`: 1 when it is in another language; `sentence`: best cosine of a sentence in
        the first few; `spelling`: what one of these has of the question's letters at the most;
        `margin`: how far the first score is above that of the first hit of another page;
        `agreement`: share of the first five on its page; `terms`, `words`: as given, squashed;
        `unknown`: 1 when an encoder does not know the language; `off_domain`: as given. What comes
        of hits or lines is 0 without them.
    """
    found = dict.fromkeys(_OF_HITS, 0.0) | {"terms": min(terms, 2) / 2, "unknown": float(not known)}
    found |= {"words": math.log1p(min(words, 60)), "elsewhere": asked.elsewhere if asked else 0.0}
    found["off_domain"] = off_domain
    if not hits:
        return found
    first, page = hits[0], hits[0].passage.page_key
    others = [hit.score for hit in hits if hit.passage.page_key != page]
    return found | {
        "body": max(_near(hit) for hit in hits),
        "asked": float(asked.rows.max()) if asked else 0.0,
        "first_body": _near(first),
        "first_asked": first.parts.get("asked", 0.0),
        "lexical": saturated(first.parts["lexical"]),
        "share": first.parts["share"],
        "sentence": max(hit.parts.get("sentence", 0.0) for hit in hits),
        "spelling": max(hit.parts.get("spelling", 0.0) for hit in hits),
        "foreign": float(first.passage.language != language),
        "margin": min(max(first.score - others[0], 0.0), 1.0) if others else 1.0,
        "agreement": sum(hit.passage.page_key == page for hit in hits[:5]) / 5,
    }


def _near(hit: Hit) -> float:
    """Return the cosine with the body, before any adapter."""
    return hit.parts.get("near", hit.parts["body"])
