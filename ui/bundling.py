"""Encodes what comes with us encoded: lines of what people ask, and examples of danger.

`make vectors` runs this after lines, examples or a bundled model changed, for the encoders that are
the default, whatever the settings here are. What is known stays as it is, byte for byte. From lines
it also learns anew what is off domain, which comes with the heads.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.bundled_vectors import LINES, vector_key, with_bundled, write_vectors
from index.encoder import Encoder
from index.heads import BUNDLED_HEADS, heads_bytes, read_heads
from index.off_domain import learn_off_domain
from index.opening import open_encoder
from index.weights_file import Floats
from ingest.domain import domain_lines
from ingest.elsewhere import elsewhere_lines
from ingest.errors import ContentInvalid
from ingest.readers import read
from ingest.settings import Settings, load_settings
from ingest.sources.folder import read_folder
from service.nearness import EXAMPLE_VECTORS, examples

# A difference below this is that of another processor.
_SAME = 1e-2


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
    """Return those and every line that none of our pages answers, each once.

    Raises:
        ContentInvalid: a page or a file of lines cannot be used.
    """
    return list(dict.fromkeys([*asked_lines(settings), *elsewhere_lines(settings.content)]))


def main() -> None:
    """Bring both files up to date.

    Raises:
        ContentInvalid: a page or a file of lines cannot be used.
        ModelError: the bundled model cannot be used.
    """
    settings = Settings(data=load_settings().data)
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    lines, danger = bundled_lines(settings), [text for _, text in examples()]
    _renew(LINES, encoder.lines_digest, lines, encoder.encode_lines)
    _renew_off_domain(encoder, asked_lines(settings), settings.content)
    _renew(EXAMPLE_VECTORS, encoder.questions_digest, danger, encoder.encode_questions)


def _renew_off_domain(encoder: Encoder, asked: Sequence[str], content: Path) -> None:
    heads = read_heads(BUNDLED_HEADS)
    off_domain = learn_off_domain(encoder.encode_lines, asked, *domain_lines(content))
    if not np.allclose(off_domain, heads.off_domain, atol=_SAME):
        BUNDLED_HEADS.write_bytes(heads_bytes(heads.branch, heads.lines, heads.queries, off_domain))


def _renew(
    path: Path, digest: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Floats]
) -> None:
    def encoded(missing: Sequence[str]) -> Floats:
        sys.stderr.write(f"{path.name}: encoding {len(missing)} of {len(texts)}\n")
        return encode(missing)

    rows = with_bundled(path, digest, texts, encoded)
    keys = [vector_key(digest, text) for text in texts]
    write_vectors(path, dict(zip(keys, rows, strict=True)))


if __name__ == "__main__":
    main()
