"""The API as an application: engine, routes, problem documents, and headers that keep nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from service.api import inspection, maintenance, purges
from service.api.problems import NO_STORE, add_handlers
from service.api.routes import router
from service.engine import Engine
from service.jobs import Jobs


def create_app(engine: Engine) -> FastAPI:
    """Build the API over an engine that is already open; it is closed with the app."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        engine.watch()
        yield
        app.state.jobs.close()
        engine.close()

    app = FastAPI(title="Passerelle", lifespan=lifespan)
    app.state.engine = engine
    app.state.jobs = Jobs(engine.settings)

    @app.middleware("http")
    async def keep_nothing(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        for name, value in NO_STORE.items():
            response.headers.setdefault(name, value)
        return response

    add_handlers(app)
    app.include_router(router)
    app.include_router(maintenance.router)
    app.include_router(inspection.router)
    app.include_router(purges.router)
    return app
