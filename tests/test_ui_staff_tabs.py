"""What each tab of the maintainers' page makes of the API's answers, without a browser."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ingest.errors import KeyRefused
from service.api.inspection_schemas import (
    EvaluationOut,
    FindingOut,
    FindingsOut,
    GenerationOut,
    InspectedPageOut,
    PageStateOut,
)
from service.api.maintenance_schemas import (
    ReceiptOut,
    RefreshOut,
    RollbackOut,
    RunOut,
    SourceOut,
    UseOut,
)
from service.api.purge_schemas import KeptPageOut, PurgedOut, PurgeOut
from service.api.schemas import BasisOut, PageOut, StatusOut
from ui import (
    staff_erase,
    staff_findings,
    staff_history,
    staff_jobs,
    staff_live,
    staff_page,
    staff_quality,
    staff_sources,
)
from ui.staff_words import staff_words

EN, FR = staff_words("en"), staff_words("fr")
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOUR_AGO = "2026-11-26T11:00:00+00:00"
REPORT = {"pages": 4, "passages": 9, "encoded": 3, "passages_encoded": 1, "receipts": 0}


def job(**changes):
    made = {
        "id": "a1",
        "by": "Anna",
        "task": "refresh",
        "dry_run": False,
        "state": "done",
        "began": HOUR_AGO,
        "ended": HOUR_AGO,
        "step": "reading",
        "done": 3,
        "total": 0,
        "report": None,
        "error": None,
    }
    return RefreshOut.model_validate({**made, **changes})


def page_state(key, *, stale=False):
    return PageStateOut(
        key=key, title=key.upper(), language="en", source="ours", checked_at=HOUR_AGO, stale=stale
    )


USE = UseOut.model_validate(
    {
        "kept": True,
        "tallies": [
            {"month": "2026-11", "kind": "cited", "name": "en/a", "count": 3},
            {"month": "2026-10", "kind": "cited", "name": "en/a", "count": 4},
            {"month": "2026-11", "kind": "asked", "name": "health", "count": 9},
            {"month": "2026-11", "kind": "not_found", "name": "health", "count": 2},
            {"month": "2026-11", "kind": "asked", "name": "work", "count": 9},
        ],
        "reported": [{"page_key": "en/b", "kind": "out_of_date", "count": 2}],
    }
)


def test_reported_pages_come_first_then_old_ones_then_the_most_cited():
    pages = [page_state("en/c"), page_state("en/a"), page_state("en/b"), page_state("en/d")]
    pages[3] = page_state("en/d", stale=True)
    rows = staff_live.page_rows(EN, pages, USE, now=NOW)
    assert [row.key for row in rows] == ["en/b", "en/d", "en/a", "en/c"]
    assert rows[0].reports == "Out of date: 2"
    assert [row.cited for row in rows] == [0, 0, 7, 0]
    assert staff_live.page_rows(EN, pages, USE, "2026-11", NOW)[2].cited == 3


def test_pages_are_found_by_kind_and_words():
    rows = staff_live.page_rows(
        EN, [page_state("en/a"), page_state("en/b", stale=True)], USE, now=NOW
    )
    found = [
        [row.key for row in staff_live.chosen(rows, which, wanted)]
        for which, wanted in (
            *((staff_live.OLD, ""), (staff_live.REPORTED, ""), (staff_live.UNCITED, "")),
            *((staff_live.ALL, "EN/A ours"), (staff_live.OLD, "en/a")),
        )
    ]
    assert found == [["en/b"], ["en/b"], ["en/b"], ["en/a"], []]


def test_only_topics_of_which_something_found_nothing_are_listed():
    assert staff_live.topic_rows(EN, USE) == [staff_live.TopicRow("health", 9, 2)]
    assert staff_live.topic_rows(EN, USE, "2026-10") == []
    assert staff_live.months(USE) == [staff_live.EVERY_MONTH, "2026-11", "2026-10"]


def test_what_is_live_is_told_at_a_glance():
    status = StatusOut(
        generation="g",
        made_at=HOUR_AGO,
        pages=3,
        passages=9,
        encoder="e",
        languages={"fr": 1, "en": 2},
        version="1",
        error=None,
    )
    told = {name: (value, note) for name, value, note in staff_live.tiles(EN, status, 1, NOW)}
    assert told["Pages"] == ("3", "1 checked too long ago")
    assert told["Published"] == ("1 hour ago", "")
    assert told["Languages"] == ("2", "English 2, French 1")


def source(**changes):
    made = {
        "name": "ours",
        "path": "/pages",
        "publisher": None,
        "licence": "CC",
        "pages": 3,
        "verifier": "Comede",
        "max_age_days": 30,
        "schedule": "6h",
        "can_refresh": True,
        "stale": 2,
        "last_refreshed": HOUR_AGO,
        "next_refresh": "2026-11-26T17:00:00+00:00",
    }
    return SourceOut.model_validate({**made, **changes})


def test_a_source_says_when_it_is_due_and_whom_to_ask_about_old_pages():
    card = staff_sources.source_card(EN, source(), NOW)
    facts = dict(card.facts)
    assert facts["Read next"] == "in 5 hours, every 6h"
    assert "Published by" not in facts
    assert card.remarks == ("2 pages checked too long ago (more than 30 days ago); ask Comede",)
    late = staff_sources.source_card(EN, source(next_refresh=HOUR_AGO, stale=0), NOW)
    assert dict(late.facts)["Read next"] == "due now, every 6h"
    assert late.remarks == ()


def test_a_source_that_is_not_in_the_settings_says_that_it_cannot_be_read():
    card = staff_sources.source_card(EN, source(can_refresh=False, schedule=None, stale=0), NOW)
    assert "not in the settings" in card.remarks[0]
    assert dict(card.facts)["Read next"] == "never"


def dry_run(**changes):
    change = {"source": "ours", "added": [], "changed": ["en/a"], "unchanged": ["en/b"]}
    change |= {"removed": ["en/c"], "unreadable": {"x.md": "no title"}}
    pages = [
        {
            "difference": {"key": key, "change": kind, "title": key.upper(), "words": 3},
            "passages": [],
        }
        for key, kind in (("en/a", "changed"), ("en/c", "removed"))
    ]
    report = {"changes": [change], "pages": pages, "held": [], "seconds": 0.1, "dry_run": True}
    return staff_sources.rehearsed(job(task="rehearse", report={**report, **changes}))


def test_a_dry_run_is_told_in_totals_and_groups():
    found = dry_run()
    assert [(name, n) for name, n, _ in staff_sources.totals(EN, found)] == [
        *(("Would change", "1"), ("Would be added", "0"), ("Would go", "1")),
        *(("Unchanged", "1"), ("Unreadable", "1")),
    ]
    told = [
        (name, [p.difference.key for p in pages]) for name, pages in staff_sources.groups(EN, found)
    ]
    assert told == [("Would change", ["en/a"]), ("Would go", ["en/c"])]
    assert staff_sources.groups(EN, found, "nowhere") == []
    assert staff_sources.unreadable(found) == [("x.md", "no title")]
    assert staff_sources.is_anything(found)
    assert staff_sources.removals(found) == {"ours": ["en/c"]}
    assert staff_sources.names_of(found, [source(), source(name="other")]) == ["ours"]


def test_unreadable_pages_alone_are_nothing_to_publish():
    change = {"source": "ours", "unreadable": {"x.md": "no title"}}
    assert not staff_sources.is_anything(dry_run(changes=[change], pages=[]))


def test_a_refresh_says_what_it_did_and_whether_anything_is_left_of_what_left():
    changes = [{"added": [], "changed": ["en/a"], "removed": []}]
    done = staff_jobs.published_text(EN, job(report={**REPORT, "changes": changes}))
    assert done == "Published: 4 pages, 9 passages, 1 of them made findable anew."
    left = {**REPORT, "changes": changes, "receipts": 2, "unsound": 0}
    assert "2 passages left" in staff_jobs.published_text(EN, job(report=left))
    assert "none is left" in staff_jobs.published_text(EN, job(report=left))
    assert "1 WERE FOUND AGAIN" in staff_jobs.published_text(EN, job(report={**left, "unsound": 1}))
    same = {**REPORT, "encoded": 0, "changes": [{"added": [], "changed": [], "removed": []}]}
    assert staff_jobs.published_text(EN, job(report=same)).startswith("Nothing had changed")


def test_progress_is_a_share_only_where_somebody_knows_how_much_there_is():
    assert staff_jobs.progress_text(EN, job()) == "Publishing: reading pages 3"
    assert staff_jobs.progress_share(job()) == 0.0
    half = job(step="encoding passages", done=5, total=10)
    assert staff_jobs.progress_text(EN, half) == "Publishing: making passages findable 5 of 10"
    assert staff_jobs.progress_share(half) == 0.5


def test_a_job_that_did_not_end_well_says_why():
    assert staff_jobs.failure_text(EN, job()) is None
    stopped = staff_jobs.failure_text(EN, job(state="cancelled"))
    assert stopped == ("Publishing was stopped. Nothing was published.", "notice", "")
    held = staff_jobs.failure_text(EN, job(state="held", error="2 of 4 pages"))
    assert held == ("Publishing did not end well:", "notice", "2 of 4 pages")


FINDINGS = [
    FindingOut(page=page, line=line, rule=rule, severity=severity, reason=reason)
    for page, line, rule, severity, reason in (
        ("en/a", 9, "teaser", "warning", "a teaser"),
        ("en/b", 4, "old", "notice", "checked long ago"),
        ("en/b", 2, "lead-in", "error", "nothing behind it"),
        ("en/a", 3, "old", "notice", "checked long ago"),
    )
]


def test_findings_are_counted_chosen_and_put_together_by_page():
    assert staff_findings.severities(FINDINGS) == [("error", 1), ("warning", 1), ("notice", 2)]
    assert staff_findings.rules(FINDINGS)[0] == ("old", 2)
    pages = staff_findings.by_page(FINDINGS)
    assert [(key, [f.line for f in found]) for key, found in pages] == [
        ("en/b", [2, 4]),
        ("en/a", [9, 3]),
    ]
    assert [f.page for f in staff_findings.chosen(FINDINGS, ["error"])] == ["en/b"]
    assert len(staff_findings.chosen(FINDINGS, rule="old")) == 2
    assert [f.line for f in staff_findings.chosen(FINDINGS, wanted="long en/a")] == [3]


def test_no_finding_is_said_as_good_news():
    found = FindingsOut(looked_at=HOUR_AGO, findings=[], unreadable={})
    assert staff_findings.summary(EN, found).startswith("Nothing to mend on any page.")


def inspected(**changes):
    page = PageOut.model_validate(
        {
            "key": "en/a",
            "title": "A",
            "language": "en",
            "url": None,
            "digest": "d2",
            "text": "One two three.",
            "translation_of": None,
            "source": "The house",
            "licence": None,
            "verified_by": None,
            "verified_on": None,
            "based_on": [],
            "published_on": None,
            "modified_on": "2026-11-02",
            "checked_at": HOUR_AGO,
            "stale": False,
            "changed_since": None,
        }
    )
    made = {
        "page": page,
        "source": "ours",
        "origin": "a.md",
        "checked_at": HOUR_AGO,
        "stale": False,
        "max_age_days": 30,
        "versions": [],
        "passages": [],
    }
    return InspectedPageOut.model_validate({**made, **changes})


def test_a_page_is_told_with_its_provenance_and_never_as_verified_when_it_is_not():
    facts = dict(staff_page.facts(EN, inspected(), now=NOW))
    assert facts["Verified by"] == "nobody has verified this text"
    assert facts["Changed on"] == "2 November 2026"
    assert facts["Checked"] == "26 November 2026, 11:00 (1 hour ago)"
    assert facts["Length"] == "3 words, 0 passages"
    assert "Address" not in facts


def test_a_page_that_can_never_be_quoted_or_is_old_says_so():
    own = inspected(stale=True, checked_at="2020-01-02T00:00:00+00:00")
    own.page.based_on = [
        BasisOut(publisher="P", title=None, url=None, published_on=None, consulted_on=None)
    ]
    assert ("Sources last read", "2 January 2020") in staff_page.facts(EN, own)
    assert "Checked" not in dict(staff_page.facts(EN, own))
    assert staff_page.remarks(EN, own)[0] == "Its sources were last read more than 30 days ago."
    told = staff_page.remarks(EN, inspected(stale=True))
    assert told == [
        "It was last checked more than 30 days ago.",
        "It has no passage, so it can never be quoted.",
    ]


def run(**changes):
    made = {
        "id": "r1",
        "kind": "refresh",
        "by": "Anna",
        "began": HOUR_AGO,
        "ended": HOUR_AGO,
        "outcome": "published",
        "generation": "g2",
        "previous": "g1",
        "seconds": 2.0,
        "encoded": 1,
        "detail": None,
        "findings": {"old": 2},
        "receipts": 3,
        "unsound": 0,
        "sources": {"ours": {"added": 1, "changed": 0, "removed": 2}},
    }
    return RunOut.model_validate({**made, **changes})


def test_a_record_says_who_did_what_when_and_whether_it_is_sound():
    card = staff_history.run_card(EN, run(), now=NOW)
    assert (card.heading, card.outcome, card.sound) == ("Refresh", "published", True)
    assert card.facts == (
        "26 November 2026, 11:00 (1 hour ago), by Anna",
        "ours: 1 added, 2 removed",
        "generation g2",
        "2.0 seconds, 1 passage encoded",
        "3 passages left, with a receipt: none found again",
        "lint: 2 old",
    )
    assert not staff_history.run_card(EN, run(unsound=1)).sound
    assert not staff_history.run_card(EN, run(outcome="failed")).sound
    back = staff_history.run_card(EN, run(kind="rollback", generation="g1", previous="g2"))
    assert "from g2 back to g1" in back.facts


def test_a_receipt_shows_what_was_found_and_whether_that_is_nothing():
    made = {"passage": "p", "page_key": "en/a", "page_digest": "d", "generation": "g"}
    counts = {"rows": 0, "vectors": 0, "postings": 0, "lines": None}
    receipts = [
        ReceiptOut(**made, **counts, returned=0),
        ReceiptOut(**made, **{**counts, "vectors": 1}, returned=2),
        ReceiptOut(**made, **counts, returned=None),
    ]
    told = [(said, sound) for _, _, said, sound in staff_history.receipt_rows(EN, receipts)]
    assert told[0] == ("nothing", True)
    assert told[1] == ("1 vector, 2 times returned when asked", False)
    assert told[2][0].startswith("nothing; its words are no longer known")


def test_going_back_lists_only_what_would_happen():
    plan = RollbackOut(
        current="g2",
        target="g1",
        made_at=HOUR_AGO,
        switched=False,
        comes_back=["en/a"],
        changes=[],
        goes=["en/b", "en/c"],
    )
    assert staff_history.plan_lists(EN, plan) == [
        ("Would come back", ["en/a"]),
        ("Would go", ["en/b", "en/c"]),
    ]
    kept = GenerationOut(id="g1", made_at=HOUR_AGO, pages=1, passages=2, live=False)
    told = staff_history.generation_label(EN, kept)
    assert told == "26 November 2026, 11:00 · 1 page, 2 passages · g1"


def evaluation(value, **changes):
    figure = {"n": 20, "mean": value, "low": value, "high": value}
    names = [f"q{n}" for n in range(20)]
    made = {
        "name": "x",
        "at": HOUR_AGO,
        "files": ["en.jsonl"],
        "questions": 20,
        "stamps": {},
        "figures": {"all": {"page_at_1": figure}, "kind plain": {}, "language fr": {}},
        "quality": {},
        "errors": [],
        "values": {"page_at_1": dict.fromkeys(names, value)},
        "sources": {name: name for name in names},
    }
    return EvaluationOut.model_validate({**made, **changes})


def test_figures_stand_in_rows_all_first_then_languages_then_kinds():
    found = evaluation(0.5)
    assert staff_quality.columns(found.figures) == ["page_at_1"]
    assert staff_quality.figure_rows(EN, found.figures, ["page_at_1"]) == [
        ("all", [("0.50", "0.50 to 0.50, n 20")]),
        ("French", [("", "")]),
        ("kind: plain", [("", "")]),
    ]


def test_two_runs_are_told_apart_only_where_the_test_says_so():
    (figure,) = staff_quality.moved(EN, evaluation(0.0), evaluation(1.0))
    assert (figure.name, figure.before, figure.after, figure.change) == (
        *("page @ 1", "0.000", "1.000", "+1.000"),
    )
    assert figure.real
    (same,) = staff_quality.moved(EN, evaluation(0.5), evaluation(0.5))
    assert (same.change, same.p, same.real) == ("+0.000", "1.000", False)


def test_wrong_answers_are_chosen_by_step_language_and_words():
    made = {"kind": "plain", "expected": "free", "cited": "en/a: 5 euros", "confidence": 0.5}
    found = evaluation(
        0.5,
        errors=[
            {**made, "id": "q1", "language": "en", "question": "cost?", "step": "ranked low"},
            {**made, "id": "q2", "language": "fr", "question": "prix ?", "step": "not retrieved"},
        ],
    ).errors
    assert [e.id for e in staff_quality.errors(found, "ranked low")] == ["q1"]
    assert [e.id for e in staff_quality.errors(found, language="fr")] == ["q2"]
    assert [e.id for e in staff_quality.errors(found, wanted="EUROS cost")] == ["q1"]


def test_more_than_may_go_unseen_is_said_of_the_sources_that_are_held():
    found = dry_run(held=["1 of 3 pages of ours would vanish; nothing was published."])
    assert staff_sources.held(EN, found) == [
        "1 of 3 pages of ours would vanish. That is more than may go unseen."
    ]
    assert staff_sources.held(EN, dry_run()) == []


def plan_to_erase(**changes):
    made = {
        "page_key": "en/a",
        "title": "A",
        "versions": 2,
        "passages": 3,
        "lines": 0,
        "live": True,
        "generations": [HOUR_AGO],
        "job": None,
    }
    return PurgeOut.model_validate({**made, **changes})


def test_what_would_go_with_a_page_is_told_before_anybody_agrees():
    assert staff_erase.tiles(EN, plan_to_erase()) == [
        ("Versions", "2", ""),
        ("Passages", "3", ""),
        ("Lines of what people ask", "0", ""),
        ("Earlier states", "1", "nobody can go back to these"),
    ]
    live, days = staff_erase.warnings(EN, plan_to_erase())
    assert live.startswith("It is live")
    assert "26 November 2026, 11:00" in days
    (gone,) = staff_erase.warnings(EN, plan_to_erase(live=False, generations=[]))
    assert gone.startswith("It is not live")
    kept = KeptPageOut(key="en/a", title="A", language="en", live=False)
    assert staff_erase.label(EN, kept) == "A · en/a · no longer live"


def test_what_a_purge_took_is_told_with_its_proof():
    report = {"key": "en/a", "versions": 2, "generations": 1, "vectors": 5, "run": "r"}
    done = job(task="purge", report={**report, "receipts": 3, "unsound": 0})
    assert staff_erase.erased_text(EN, done) == (
        "“en/a” is erased: 2 versions, 1 state that held it, 5 vectors. "
        "3 passages looked for everywhere: none was found again."
    )
    ill = job(task="purge", report={**report, "receipts": 3, "unsound": 1})
    assert "1 WERE FOUND AGAIN" in staff_erase.erased_text(EN, ill)
    page = PurgedOut(key="en/a", at=HOUR_AGO, by="Anna", finished=False)
    assert staff_erase.erased_rows(EN, [page]) == [
        ("en/a", "26 November 2026, 11:00, by Anna", "under way; the next refresh finishes it")
    ]


def test_a_record_of_a_purge_names_its_page_and_a_line_that_stayed_is_no_sound_receipt():
    card = staff_history.run_card(EN, run(kind="purge", detail="purged en/a", sources={}))
    assert (card.heading, card.outcome) == ("Page erased for good", "done")
    assert card.facts[1] == "page en/a"
    receipt = ReceiptOut(
        passage="p",
        page_key="en/a",
        page_digest="d",
        generation="g",
        rows=0,
        vectors=0,
        postings=0,
        returned=0,
        lines=1,
    )
    ((_, _, said, sound),) = staff_history.receipt_rows(EN, [receipt])
    assert (said, sound) == ("1 line of what people ask", False)


def test_the_same_is_said_in_french_as_the_french_write_it():
    card = staff_history.run_card(FR, run(receipts=1200, seconds=2.5), now=NOW)
    assert card.heading == "Publication"
    assert card.facts == (
        "26 novembre 2026 à 11:00 (il y a 1 heure), par Anna",
        "ours\u00a0: 1 ajoutée, 2 parties",
        "génération g2",
        "2,5\u00a0secondes, encodage de 1 passage",
        "partis, avec un reçu\u00a0: 1\u202f200 passages\u00a0; aucun retrouvé",
        "constats\u00a0: 2 old",
    )
    told = staff_sources.source_card(FR, source(), NOW)
    assert dict(told.facts)["Prochaine lecture"] == "dans 5 heures (rythme\u00a0: 6h)"
    assert staff_page.remarks(FR, inspected(stale=True))[0].endswith("de plus de 30 jours.")
    assert staff_quality.spoken(FR, "page_at_1") == "bonne page en 1er"


def test_a_key_revoked_while_a_job_is_followed_draws_the_page_anew(monkeypatch):
    class DrawnError(Exception):
        pass

    def rerun():
        raise DrawnError

    def job(_):
        raise KeyRefused("this key opens nothing here")

    monkeypatch.setattr(staff_jobs.st, "rerun", rerun)
    with pytest.raises(DrawnError):
        staff_jobs._watch.__wrapped__(SimpleNamespace(job=job), EN, "a")
