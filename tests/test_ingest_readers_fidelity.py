"""A page with one of everything, saved in each format, comes back word for word and in order."""

from pathlib import Path

import pytest

from benchmarks.reader_fidelity import DOCX, KINDS, read_back, survivors
from benchmarks.saving import to_html
from ingest.readers import front_matter

DOCUMENTS = Path(__file__).resolve().parent / "documents"
SOURCE = DOCUMENTS / "everything.md"


def _html() -> bytes:
    fields, body, _ = front_matter.split(SOURCE.read_text("utf-8"))
    return to_html(fields["title"], fields["language"], body).encode()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (_html(), "text/html"),
        ((DOCUMENTS / "everything.docx").read_bytes(), DOCX),
        ((DOCUMENTS / "everything-tagged.pdf").read_bytes(), "application/pdf"),
        ((DOCUMENTS / "everything.pdf").read_bytes(), "application/pdf"),
    ],
    ids=["html", "docx", "pdf-by-tags", "pdf-by-looks"],
)
def test_everything_survives_in_order_and_nothing_is_added(content, media_type):
    source = read_back(SOURCE.read_bytes(), "text/markdown")
    read = read_back(content, media_type)
    assert {kind: len(source[kind]) for kind in KINDS} == {
        "headings": 6,
        "sentences": 19,
        "items": 9,
        "cells": 15,
    }
    for kind in KINDS:
        assert read[kind] == source[kind]


def test_what_is_out_of_order_or_changed_does_not_survive():
    assert survivors(["a", "b", "c"], ["a", "c", "b"]) == 2
    assert survivors(["a", "b"], ["a", "B"]) == 1
    assert survivors(["a"], []) == 0
