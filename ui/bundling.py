"""Encodes what comes with us encoded: lines of what people ask, and examples of danger.

`make vectors` runs this after lines, examples or a bundled model changed, for the encoders that are
the default, whatever the settings here are. What is known stays as it is, byte for byte. What is
off domain comes with the heads and is learned anew when its lines changed.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from index.bundled_vectors import LINES, vector_key, with_bundled, write_vectors
from index.heads import BUNDLED_HEADS, heads_bytes, read_heads
from index.off_domain import discriminant
from index.opening import open_encoder
from index.weights_file import Floats
from ingest.domain import domain_lines
from ingest.elsewhere import elsewhere_lines
from ingest.errors import ContentInvalid
from ingest.readers import read
from ingest.settings import Settings, load_settings
from ingest.sources.folder import read_folder
from service.nearness import EXAMPLE_VECTORS, examples

# A difference below this is that of another processor; one line more or less makes a larger one.
SAME = 1e-4

Encode = Callable[[Sequence[str]], Floats]


def asked_lines(settings: Settings) -> list[str]:
    """Return every line of our pages, each once.

    Raises:
        ContentInvalid: a page cannot be read; its lines would be lost from the file.
    """
    failures: dict[str, str] = {}
    pages = map(read, read_folder(settings.content / "pages", source="corpus", failures=failures))
    asked = list(dict.fromkeys(line.text for page in pages for line in page.asked))
    if failures:
        raise ContentInvalid("; ".join(map(": ".join, failures.items())))
    return asked


def bundled_lines(settings: Settings) -> list[str]:
    """Return every line that comes encoded, each once.

    They are those of our pages, of what none of them answers, and of what is off domain or not.

    Raises:
        ContentInvalid: a page or a file of lines cannot be used.
    """
    elsewhere, domain = elsewhere_lines(settings.content), domain_lines(settings.content)
    return list(dict.fromkeys([*asked_lines(settings), *elsewhere, *domain[0], *domain[1]]))


def bundled_off_domain(settings: Settings, encode: Encode) -> Floats:
    """Learn what is off domain from our lines.

    Args:
        settings: where the lines are.
        encode: lines to (lines, dimension) float32, by the head for lines.
    """
    administration, off_domain = domain_lines(settings.content)
    return discriminant([encode(asked_lines(settings)), encode(administration)], encode(off_domain))


def main() -> None:
    """Bring all three files up to date.

    Raises:
        ContentInvalid: a page or a file of lines cannot be used.
        ModelError: the bundled model cannot be used.
    """
    settings = Settings(data=load_settings().data)
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    danger = [text for _, text in examples()]
    _renew(LINES, encoder.lines_digest, bundled_lines(settings), encoder.encode_lines)
    _renew(EXAMPLE_VECTORS, encoder.questions_digest, danger, encoder.encode_questions)
    known = partial(with_bundled, LINES, encoder.lines_digest, encode=encoder.encode_lines)
    _renew_heads(bundled_off_domain(settings, known))


def _renew_heads(off_domain: Floats) -> None:
    heads = read_heads(BUNDLED_HEADS)
    if not np.allclose(off_domain, heads.off_domain, atol=SAME):
        sys.stderr.write(f"{BUNDLED_HEADS.name}: what is off domain was learned anew\n")
        fresh = BUNDLED_HEADS.with_suffix(".new")
        fresh.write_bytes(heads_bytes(heads.branch, heads.lines, heads.queries, off_domain))
        fresh.replace(BUNDLED_HEADS)


def _renew(path: Path, digest: str, texts: Sequence[str], encode: Encode) -> None:
    def encoded(missing: Sequence[str]) -> Floats:
        sys.stderr.write(f"{path.name}: encoding {len(missing)} of {len(texts)}\n")
        return encode(missing)

    rows = with_bundled(path, digest, texts, encoded)
    keys = [vector_key(digest, text) for text in texts]
    write_vectors(path, dict(zip(keys, rows, strict=True)))


if __name__ == "__main__":
    main()
