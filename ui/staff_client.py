"""The client with a maintainer's key: everything that the maintainers' page asks of the API."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from ingest.errors import KeyRefused, PasserelleError, RequestRefused, ServiceUnreachable
from service.api.inspection_schemas import (
    EvaluationOut,
    EvaluationSummaryOut,
    FindingsOut,
    GenerationOut,
    InspectedPageOut,
    PageStateOut,
)
from service.api.maintenance_schemas import (
    ExplanationOut,
    ReceiptOut,
    RefreshOut,
    RollbackOut,
    RunOut,
    SourceOut,
    UseOut,
)
from service.api.purge_schemas import PurgeOut, PurgesOut
from service.api.schemas import Problem
from ui.client import Client

_T = TypeVar("_T")

MOST_RUNS = 200


class StaffClient(Client):
    """Talks to one API with a key.

    Every method raises `KeyRefused` when the key opens nothing, `RequestRefused` with the API's own
    reason when it will not do what was asked, and `ServiceUnreachable` when it does not answer.

    Args:
        key: of a maintainer.
        url: where the API is; as for `Client`.
        transport: replaces the network.
        timeout: seconds to wait for an answer.

    Raises:
        KeyRefused: what was given cannot be a key.
    """

    def __init__(
        self,
        key: str,
        url: str | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 60.0,
    ) -> None:
        super().__init__(url, transport, timeout)
        # A header holds nothing else, and no key that was ever made does.
        if not (key.isascii() and key.isprintable() and key.strip()):
            raise KeyRefused("that is no key: a key is a line of Latin letters and digits")
        self._http.headers["Authorization"] = f"Bearer {key.strip()}"

    def sources(self) -> list[SourceOut]:
        """List the sources."""
        return self._get(TypeAdapter(list[SourceOut]), "/v1/sources")

    def use(self) -> UseOut:
        """Count what pages were cited for and what was said of them."""
        return self._get(TypeAdapter(UseOut), "/v1/use")

    def inventory(self) -> list[PageStateOut]:
        """List the live pages with their age."""
        return self._get(TypeAdapter(list[PageStateOut]), "/v1/inventory")

    def inspect(self, page_key: str) -> InspectedPageOut:
        """Show a page as the service sees it."""
        return self._get(
            TypeAdapter(InspectedPageOut), "/v1/passages", params={"page_key": page_key}
        )

    def explain(self, question: str, language: str | None = None) -> ExplanationOut:
        """Ask what would be found and answered; counted nowhere."""
        body = {"question": question, "language": language}
        return self._post(TypeAdapter(ExplanationOut), "/v1/explanations", body)

    def start(
        self,
        sources: list[str],
        *,
        dry_run: bool,
        confirm_removals: bool | dict[str, list[str]] = False,
    ) -> RefreshOut:
        """Start a dry run or a refresh of these sources, of all when none is named.

        What is confirmed is all that vanishes, or the pages by source that somebody looked at.
        """
        body = {"sources": sources, "dry_run": dry_run, "confirm_removals": confirm_removals}
        return self._post(TypeAdapter(RefreshOut), "/v1/refreshes", body)

    def running(self) -> RefreshOut | None:
        """Ask what is running."""
        return self._get(TypeAdapter(RefreshOut | None), "/v1/running")

    def job(self, name: str) -> RefreshOut:
        """Ask how far a job is."""
        return self._get(TypeAdapter(RefreshOut), f"/v1/refreshes/{name}")

    def cancel(self, name: str) -> RefreshOut:
        """Ask a job to stop."""
        return self._read(TypeAdapter(RefreshOut), self._asked("DELETE", f"/v1/refreshes/{name}"))

    def runs(self, limit: int = MOST_RUNS) -> list[RunOut]:
        """List what was done, newest first."""
        return self._get(TypeAdapter(list[RunOut]), "/v1/refreshes", params={"limit": limit})

    def receipts(self, run: str) -> list[ReceiptOut]:
        """Fetch the receipts of one run."""
        return self._get(TypeAdapter(list[ReceiptOut]), f"/v1/refreshes/{run}/receipts")

    def generations(self) -> list[GenerationOut]:
        """List the generations that are kept."""
        return self._get(TypeAdapter(list[GenerationOut]), "/v1/generations")

    def roll_back(self, generation: str, *, confirm: bool = False) -> RollbackOut:
        """Ask what going back would change; with `confirm`, go back."""
        body = {"generation": generation, "confirm": confirm}
        return self._post(TypeAdapter(RollbackOut), "/v1/rollbacks", body)

    def purges(self) -> PurgesOut:
        """List the pages that something is kept of, and those that were erased for good."""
        return self._get(TypeAdapter(PurgesOut), "/v1/purges")

    def purge(self, page_key: str, *, confirm: bool = False) -> PurgeOut:
        """Ask what would go with a page; with `confirm`, start to erase it for good."""
        body = {"page_key": page_key, "confirm": confirm}
        return self._post(TypeAdapter(PurgeOut), "/v1/purges", body)

    def readmit(self, page_key: str) -> PurgesOut:
        """Let a page that was erased come back from its source."""
        params = {"page_key": page_key}
        return self._read(
            TypeAdapter(PurgesOut), self._asked("DELETE", "/v1/purges", params=params)
        )

    def look(self) -> RefreshOut:
        """Start to put every page through lint."""
        return self._post(TypeAdapter(RefreshOut), "/v1/findings")

    def findings(self) -> FindingsOut:
        """Fetch what lint said last."""
        return self._get(TypeAdapter(FindingsOut), "/v1/findings")

    def evaluations(self) -> list[EvaluationSummaryOut]:
        """List the evaluations that were kept."""
        return self._get(TypeAdapter(list[EvaluationSummaryOut]), "/v1/evaluations")

    def evaluation(self, name: str) -> EvaluationOut:
        """Fetch one evaluation."""
        return self._get(TypeAdapter(EvaluationOut), f"/v1/evaluations/{name}")

    def _get(
        self, shape: TypeAdapter[_T], path: str, params: Mapping[str, str | int] | None = None
    ) -> _T:
        return self._read(shape, self._asked("GET", path, params=params))

    def _post(self, shape: TypeAdapter[_T], path: str, body: object = None) -> _T:
        return self._read(shape, self._asked("POST", path, json=body))

    def _read(self, shape: TypeAdapter[_T], response: httpx.Response) -> _T:
        if response.is_error:
            raise _refusal(response, self.url)
        return self._parse(shape, response)

    def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise ServiceUnreachable(
                f"no answer from {self.url} ({type(error).__name__}); "
                "ask whoever runs Passerelle to start `passerelle serve`"
            ) from error


def _refusal(response: httpx.Response, url: str) -> PasserelleError:
    """Return what a failure means, in the words of its problem document where it has one."""
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return KeyRefused("this key opens nothing here; ask whoever runs Passerelle for another")
    try:
        said = Problem.model_validate_json(response.content).detail
    except ValidationError:
        return ServiceUnreachable(f"{url} answered {response.status_code}, and not as Passerelle")
    return RequestRefused(said)
