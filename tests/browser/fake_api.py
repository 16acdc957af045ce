"""An API that says what a test wants said: states that real pages seldom bring about.

What it answers depends on a word in the question. Both pages show it: the plain page from this
process, the ask page over the wire.
"""

import threading
import time
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from ingest.errors import IndexMissing, PageUnknown
from ingest.records import Context, Page
from ingest.settings import Settings
from service.api import schemas, wire
from service.content import Contact, Content, load_content
from service.glossary import QuotedTerms
from service.records import Age, Answer, Citation, Question, Situation
from tests.fakes import make_page
from ui.plain import mount

ATTACK = "<script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
TURNED = "\u202eturned\u2066"
# What each part of the answer says, so that a test can tell that none of it was lost.
PARTS = ("ما هو <الأجل>؟", "who pays for the interpreter")
CASES = ("You are a student", "You are looking for work")

WORK = make_page(
    "en/work",
    CASES[0],
    "What students are told stands here.",
    CASES[1],
    "What people who look for work are told stands here.",
    title="Working",
)
HOSTILE = make_page(
    "en/hostile",
    f"Where {ATTACK}?",
    f"Call {TURNED} now. {ATTACK}",
    title=f"Title {ATTACK} {TURNED}",
    publisher=f"Publisher {ATTACK} {TURNED}",
    url="javascript:document.title='owned'",
)
PAGES = {page.key: page for page in (WORK, HOSTILE)}


class Answerer:
    """Answers by the words of the question, as `Answerer` in the service does by the pages."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.searcher = SimpleNamespace(page=self._page, pages=list)
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        """Answer, take time, or fail."""
        self.asked.append(question)
        text = question.text
        if "slow" in text:
            time.sleep(2)
        if "broken" in text:
            raise IndexMissing("no index")
        if "hostile" in text:
            return self._of(question, [_cite(HOSTILE, 0)], support=(self._stranger(),))
        if "cases" in text:
            cases = tuple(
                Situation(f"case-{n}", label, WORK.key, (label,)) for n, label in enumerate(CASES)
            )
            first = int((question.situation or "case-0")[-1])
            return self._of(question, [_cite(WORK, first), _cite(WORK, 1 - first)], cases=cases)
        return self._of(question, [_cite(WORK, 0)], parts=PARTS, support=self.content.support)

    def age(self, _: Page) -> Age:
        """No page was ever compared with its source, and none has changed."""
        return Age()

    def _of(self, question, citations, *, parts=(), cases=(), support=()) -> Answer:
        return Answer(
            outcome="partial" if parts else "answered",
            confidence=0.9,
            question_language="en",
            citations=tuple(citations),
            notice=self.content.notice(question.language)["not_legal_advice"],
            generation="g",
            not_found_parts=parts,
            situations=cases,
            support=support,
        )

    def _stranger(self) -> Contact:
        known = self.content.support[0]
        return Contact(
            id="stranger",
            name=f"Name {ATTACK} {TURNED}",
            emergency=False,
            channels=known.channels,
            purpose={"en": f"Purpose {ATTACK} {TURNED}"},
        )

    def _page(self, key: str):
        if key not in PAGES:
            raise PageUnknown(f"no page {key}")
        return PAGES[key]


def _cite(page, number: int) -> Citation:
    block = page.blocks[number]
    quote = page.text[block.start : block.end]
    heading = page.sections[number + 1]
    context = Context(
        heading.heading_start,
        heading.heading_end,
        page.text[heading.heading_start : heading.heading_end],
    )
    highlights = ((0, len(quote)),)
    return Citation(
        page, block.start, block.end, quote, highlights, (context,), heading.path, (), 1.0
    )


def application() -> tuple[FastAPI, Answerer]:
    """Return the API with the plain page, and what answers in it."""
    settings = Settings()
    content = load_content(settings.content)
    answerer = Answerer(content)
    engine = SimpleNamespace(
        answerer=answerer,
        answer=answerer.answer,
        settings=settings,
        content=content,
        terms=QuotedTerms(()),
        feedback=None,
    )
    app = FastAPI()

    @app.post("/v1/answers", response_model=None)
    def answers(asked: schemas.QuestionIn) -> schemas.AnswerOut | HTMLResponse:
        if "nonsense" in asked.question:
            return HTMLResponse("<h1>It works!</h1>")
        reading = tuple(asked.reading_languages)
        question = Question(asked.question, asked.language, reading, asked.situation)
        return wire.answer_out(answerer.answer(question), asked.language or "en", engine.terms)

    mount(app, engine)
    return app, answerer


def serve(port: int) -> tuple[Answerer, uvicorn.Server]:
    """Serve it on a port of this machine, in a thread of this process."""
    app, answerer = application()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    threading.Thread(target=server.run, daemon=True).start()
    return answerer, server
