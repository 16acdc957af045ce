"""Questions and rows of an evaluation, small enough to count by hand."""

from service.evaluation.questions import GoldQuestion


def question(
    gold: tuple[str, ...] = ("A",), spans: tuple[str, ...] = ("two weeks",), id_: str = "q"
) -> GoldQuestion:
    """Return a question that page A answers with "two weeks"."""
    return GoldQuestion(id_, "en", "How long?", gold, spans, "kind/sub", "", id_, "dev")


def hit(page: str, text: str, also_on: tuple[str, ...] = ()) -> dict:
    """Return a passage that was retrieved."""
    places = [{"page_key": key, "section": []} for key in also_on]
    return {"page_key": page, "also_on": places, "start": 0, "end": 9, "text": text, "score": 1.0}


def citation(page: str, quote: str, *lit: str) -> dict:
    """Return a citation that highlights words of its quote, or all of it."""
    spans = [(quote.index(words), quote.index(words) + len(words)) for words in lit]
    return {
        "page_key": page,
        "also_on": [],
        "quote": quote,
        "highlights": spans or [(0, len(quote))],
    }


def row(*hits: dict, outcome: str = "answered", confidence: float = 0.9, id_: str = "q") -> dict:
    """Return the row of a question, with the first passage quoted and highlighted as a whole."""
    cited = [citation(h["page_key"], h["text"]) | {"also_on": h["also_on"]} for h in hits[:1]]
    return {
        "id": id_,
        "outcome": outcome,
        "confidence": confidence,
        "retrieved": list(hits),
        "citations": cited if outcome in {"answered", "partial"} else [],
        "seconds": 0.01,
    }
