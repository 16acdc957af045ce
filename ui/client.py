"""A typed client of the API. Its transport can be injected, so that nothing is patched in tests."""

import os
from collections.abc import Sequence
from typing import TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from ingest.errors import QuestionInvalid, ServiceUnreachable
from service.api.schemas import AnswerOut, FeedbackIn, PageSummary, StatusOut

_T = TypeVar("_T")

DEFAULT_URL = "http://127.0.0.1:8000"
URL_VARIABLE = "PASSERELLE_API"


class Client:
    """Talks to one API.

    Args:
        url: where it is; `PASSERELLE_API` or the default port on this machine when None.
        transport: replaces the network.
        timeout: seconds to wait for an answer.

    Raises:
        ServiceUnreachable: `url` can be nobody's address.
    """

    def __init__(
        self,
        url: str | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.url = url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
        try:
            self._http = httpx.Client(
                base_url=self.url, transport=transport, timeout=timeout, trust_env=False
            )
        except httpx.InvalidURL as error:
            raise ServiceUnreachable(
                f"{self.url!r} is no address of an API: {error}; write it as {DEFAULT_URL}"
            ) from error

    def ask(
        self,
        question: str,
        language: str | None = None,
        situation: str | None = None,
        limit: int | None = None,
        *,
        reading_languages: Sequence[str] = (),
    ) -> AnswerOut:
        """Ask a question.

        Raises:
            QuestionInvalid: the API refuses the question as such.
            ServiceUnreachable: the API does not answer, or answers nonsense.
        """
        body = {
            "question": question,
            "language": language,
            "reading_languages": list(reading_languages),
            "situation": situation,
            "limit": limit,
        }
        response = self._send("POST", "/v1/answers", body)
        return self._parse(TypeAdapter(AnswerOut), response)

    def feedback(self, said: FeedbackIn) -> None:
        """Say something of a quotation.

        Raises:
            QuestionInvalid: the API refuses what was said as such.
            ServiceUnreachable: the API does not answer, or keeps no feedback.
        """
        self._send("POST", "/v1/feedback", said.model_dump())

    def status(self) -> StatusOut:
        """Ask what is served.

        Raises:
            ServiceUnreachable: the API does not answer, or answers nonsense.
        """
        return self._parse(TypeAdapter(StatusOut), self._send("GET", "/v1/status"))

    def pages(self) -> list[PageSummary]:
        """List the pages that are live.

        Raises:
            ServiceUnreachable: the API does not answer, or answers nonsense.
        """
        return self._parse(TypeAdapter(list[PageSummary]), self._send("GET", "/v1/pages"))

    def _send(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            response = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise ServiceUnreachable(
                f"no answer from {self.url} ({type(error).__name__}); start `passerelle serve`"
            ) from error
        if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise QuestionInvalid("the question is empty or too long")
        if response.is_error:
            raise ServiceUnreachable(f"{self.url} answered {response.status_code}")
        return response

    def _parse(self, shape: TypeAdapter[_T], response: httpx.Response) -> _T:
        try:
            return shape.validate_json(response.content)
        except ValidationError as error:
            raise ServiceUnreachable(f"what answers at {self.url} is not Passerelle") from error
