"""Verification: lines in their order up to the first that fails, one time-out for all, output kept and told."""

from __future__ import annotations

from pathlib import Path

from batchpack.attempts import verification


def test_all_lines_are_run_in_their_order(tmp_path: Path) -> None:
    """Each line sees what the one before it left, and each has its output in a file of its own."""
    found = verification.run(["echo a > made", "cat made; echo $WHO"], tmp_path, tmp_path / "e", 20, {"WHO": "me"})

    assert (True, "2/2 steps passed", None) == (found.passed, found.summary, found.failed)
    assert "a\nme\n" == (tmp_path / "e" / "2.txt").read_text()


def test_the_first_failure_is_the_last_line_run(tmp_path: Path) -> None:
    """What comes after a failed line is not run, and the failure is told with its output and where all of it lies."""
    found = verification.run(["true", "echo '1 failed'; exit 7", "touch ran"], tmp_path, tmp_path / "e", 20)

    assert (False, "1/3 steps passed") == (found.passed, found.summary)
    assert not (tmp_path / "ran").exists()
    assert found.failed is not None
    told = verification.told(found.failed)
    assert "ended with exit code 7. Its last output:\n\n1 failed\n" in told
    assert str(tmp_path / "e" / "2.txt") in told
    assert [0, 7] == [step["code"] for step in found.to_json()["steps"]]


def test_one_time_holds_for_all_lines(tmp_path: Path) -> None:
    """A line that hangs ends with the time that is left of all, and says so."""
    found = verification.run(["sleep 0.1", "exec sleep 300"], tmp_path, tmp_path / "e", 1.5)

    assert found.failed is not None
    assert "timeout" == found.failed.end
    assert "longer than 1 s" in verification.told(found.failed)


def test_without_lines_there_is_nothing_to_fail(tmp_path: Path) -> None:
    """A task without verification passes it, and nothing is written."""
    assert verification.run([], tmp_path, tmp_path / "e", 1).passed
    assert not (tmp_path / "e").exists()


def test_one_that_was_stopped_says_nothing_on_the_work(tmp_path: Path) -> None:
    """A verification that ends because the run is ended is neither passed nor a failure of the task."""
    found = verification.run(["sleep 300"], tmp_path, tmp_path / "e", 100, stop=lambda: True)

    assert (True, False) == (found.stopped, found.passed)
