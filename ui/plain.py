"""Question, answer and every page we hold as HTML without any script, cookie or third party.

Mounted by the API's process. Templates escape everything; the style is inline, allowed by its hash
alone, so a page is one response and works on the slowest line.
"""

import base64
import hashlib
from functools import cache
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from ingest.errors import PageUnknown, PasserelleError, QuestionInvalid
from ingest.records import Page
from service.api import wire
from service.engine import Engine
from service.records import Question
from ui import markup
from ui.reading import parts_of
from ui.strings import Strings, available, choose, direction, strings
from ui.view import facts_of_page, helper, view

LARGEST_FORM = 64 * 1024


def mount(app: FastAPI, engine: Engine) -> None:
    """Add the plain pages to the API's application."""
    app.include_router(_router(engine))


@cache
def _style() -> tuple[str, str]:
    """Return the style sheet and its hash as Content-Security-Policy writes it."""
    css = markup.style("plain.css")
    return css, base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def _headers() -> dict[str, str]:
    policy = (
        f"default-src 'none'; style-src 'sha256-{_style()[1]}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _page(name: str, words: Strings, status: int = 200, **values: Any) -> HTMLResponse:
    html = (
        markup.environment()
        .get_template(name)
        .render(words=words, languages=available(), style=_style()[0], **values)
    )
    return HTMLResponse(html, status, headers=_headers())


def _words(request: Request, wanted: str | None) -> Strings:
    return strings(choose(wanted, request.headers.get("accept-language")))


def _router(engine: Engine) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def start(request: Request, lang: str | None = None) -> HTMLResponse:
        words = _words(request, lang)
        notice = engine.content.notice(words.code)["not_legal_advice"]
        return _page("ask.html", words, answer=None, error=None, notice=notice, question="")

    @router.post("/")
    async def ask(request: Request) -> HTMLResponse:
        fields = await _form(request)
        words = _words(request, fields.get("language"))
        return await run_in_threadpool(_answer, engine, words, fields)

    @router.get("/pages")
    def pages(request: Request, lang: str | None = None) -> HTMLResponse:
        entries = sorted(
            engine.answerer.searcher.pages(), key=lambda p: (p["language"], p["title"])
        )
        groups = [(k, [*g]) for k, g in groupby(entries, key=lambda p: p["language"])]
        return _page("pages.html", _words(request, lang), groups=groups)

    @router.get("/pages/{key:path}")
    def page(request: Request, key: str, lang: str | None = None) -> HTMLResponse:
        return _reading(engine, _words(request, lang), key)

    @router.get("/leave")
    def leave() -> RedirectResponse:
        return RedirectResponse(markup.NEUTRAL_SITE, 303, headers=_headers())

    return router


async def _form(request: Request) -> dict[str, str]:
    """Read a posted form; a body over the limit is cut there and refused as too long later."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            break
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _answer(engine: Engine, words: Strings, fields: dict[str, str]) -> HTMLResponse:
    text = fields.get("question", "")
    question = Question(text, words.code, situation=fields.get("situation"))
    try:
        answer = engine.answerer.answer(question)
    except PasserelleError as error:
        return _failed(engine, words, text, error)
    laid_out = view(wire.answer_out(answer, words.code), words)
    return _page("ask.html", words, answer=laid_out, error=None, question=text.strip())


def _failed(engine: Engine, words: Strings, text: str, error: PasserelleError) -> HTMLResponse:
    """Say what to do, keep what was typed, and show who can help all the same."""
    refused = isinstance(error, QuestionInvalid)
    message = words["down"] if not refused else words["too_long" if text.strip() else "empty"]
    people = engine.content.emergency_first
    support = [helper(wire.contact_out(contact, words.code), words) for contact in people]
    return _page(
        "ask.html",
        words,
        422 if refused else 503,
        answer=None,
        error=message,
        question=text.strip()[: engine.settings.answers.max_question],
        support=support,
        notice=engine.content.notice(words.code)["not_legal_advice"],
    )


def _reading(engine: Engine, words: Strings, key: str) -> HTMLResponse:
    name, _, digest = key.partition("@")
    searcher = engine.answerer.searcher
    try:
        page: Page = searcher.page(name)
        old = bool(digest) and page.digest != digest
        page = engine.version(name, digest) if old else page
    except PageUnknown:
        notice = engine.content.notice(words.code)["not_found"]
        return _page("ask.html", words, 404, answer=None, error=notice, question="", notice="")
    out = wire.page_out(page, engine.answerer.checked_at(name))
    facts, warnings = facts_of_page(out, words)
    return _page(
        "page.html",
        words,
        page=page,
        direction=direction(page.language),
        parts=parts_of(page),
        facts=facts,
        warnings=[words["not_current"], *warnings] if old else warnings,
        notice=engine.content.notice(words.code)["not_legal_advice"],
    )
