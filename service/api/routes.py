"""The API's addresses. Each takes the engine's current answerer once and stays with it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from ingest.errors import FeedbackRefused, PageUnknown
from service.answering import Answerer
from service.api import schemas, wire
from service.engine import Engine
from service.feedback import Said

router = APIRouter()


def live_engine(request: Request) -> Engine:
    """Return the engine that the app was created with."""
    engine: Engine = request.app.state.engine
    return engine


def current_answerer(engine: Annotated[Engine, Depends(live_engine)]) -> Answerer:
    """Return the answerer over the live generation, fixed for this request."""
    return engine.answerer


LiveEngine = Annotated[Engine, Depends(live_engine)]
Current = Annotated[Answerer, Depends(current_answerer)]


@router.post("/v1/answers")
def answers(asked: schemas.QuestionIn, engine: LiveEngine) -> schemas.AnswerOut:
    """Answer a question with quotations, or refuse and say who can help."""
    answer = engine.answer(wire.question_in(asked))
    return wire.answer_out(
        answer,
        asked.language or answer.question_language,
        engine.terms,
        feedback=engine.feedback is not None,
    )


@router.post("/v1/feedback", status_code=201)
def feedback(said: schemas.FeedbackIn, engine: LiveEngine) -> schemas.FeedbackOut:
    """Keep what someone says of a quotation, where a maintainer is there to read it."""
    if engine.feedback is None:
        raise FeedbackRefused("nobody reads feedback here: set `service.maintainer` to keep it")
    engine.answerer.searcher.page(said.page_key)
    engine.feedback.keep(Said(**said.model_dump()))
    return schemas.FeedbackOut(kept=True)


@router.get("/v1/pages")
def pages(current: Current) -> list[schemas.PageSummary]:
    """List the pages that are live."""
    return [schemas.PageSummary.model_validate(summary) for summary in current.searcher.pages()]


@router.get("/v1/pages/{key:path}")
def page(key: str, current: Current, engine: LiveEngine) -> schemas.PageOut:
    """Show one page; `key@digest` names a version of it, as it stood, live or not."""
    name, digest = wire.split_version(key)
    try:
        found = current.searcher.page(name)
    except PageUnknown:
        # A page that is gone can still be cited, and is shown as it stood.
        if not digest:
            raise
        found = engine.version(name, digest)
    if digest and found.digest != digest:
        found = engine.version(name, digest)
    return wire.page_out(found, current.age(found))


@router.get("/v1/status")
def status(engine: LiveEngine) -> schemas.StatusOut:
    """Say what is served."""
    manifest = engine.answerer.searcher.manifest
    return schemas.StatusOut(
        generation=manifest.id,
        made_at=manifest.made_at,
        pages=manifest.counts["pages"],
        passages=manifest.counts["passages"],
        languages=dict(manifest.languages),
        encoder=manifest.encoder,
        version=manifest.version,
        error=engine.error,
        feedback=engine.feedback.counts() if engine.feedback else {},
    )


@router.get("/v1/notices/{language}")
def notices(language: str, engine: LiveEngine) -> dict[str, str]:
    """Return every notice in a language, in English where we do not have it."""
    return dict(engine.content.notice(language))


@router.get("/healthz")
def alive() -> dict[str, str]:
    """Say that the process is alive."""
    return {"status": "alive"}


@router.get("/readyz")
def ready(engine: LiveEngine) -> dict[str, str]:
    """Say that a generation is loaded."""
    return {"status": "ready", "generation": engine.answerer.searcher.manifest.id}
