"""The API as an application: engine, routes, problem documents, and headers that keep nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from service.api import inspection, maintenance, purges
from service.api.problems import NO_STORE, add_handlers, problem
from service.api.routes import router
from service.engine import Engine
from service.jobs import Jobs

# A question has 4,000 characters, and no body of ours needs a tenth of this.
LARGEST_BODY = 1 << 20


def create_app(engine: Engine) -> FastAPI:
    """Build the API over an engine that is already open; it is closed with the app."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        engine.watch()
        yield
        app.state.jobs.close()
        engine.close()

    # The pages that FastAPI describes an API with fetch their scripts from a third party.
    app = FastAPI(title="Passerelle", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.engine = engine
    app.state.jobs = Jobs(engine.settings, serve=engine.refresh)

    @app.middleware("http")
    async def keep_nothing(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = _too_large(request) or await call_next(request)
        for name, value in NO_STORE.items():
            response.headers.setdefault(name, value)
        return response

    add_handlers(app)
    app.include_router(router)
    app.include_router(maintenance.router)
    app.include_router(inspection.router)
    app.include_router(purges.router)
    return app


def _too_large(request: Request) -> Response | None:
    """Refuse a body of the API by the size that it declares, before any of it is held."""
    if not request.url.path.startswith("/v1/"):
        return None
    if "transfer-encoding" in request.headers:
        return problem(411, "The size is missing", "Send the body with a Content-Length.")
    size = request.headers.get("content-length", "0")
    if size.isdecimal() and int(size[:20]) <= LARGEST_BODY:
        return None
    detail = f"The body has {size[:20]} bytes, {LARGEST_BODY} are allowed. Send less."
    return problem(413, "The request is too large", detail)
