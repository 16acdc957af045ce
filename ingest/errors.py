"""Every error that Passerelle raises, in one tree, so that a caller catches as widely as it wants.

PasserelleError
├── SettingsInvalid            a settings file or variable that cannot be used
├── ContentInvalid             a notice, contact or glossary file that cannot be used
├── SourceError
│   ├── SourceMissing          the folder, file or archive is not there
│   └── SourceInvalid          it is there and cannot be read as what it claims to be
├── PageError
│   ├── PageUnreadable         one page cannot be read; the others go on
│   │   ├── PageGone           its server says that it is no more
│   │   ├── PageUnwell         its server did not give it this time
│   │   └── AddressRefused     its address is not one that is ever connected to
│   ├── PageUnknown            no page has this key
│   └── KeyTaken               two pages claim one key
├── RefreshHeld                nothing was published: a person has to confirm first
├── RefreshCancelled           a person stopped it: nothing was published
├── RunUnknown                 no refresh or evaluation of this name is remembered
├── KeyRefused                 a maintainer's key is missing, unknown, revoked, or its name taken
├── ModelError
│   ├── ModelMissing           the encoder is not on this machine
│   └── ModelInvalid           it is there and damaged, or not of the expected form
├── StoreError
│   ├── DataUnusable           the data directory cannot be written, or another version made it
│   ├── IndexMissing           nothing has been published yet
│   ├── GenerationDamaged      a published generation fails its checks
│   ├── GenerationMismatch     it was built with other settings or another encoder
│   └── Busy                   another process is publishing
├── QuestionInvalid            a question that cannot be asked (empty, too long)
├── FeedbackRefused            nobody reads feedback here, or no more can be kept
├── EvaluationInvalid          a question file or a baseline that cannot be used
├── OutputUnusable             a file that a command was told to write, and cannot
├── RequestRefused             the API will not do what a maintainer asked, and says why
└── ServiceUnreachable         the API does not answer, or answers nonsense
"""

from collections.abc import Iterator
from contextlib import contextmanager

# What a page that nobody foresaw makes of a library, or of us.
_UNFORESEEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class PasserelleError(Exception):
    """An error with one line for a person: the thing, the reason and the way out."""


class SettingsInvalid(PasserelleError):
    """A settings file or a `PASSERELLE_*` variable that cannot be used."""


class ContentInvalid(PasserelleError):
    """A notice, contact or glossary file that cannot be used."""


class SourceError(PasserelleError):
    """A source of pages as a whole."""


class SourceMissing(SourceError):
    """The folder, file or archive is not there."""


class SourceInvalid(SourceError):
    """The source is there and cannot be read as what it claims to be."""


class PageError(PasserelleError):
    """One page."""


class PageUnreadable(PageError):
    """One page that cannot be read; the others go on."""


class PageGone(PageUnreadable):
    """A page that its server says is no more (404, 410)."""


class PageUnwell(PageUnreadable):
    """A page that its server did not give this time: it failed, was too slow or too busy."""


class AddressRefused(PageUnreadable):
    """An address that is never connected to: no public one, or not the web."""


class PageUnknown(PageError):
    """No page has this key, or no version of it this digest."""


class KeyTaken(PageError):
    """Two pages claim one key."""


class RefreshHeld(PasserelleError):
    """Nothing was published: a person has to confirm first."""


class RefreshCancelled(PasserelleError):
    """A person stopped a refresh before anything was published."""


class RunUnknown(PasserelleError):
    """No refresh, roll back, purge or evaluation of this name is remembered."""


class KeyRefused(PasserelleError):
    """A maintainer's key that is missing, unknown or revoked, or a name that cannot be given."""


class ModelError(PasserelleError):
    """The encoder."""


class ModelMissing(ModelError):
    """The encoder is not on this machine."""


class ModelInvalid(ModelError):
    """The encoder is there and damaged, or not of the expected form."""


class StoreError(PasserelleError):
    """What is kept in the data directory."""


class DataUnusable(StoreError):
    """The data directory cannot be read or written, or another version made it."""


class IndexMissing(StoreError):
    """Nothing has been published yet."""


class GenerationDamaged(StoreError):
    """A published generation fails its checks."""


class GenerationMismatch(StoreError):
    """A generation was built with other settings or another encoder."""


class Busy(StoreError):
    """Another process is publishing into the same data directory."""


class QuestionInvalid(PasserelleError):
    """A question that cannot be asked: empty, or too long."""


class FeedbackRefused(PasserelleError):
    """Nobody reads feedback here, or no more of it can be kept."""


class EvaluationInvalid(PasserelleError):
    """A question file, an experiment or a baseline that cannot be used."""


class OutputUnusable(PasserelleError):
    """A file that a command was told to write and cannot be written."""


class RequestRefused(PasserelleError):
    """The API will not do what a maintainer asked; the message is its own."""


class ServiceUnreachable(PasserelleError):
    """The API does not answer, or what answers is not Passerelle."""


@contextmanager
def one_page(doing: str) -> Iterator[None]:
    """Make whatever nobody foresaw in one page that page's failure, so that the others go on.

    Args:
        doing: what is done with it, such as `reading it as HTML`.

    Raises:
        PageUnreadable: something went wrong that no other error names.
    """
    try:
        yield
    except _UNFORESEEN as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise PageUnreadable(
            f"{doing} failed in a way that was not foreseen ({reason[:200]}); take it out of its "
            "source until it is mended, and tell those who write Passerelle"
        ) from error
