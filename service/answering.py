"""A question becomes an answer: the steps, in the order in which they happen.

Nothing here writes a word of the answer. What is shown is found, chosen, cut out and shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice, zip_longest

from index.encoder import Encoder
from index.ensemble import Ensemble
from index.records import Hit
from index.store import Searching
from index.weights_file import Floats
from ingest.ages import aged_from, compared_at, is_stale
from ingest.errors import QuestionInvalid
from ingest.language import detect
from ingest.records import Page
from ingest.settings import Settings
from service import danger, quoting, safety
from service.choosing import choose
from service.closer_look import look_closer, sentence_scores
from service.confidence import Calibration, Calibrations, features
from service.content import Content
from service.glossary import Glossary, bridged
from service.parts import MOST, asked_in_story, parts_of
from service.records import Age, Answer, Citation, Outcome, Question, Urgent
from service.sentence_vectors import SentenceVectors
from service.situations import situations, steer

CANDIDATES = 50
# Fewer ask nothing, and are near to something all the same.
_FEWEST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What finding brought, before any decision: the evaluators' view of a question."""

    language: str
    hits: tuple[Hit, ...]
    confidence: float
    calibration: Calibration
    features: Mapping[str, float]
    vector: Floats = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions from one generation; safe to share between threads.

    Attributes:
        checked_at: when a live page was last read from its source, by key (UTC, ISO 8601).
        max_age_days: at an age of how many days a page is old, by key; None leaves it to
            the settings.
        changed_since: since when a page, by key, reads otherwise than the version with this digest.
        near_danger: the kind of danger whose examples a question, by its text, language and
            vector, is near to, or None; without a vector the text is part of a question.
        calm: whether a question is clearly like what is no danger, by its text, language and
            vector, and so are the words in it that a wording of danger took.
    """

    searcher: Searching
    encoder: Encoder
    sentences: SentenceVectors
    content: Content
    settings: Settings
    glossary: Glossary
    calibrations: Calibrations
    checked_at: Callable[[str], str | None]
    max_age_days: Callable[[str], int | None] = lambda _: None
    changed_since: Callable[[str, str], str | None] = lambda _, __: None
    near_danger: Callable[[str, str, Floats | None], str | None] = lambda *_: None
    calm: Callable[[str, str, Floats, tuple[str, ...]], bool] = lambda *_: False

    def answer(self, question: Question) -> Answer:
        """Answer from the pages, or say that they do not answer.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        return self.answer_found(question, self.find(question))

    def answer_found(self, question: Question, found: Found) -> Answer:
        """Make the answer from what finding brought: decide, choose, quote.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        text = guarded(question.text, self.settings.answers.max_question)
        notices = self.content.notice(question.language or found.language)
        whole = question.text, found.language, found.vector
        near = partial(self._near_danger, question.text, found)
        kind = danger.urgent_kind(question.text, near, partial(self.calm, *whole))
        outcome, answering, missing = self._decide(question, text, found)
        if kind and outcome != "answered" and (beside := danger.beside_danger(text)):
            # "My husband beats me. How do I get a carte Vitale?": no page answers both at once.
            asked = replace(question, text=beside, language=question.language or found.language)
            again = self._decide(asked, beside, self.find(asked))
            if again[0] == "answered" or (again[1] and not answering):
                outcome, answering, missing = again
        return Answer(
            outcome=outcome,
            confidence=round(min((o.confidence for o in answering), default=found.confidence), 4),
            question_language=found.language,
            citations=self._cite_in_turn(answering, self._limit(question)),
            notice=notices["not_legal_advice"],
            generation=self.searcher.manifest.id,
            not_found_parts=missing,
            situations=situations(answering[0].hits, question.situation) if answering else (),
            personal_data=safety.personal_data(question.text),
            urgent=Urgent(kind, self.content.danger[kind]) if kind else None,
            support=() if outcome == "answered" else self.content.support,
            notices=notices,
        )

    def _near_danger(self, whole: str, found: Found, read: str) -> str | None:
        return self.near_danger(read, found.language, found.vector if read == whole else None)

    def find(self, question: Question) -> Found:
        """Search the pages, fold translations, and say how likely it is that they answer.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        text = guarded(question.text, self.settings.answers.max_question)
        language = detect(text, default=question.language or "fr")
        vector, query, line, off_domain = self.encoder.encode_asked(text)
        known = True
        if isinstance(self.encoder, Ensemble):
            known = self.encoder.knows(language)
            vector = self.encoder.without_unknown(vector, language)
            query = self.encoder.without_unknown(query, language)
        terms = self.glossary.find(text, language)
        asked = self.searcher.asked(text, line)
        hits = self.searcher.search(
            text,
            vector,
            language,
            limit=CANDIDATES,
            bridged=bridged(terms),
            asked=asked,
            query=query,
        )
        wanted = (language, *question.reading_languages, *filter(None, [question.language]))
        once = self._one_language_a_page(hits, wanted)
        if asked is None:
            once = look_closer(once, text, vector, self.sentences)
        calibration = self.calibrations.of(asked)
        seen = features(
            once,
            asked,
            language,
            len(terms),
            len(text.split()),
            known=known,
            off_domain=off_domain,
        )
        if question.situation:
            once = steer(once, question.situation)
        # A face, a row of marks or a telephone number is near to something too, and asks nothing.
        likely = calibration.probability(seen) if terms or _asks(text) else 0.0
        return Found(language, tuple(once), likely, calibration, seen, vector)

    def outcome(self, found: Found) -> Outcome:
        """Decide whether to answer: from the confidence and the threshold alone."""
        chosen = self.settings.answers.threshold
        threshold = found.calibration.threshold if chosen is None else chosen
        if found.hits and found.confidence >= threshold:
            return "answered"
        return "out_of_scope" if found.confidence < found.calibration.scope else "not_found"

    def _decide(
        self, question: Question, text: str, found: Found
    ) -> tuple[Outcome, Sequence[Found], tuple[str, ...]]:
        """Say what comes of a question, what answers it, and which of its parts nothing answers.

        A later part often leans on the one before ("and do they pay by instalments?"); alone it
        counts only when something it can lean on was answered, or it names a term itself. What is
        beyond the parts that are looked at, or that can be quoted, is not answered either.
        """
        found = self._or_without_story(question, text, found)
        outcome = self.outcome(found)
        answered: list[Found] = [found] if outcome == "answered" else []
        parts: dict[str, Found | None] = dict.fromkeys(filter(_asks, parts_of(text)))
        quotable = self._limit(question)
        for number, part in enumerate(islice(parts, MOST)):
            if not quotable:
                break
            of = self._or_without_story(question, part, self.find(replace(question, text=part)))
            stands = number == 0 or bool(answered) or of.features["terms"] > 0
            if stands and self.outcome(of) == "answered":
                answered.append(of)
                parts[part] = of
                quotable -= 1
        missing = tuple(
            safety.without_personal_data(part) for part, of in parts.items() if of is None
        )
        if len(missing) == len(parts):
            return outcome, answered, ()
        return ("partial" if missing else "answered"), [of for of in parts.values() if of], missing

    def _or_without_story(self, question: Question, text: str, found: Found) -> Found:
        """Return what was found, or what is found for the question alone that a long text asks.

        Alone it counts only when it names a term: "what do I have to do?" leans on the story.
        """
        if self.outcome(found) == "answered":
            return found
        language = question.language or found.language
        alone = (
            self.find(replace(question, text=asked, language=language))
            for asked in asked_in_story(text)
        )
        named = (one for one in alone if one.features["terms"] > 0)
        return next((one for one in named if self.outcome(one) == "answered"), found)

    def _limit(self, question: Question) -> int:
        return question.limit or self.settings.answers.limit

    def _cite_in_turn(self, answering: Sequence[Found], limit: int) -> tuple[Citation, ...]:
        """Quote what answers each part, the best of each first; no quotation twice."""
        each = [self._cite(found.vector, choose(found.hits, limit)) for found in answering]
        cited: dict[tuple[str, int], Citation] = {}
        for citation in filter(None, chain.from_iterable(zip_longest(*each))):
            cited.setdefault((citation.page.key, citation.start), citation)
        return tuple(islice(cited.values(), limit))

    def _one_language_a_page(self, hits: Sequence[Hit], wanted: Sequence[str]) -> list[Hit]:
        """Keep one of a page and its translations: the one in the first language wanted."""
        versions: dict[str, dict[str, str]] = {}
        for hit in hits:
            key = hit.passage.page_key
            # Of several pages in one language the one that is found first stays.
            original = self.searcher.original(key)
            versions.setdefault(original, {}).setdefault(hit.passage.language, key)
        kept = {
            next((by[code] for code in wanted if code in by), next(iter(by.values())))
            for by in versions.values()
        }
        return [hit for hit in hits if hit.passage.page_key in kept]

    def _cite(self, vector: Floats, hits: Sequence[Hit]) -> list[Citation]:
        """Quote the passages, each with the sentences that answer best."""
        looked = sentence_scores(hits, vector, self.sentences)
        return [
            self._citation(hit, quoting.highlight(hit.passage.text, spans, scores))
            for hit, (spans, scores) in zip(hits, looked, strict=True)
        ]

    def _citation(self, hit: Hit, highlights: tuple[tuple[int, int], ...]) -> Citation:
        passage = hit.passage
        page = self.searcher.page(passage.page_key)
        return Citation(
            page=page,
            start=passage.start,
            end=passage.end,
            quote=passage.text,
            highlights=highlights,
            context=passage.context,
            section=passage.section,
            also_on=passage.also_on,
            score=round(hit.score, 6),
            age=self.age(page),
        )

    def age(self, page: Page) -> Age:
        """Say when a page, live or not, was compared with its source, and whether it is old.

        When the live page was read is no comparison of a version that reads otherwise; such a
        version is old at least when the live one is.
        """
        since = self.changed_since(page.key, page.digest)
        read_at = self.checked_at(page.key)
        days = self.max_age_days(page.key) or self.settings.answers.max_age_days
        stale = is_stale(aged_from(page, read_at), days)
        return Age(None if since else compared_at(page, read_at), stale, since)


def guarded(text: str, longest: int) -> str:
    """Return the question with control characters and lone surrogates replaced by spaces.

    Raises:
        QuestionInvalid: nothing is left, or it is longer than `longest` characters.
    """
    if len(text) > longest:
        raise QuestionInvalid(
            f"the question has {len(text)} characters, {longest} at most; ask it in fewer words"
        )
    visible = "".join(c if c.isprintable() else " " for c in text)
    cleaned = " ".join(visible.split())
    if not cleaned:
        raise QuestionInvalid("the question is empty; write it in your own words, in any language")
    return cleaned


def _asks(text: str) -> bool:
    """Return whether anything is said besides signs, a letter or two, and personal data."""
    return sum(map(str.isalnum, safety.without_personal_data(text))) >= _FEWEST_LETTERS
