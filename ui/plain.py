"""Question, answer and every page we hold as HTML without any script, cookie or third party.

Mounted by the API's process. Templates escape everything; the style is inline, allowed by its hash
alone, so a page is one response and works on the slowest line.
"""

import base64
import hashlib
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from ingest.errors import PasserelleError, QuestionInvalid
from service.api import wire
from service.api.schemas import FeedbackIn
from service.engine import Engine
from service.feedback import Said
from service.records import Question
from ui import markup, plain_pages
from ui.asked import Asked, look_at
from ui.people import danger_in, first_to_call, tappable, without_answer
from ui.strings import Strings, available, choose, strings
from ui.view import lighter, personal, view

LARGEST_FORM = 64 * 1024
LARGEST_PAGE = 30_000

Form = dict[str, list[str]]


def mount(app: FastAPI, engine: Engine) -> None:
    """Add the plain pages to the API's application."""
    app.include_router(_router(engine))


@cache
def _style() -> tuple[str, str]:
    """Return the style sheet and its hash as Content-Security-Policy writes it."""
    css = markup.style("cards.css", "plain.css")
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
    template = markup.environment().get_template(name)
    here = values.pop("here", "/")
    html = template.render(
        words=words,
        languages=available(),
        style=_style()[0],
        icon=markup.icon(),
        here=here,
        **values,
    )
    return HTMLResponse(html, status, headers=_headers())


def _words(request: Request, wanted: str | None) -> Strings:
    return strings(choose(wanted, request.headers.get("accept-language")))


def _router(engine: Engine) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def start(request: Request, lang: str | None = None) -> HTMLResponse:
        words = _words(request, lang)
        return _ask(engine, words, _start_status(request), reading=())

    @router.post("/")
    async def ask(request: Request) -> HTMLResponse:
        form = await _form(request)
        words = _words(request, _first(form, "language"))
        return await run_in_threadpool(_answer, engine, words, form)

    @router.post("/feedback")
    async def feedback(request: Request) -> HTMLResponse:
        form = await _form(request)
        words = _words(request, _first(form, "language"))
        return await run_in_threadpool(_feedback, engine, words, form)

    @router.get("/pages")
    def pages(request: Request, lang: str | None = None, part: str = "1") -> HTMLResponse:
        summaries = engine.answerer.searcher.pages()
        shown = plain_pages.contents(summaries, part)
        return _page("pages.html", _words(request, lang), here="/pages", **shown)

    @router.get("/pages/{key:path}")
    def page(
        request: Request,
        key: str,
        lang: str | None = None,
        at: str | None = None,
        part: str | None = None,
    ) -> HTMLResponse:
        words = _words(request, lang)
        notice = engine.content.notice(words.code)["not_legal_advice"]
        try:
            shown = plain_pages.page(engine, words, key, at, part)
        except PasserelleError:
            return _page("said.html", words, 404, message=words["no_page"], notice="")
        return _page("page.html", words, here="", notice=notice, **shown)

    @router.get("/leave")
    def leave() -> RedirectResponse:
        return RedirectResponse(engine.settings.service.neutral_site, 303, headers=_headers())

    return router


def _start_status(request: Request) -> int:
    """Return 203 to a browser that opens the start page, 200 to everyone else.

    Chromium keeps a page that was left, `no-store` or not, and Back would show what was typed and
    not sent. It keeps only those that came with status 200 by GET; 203 is as good otherwise.
    """
    return 203 if request.headers.get("sec-fetch-mode") == "navigate" else 200


async def _form(request: Request) -> Form:
    """Read a posted form; a body over the limit is cut there and refused as too long later."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            break
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


def _first(form: Form, name: str) -> str | None:
    return form.get(name, [None])[0]


def _ask(
    engine: Engine, words: Strings, status: int = 200, *, reading: tuple[str, ...], **values: Any
) -> HTMLResponse:
    """Show the page with the question form, and what `values` bring."""
    notice = engine.content.notice(words.code)["not_legal_advice"]
    nothing = {
        "answer": None,
        "error": None,
        "down": None,
        "question": "",
        "urgent": (),
        "support": (),
    }
    shown = {**nothing, "notice": notice, "reading": reading, "keep": False, **values}
    return _page("ask.html", words, status, **shown)


def _answer(engine: Engine, words: Strings, form: Form) -> HTMLResponse:
    longest = engine.settings.answers.max_question
    keep = _first(form, "keep") == "1"
    typed = _first(form, "question") or ""
    asked = look_at(typed, longest, keep=keep)
    if _first(form, "remove"):
        asked = look_at(asked.searched, longest)
    reading = tuple(dict.fromkeys(c for c in form.get("reading", ()) if c in available()))
    situation = _first(form, "situation")
    question = Question(asked.searched, words.code, reading, situation)
    try:
        answer = engine.answer(question)
    except QuestionInvalid:
        return _refused(engine, words, asked, typed, reading)
    except Exception:  # noqa: BLE001 - whatever failed, she is told what to do and whom to call
        return _failed(engine, words, asked, typed, reading)
    out = wire.answer_out(answer, words.code, engine.terms, feedback=engine.feedback is not None)
    notice = engine.content.notice(words.code)
    danger = tappable(notice["not_for_emergencies"], engine.content)
    why = notice.get(answer.outcome, "")
    # Where all of it was searched, the service has read all of it, and by more than wordings.
    whole = asked.searched == typed.strip()
    first = () if whole else first_to_call(engine.content, danger_in(typed), words)
    laid_out = view(out, words, asked, situation, why=why, danger=danger, first=first)
    for shown in lighter(laid_out):
        response = _ask(engine, words, reading=reading, answer=shown, keep=keep)
        if len(response.body) < LARGEST_PAGE:
            break
    return response


def _refused(
    engine: Engine, words: Strings, asked: Asked, typed: str, reading: tuple[str, ...]
) -> HTMLResponse:
    """Say whom to call for what she says, what is wrong with the question, and who can help."""
    return _ask(
        engine,
        words,
        422,
        reading=reading,
        error=personal(asked, words) or words["too_long" if asked.text else "empty"],
        question=asked.text[: engine.settings.answers.max_question] if not asked.kinds else "",
        urgent=first_to_call(engine.content, danger_in(typed), words),
        support=without_answer(engine.content, "", words),
    )


def _failed(
    engine: Engine, words: Strings, asked: Asked, typed: str, reading: tuple[str, ...]
) -> HTMLResponse:
    """Say what to do, keep what was typed, and show first whom to call for what she says."""
    return _ask(
        engine,
        words,
        503,
        reading=reading,
        error=words["down"],
        down=tappable(engine.content.notice(words.code)["service_down"], engine.content),
        question=asked.text,
        support=without_answer(engine.content, typed, words),
    )


def _feedback(engine: Engine, words: Strings, form: Form) -> HTMLResponse:
    """Keep what someone says of a quotation; her question comes only if she ticked it."""
    names = FeedbackIn.model_fields.keys()
    given = {name: values[0] for name, values in form.items() if name in names}
    try:
        said = FeedbackIn.model_validate(given)
        engine.answerer.searcher.page(said.page_key)
        if engine.feedback is None:
            return _page("said.html", words, 403, message=words["feedback_failed"], notice="")
        engine.feedback.keep(Said(**said.model_dump()))
    except (ValidationError, PasserelleError):
        return _page("said.html", words, 422, message=words["feedback_failed"], notice="")
    return _page("said.html", words, message=words["feedback_thanks"], notice="")
