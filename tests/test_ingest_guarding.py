"""No more pages vanish than a person has seen, whatever a second reading finds."""

import pytest

from ingest.errors import RefreshHeld
from ingest.guarding import guard
from ingest.records import ChangeSet


def going(*keys):
    return ChangeSet("ours", added=(), changed=(), unchanged=("en/a",), removed=keys, unreadable={})


@pytest.mark.parametrize(
    "confirmed", [True, {"ours": ["en/b", "en/c"]}, {"ours": ["en/c", "en/b", "en/d"]}]
)
def test_what_was_seen_may_go(confirmed):
    guard(going("en/b", "en/c"), 0.2, confirmed=confirmed)


@pytest.mark.parametrize("confirmed", [False, {}, {"ours": []}, {"theirs": ["en/b", "en/c"]}])
def test_what_nobody_saw_is_held(confirmed):
    with pytest.raises(RefreshHeld, match="2 of 3 pages of ours would vanish; nothing was"):
        guard(going("en/b", "en/c"), 0.2, confirmed=confirmed)


def test_what_exceeds_what_was_seen_is_held_and_named():
    with pytest.raises(RefreshHeld, match=r"1 of them not when somebody looked.*such as en/c"):
        guard(going("en/b", "en/c"), 0.2, confirmed={"ours": ["en/b"]})


def test_few_pages_may_go_unseen():
    guard(going("en/b"), 0.5, confirmed={"ours": ["en/c"]})
