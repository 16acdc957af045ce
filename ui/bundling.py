"""Encodes what comes with us encoded: lines of what people ask, and examples of danger.

`make vectors` runs this after lines, examples or a bundled model changed, for the encoders that are
the default, whatever the settings here are. What is known stays as it is, byte for byte.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from index.bundled_vectors import LINES, read_vectors, vector_key, write_vectors
from index.opening import open_encoder
from index.weights_file import Floats
from ingest.elsewhere import elsewhere_lines
from ingest.readers import read
from ingest.settings import Settings, load_settings
from ingest.sources.folder import read_folder
from service.nearness import EXAMPLE_VECTORS, examples

_CHUNK = 512


def bundled_lines(settings: Settings) -> list[str]:
    """Return every line of our pages and every one that none of them answers, each once."""
    failures: dict[str, str] = {}
    pages = map(read, read_folder(settings.content / "pages", source="corpus", failures=failures))
    asked = [line.text for page in pages for line in page.asked]
    return list(dict.fromkeys([*asked, *elsewhere_lines(settings.content)]))


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
    _renew(EXAMPLE_VECTORS, encoder.digest, danger, encoder.encode_questions)


def _renew(
    path: Path, digest: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Floats]
) -> None:
    by_key = {vector_key(digest, text): text for text in texts}
    vectors = read_vectors(path, by_key)
    missing = [key for key in by_key if key not in vectors]
    for start in range(0, len(missing), _CHUNK):
        part = missing[start : start + _CHUNK]
        vectors.update(zip(part, encode([by_key[key] for key in part]), strict=True))
        sys.stderr.write(f"{path.name}: {start + len(part)} of {len(missing)} encoded\n")
    write_vectors(path, vectors)
    sys.stdout.write(f"{path}: {len(vectors)} vectors, {len(missing)} new\n")


if __name__ == "__main__":
    main()
