"""The report is one page that loads nothing, and shows whatever was asked as text."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from service.evaluation.condensing import condense, summary
from service.evaluation.failures import STEPS
from service.evaluation.report import html_report, text_report
from service.evaluation.run import finish
from tests.evaluation_rows import citation, hit, question, row

HOSTILE = "<script src=https://evil.example/x.js>alert('&')</script><img src=//evil.example/y>"
# What an element may load from elsewhere, and the elements that load or send by themselves.
LOADING = {"src", "srcset", "href", "xlink:href", "action", "data", "poster", "background"}
ELEMENTS = {"script", "link", "iframe", "object", "embed", "img", "base", "form", "video", "audio"}


class Seen(HTMLParser):
    """What a browser would read of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[str] = []
        self.headings: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] in (["h1"], ["h2"]) and data.strip():
            self.headings.append(data.strip())
        self.text += data


@pytest.fixture
def questions():
    """A question for each step of the error list, one that would be a script, and one right."""
    names = ["unanswerable", "elsewhere", "refused", "low", "misquoted", "right"]
    golds = [(), *[("A",)] * 5]
    asked = [question(gold, id_=name) for name, gold in zip(names, golds, strict=True)]
    hostile = replace(
        asked[0], question=HOSTILE, fact=HOSTILE, kind=HOSTILE, language="<b>", id=HOSTILE
    )
    return [hostile, *asked]


@pytest.fixture
def rows():
    right, wrong = hit("A", "two weeks, a photo"), hit("B", f"x {HOSTILE}")
    return [
        row(wrong, id_=HOSTILE, confidence=0.7),
        row(wrong, id_="unanswerable", confidence=0.6),
        row(wrong, id_="elsewhere", confidence=0.5),
        row(right, id_="refused", outcome="not_found", confidence=0.2),
        row(wrong, right, id_="low", confidence=0.8),
        row(right, id_="misquoted", confidence=0.9)
        | {"citations": [citation("A", right["text"], "a photo")]},
        row(right, id_="right", confidence=0.95),
    ]


@pytest.fixture
def run(questions, rows):
    return finish(questions, rows, {"generation": "<i>g1", "model": "fake"})


@pytest.fixture
def page(run, questions):
    return html_report(run, questions)


def test_the_report_loads_nothing(page):
    seen = Seen(page)
    assert not ELEMENTS & {*seen.elements}
    assert not LOADING & {*seen.attributes}
    assert not [name for name in seen.attributes if name.startswith("on")]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


def test_the_report_shows_what_was_asked_as_text(page):
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert HOSTILE in Seen(page).text


def test_the_report_has_every_section_figure_and_step(page, run):
    seen = Seen(page)
    wanted = ["Finding", "Quoting", "Answering and refusing", "Parity, worst language first"]
    assert seen.headings == ["Passerelle: answer quality", *wanted, "Confidence", "Errors"]
    assert seen.elements.count("svg") == 2
    assert all(f"<td>{step}<td" in page for step in STEPS)
    assert all(name.replace("_", " ") in seen.text for name in run.figures["all"])
    assert all(stamp in seen.text for stamp in run.stamps.values())
    bounds = run.quality["intervals"]["auroc"]
    told = f"{run.quality['auroc']:.3f} ({bounds['low']:.3f}-{bounds['high']:.3f}), n=7"
    for shown in (seen.text, text_report(run)):
        assert told in shown


def test_a_run_of_one_sort_of_question_has_a_report_too(rows):
    asked = [question(id_="right")]
    run = finish(asked, rows[-1:], {})
    assert "n/a" in html_report(run, asked)
    assert "AUROC: n/a" in text_report(run)


def test_the_same_rows_give_the_same_bytes_apart_from_the_times(questions, rows):
    later = [came | {"seconds": 9.0} for came in rows]
    first, again, slow = (finish(questions, came, {}) for came in (rows, rows, later))
    assert first.as_json() == again.as_json()
    assert first.as_json() != slow.as_json()
    assert without_times(first.as_json()) == without_times(slow.as_json())
    assert summary(condense(first, questions, [])) == summary(condense(slow, questions, []))


def without_times(text: str) -> str:
    found = json.loads(text)
    del found["quality"]["seconds"]
    for came in found["rows"]:
        del came["seconds"]
    return json.dumps(found)
