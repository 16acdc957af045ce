"""kill -9 at random moments of a refresh loses nothing, leaves nothing stale, and is repaired."""

from benchmarks.refresh_kills import kill_refreshes


def test_killed_refreshes_lose_nothing_and_the_next_one_is_clean(tmp_path):
    seen = kill_refreshes(tmp_path, times=6)
    assert seen["killed"] == 6
    faults = ("lost", "stale", "left over", "unsound", "changed at once more")
    assert [seen[name] for name in faults] == [0] * 5
    assert seen["receipts"] > 0
