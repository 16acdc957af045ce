"""kill -9 at random moments of a publish never leaves anything but a good generation."""

from benchmarks.kills import kill_often


def test_killed_publish_keeps_the_last_generation(tmp_path):
    seen = kill_often(tmp_path, times=5)
    assert seen["killed"] == 5
    assert seen["repaired"] == 1
