"""The judged questions over the national sheets that weights were chosen by can be asked."""

from collections import Counter
from pathlib import Path

from service.evaluation.questions import load_questions

FILE = Path(__file__).with_name("quality") / "national.jsonl"


def test_every_language_has_both_sorts_and_a_span_is_a_few_words():
    questions = load_questions([FILE])
    asked = Counter((one.language, one.answerable) for one in questions)
    for language in ("fr", "en", "es", "pt", "ar", "uk", "tr"):
        assert asked[language, True] >= 25
        assert asked[language, False] >= 8
    for one in questions:
        assert bool(one.gold_pages) == bool(one.gold_spans)
        assert all(len(span.split()) <= 8 for span in one.gold_spans)
