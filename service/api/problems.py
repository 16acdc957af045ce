"""Failures as RFC 9457 problem documents. None of them repeats what was asked."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ingest.errors import (
    Busy,
    FeedbackRefused,
    KeyRefused,
    PageUnknown,
    PasserelleError,
    QuestionInvalid,
    RefreshHeld,
    RunUnknown,
    SourceError,
    StoreError,
)
from service.api.schemas import Problem

_STATUS: tuple[tuple[type[PasserelleError], int, str], ...] = (
    (QuestionInvalid, 422, "The question cannot be asked"),
    (PageUnknown, 404, "No such page"),
    (FeedbackRefused, 403, "Feedback is not kept"),
    (KeyRefused, 401, "A maintainer's key is needed"),
    (RunUnknown, 404, "No such run"),
    (RefreshHeld, 409, "A person has to confirm first"),
    (Busy, 409, "A refresh is under way"),
    (SourceError, 422, "The source cannot be read"),
    (StoreError, 503, "The index cannot be used"),
    (PasserelleError, 500, "The request failed"),
)
NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """Return one failure as `application/problem+json`."""
    body = Problem(title=title, status=status, detail=detail).model_dump()
    return JSONResponse(body, status, media_type="application/problem+json", headers=NO_STORE)


def add_handlers(app: FastAPI) -> None:
    """Teach `app` to answer every failure with a problem document."""

    async def ours(_: Request, error: Exception) -> JSONResponse:
        status, title = next((s, t) for kind, s, t in _STATUS if isinstance(error, kind))
        response = problem(status, title, str(error))
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        return problem(422, "The request is not of the expected form", _where(error))

    async def http(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise TypeError("registered for HTTPException alone") from error
        return problem(error.status_code, str(error.detail), str(error.detail))

    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        detail = f"{type(error).__name__}; the service is still running, try again"
        return problem(500, "Something went wrong here", detail)

    app.add_exception_handler(PasserelleError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)


def _where(error: Exception) -> str:
    """Name the fields that are wrong and why, without their values."""
    if not isinstance(error, RequestValidationError):
        raise TypeError("registered for RequestValidationError alone") from error
    parts = [".".join(str(p) for p in e["loc"]) + ": " + e["msg"] for e in error.errors()]
    return "; ".join(parts)
