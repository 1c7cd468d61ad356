"""Diffs of attempts: what was judged, asked of git, within bounds, and never a reason for a report to fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from batchpack.metrics import diffs, work
from batchpack.metrics.values import Record
from tests.support.project import Project
from tests.support.work import Ground, plan


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Return a repository whose settings would run programs for a diff, with a run of three attempts."""
    made = Ground(
        tmp_path_factory.mktemp("diffs"), {"old name.txt": "a long\nand old\ntext\n", ".gitattributes": "* diff=x\n"}
    )
    trap = made.root.parent / "ran"
    for key in ("diff.external", "diff.x.command", "diff.x.textconv"):
        made.project.git("config", key, f"touch {trap}; cat")
    again = {"command": "test -e a && echo b > a || echo x > a", "deliverables": ["a"], "verify": ["grep b a"]}
    moved = {"command": "mv 'old name.txt' \"$(printf 'n\\303\\251w')\"", "depends_on": ["again"]}
    made.run(plan({"id": "again", **again}, {"id": "moved", **moved})).assert_ok()
    return made


def record(ground: Ground) -> Record:
    """Read the run."""
    return work.read(ground.last, ())


def changes(found: Record) -> dict[str, str]:
    """Return the diffs that a record's attempts lead to: path → text."""
    paths = [link.path for one in found.attempts for link in one.links if link.label == diffs.LABEL]
    return {path: (found.folder / path).read_text() for path in paths}


def test_each_attempt_leads_to_what_was_judged(ground: Ground) -> None:
    """From where its worktree began, with every earlier attempt's work in it; files that moved are told as such."""
    found = changes(diffs.kept(record(ground)))

    assert ["diffs/again-1.txt", "diffs/again-2.txt", "diffs/moved-1.txt"] == list(found)
    first, second, moved = found.values()
    assert first.startswith(f"git diff {ground.last.facts.base[:12]} ")
    assert "\n+x\n" in first
    assert "\n+b\n" in second
    assert "\n-x\n" not in second
    assert "rename from old name.txt" in moved
    assert "a => " not in moved


def test_nothing_of_the_repository_is_run(ground: Ground) -> None:
    """Programs that its settings name for showing a diff are not started."""
    diffs.kept(record(ground))

    assert not (ground.root.parent / "ran").exists()


def test_what_is_read_on_demand_is_what_is_kept(ground: Ground) -> None:
    """The dashboard writes nothing and shows the same; of a path that is none's it shows nothing."""
    found = record(ground)
    kept = changes(diffs.kept(found))
    before = _files(ground)

    assert kept == {path: diffs.shown(diffs.offered(found), path) for path in kept}
    assert ["", ""] == [diffs.shown(found, path) for path in ("diffs/again-3.txt", "../diffs/again-1.txt")]
    assert before == _files(ground)


def _files(ground: Ground) -> dict[str, int]:
    """Return the files of the run with the moment of their last change."""
    return {str(path): path.lstat().st_mtime_ns for path in ground.last.folder.rglob("*") if path.is_file()}


def test_a_forged_diff_is_written_anew(ground: Ground) -> None:
    """What an agent put there before is not what the report leads to, and a link leads nothing out of the folder."""
    file = ground.last.folder / "diffs/again-1.txt"
    kept = changes(diffs.kept(record(ground)))
    file.write_text("nothing to see")

    assert kept == changes(diffs.kept(record(ground)))

    outside = ground.root.parent / "outside"
    outside.mkdir()
    folder = ground.last.folder / "diffs"
    folder.rename(ground.last.folder / "moved away")
    folder.symlink_to(outside)
    found = diffs.kept(record(ground))
    folder.unlink()
    (ground.last.folder / "moved away").rename(folder)
    assert ({}, []) == (changes(found), list(outside.iterdir()))


@pytest.mark.parametrize("commit", ["", "HEAD", "--output=x", "f" * 40, "a" * 39, "x\ny"])
def test_what_git_does_not_know_is_left_out(ground: Ground, commit: str) -> None:
    """Commits that are none, or that are gone, have no diff; the others have theirs."""
    whole = record(ground)
    first, *others = whole.tasks
    broken = replace(first, attempts=tuple(replace(one, commit=commit) for one in first.attempts))

    found = changes(diffs.kept(replace(whole, tasks=(broken, *others))))

    assert ["diffs/moved-1.txt"] == list(found)


def test_without_a_repository_there_is_none(ground: Ground, tmp_path: Path) -> None:
    """A project that is gone or was never a repository costs its diffs only."""
    whole = record(ground)

    for project in (tmp_path, tmp_path / "gone"):
        assert {} == changes(diffs.kept(replace(whole, project=str(project))))


def test_long_diffs_are_cut(tmp_path: Path) -> None:
    """One is cut with the command that shows the rest; behind so many letters of all no more are written."""
    made = Ground(tmp_path)
    words = f"seq 1 {diffs.MOST_LETTERS // 4} > big.txt; head -c 3000000 /dev/zero > blob; seq 1 300000 > text"
    made.run(plan({"id": "big", "command": words})).assert_ok()

    text = changes(diffs.kept(record(made)))["diffs/big-1.txt"]

    assert diffs.MOST_LETTERS < len(text) < diffs.MOST_LETTERS + 200
    assert text.endswith("there is more, which that command shows\n")
    assert "Binary files /dev/null and b/blob differ" in text or "Bin 0 -> 3000000 bytes" in text


def test_a_diff_too_long_to_hold_costs_no_other_its_place(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git is stopped where a diff is much longer than what is kept of it, and asked again for those behind it."""
    whole = changes(diffs.kept(record(ground)))
    monkeypatch.setattr(diffs, "MOST_LETTERS", 40)
    monkeypatch.setattr(diffs, "LETTER_BYTES", 1)

    found = changes(diffs.kept(record(ground)))

    assert list(whole) == list(found)
    for path, text in whole.items():
        head, _, rest = text.partition("\n")
        assert f"{head}\n{rest[:40]}\n… there is more, which that command shows\n" == found[path]


def test_an_answer_is_told_apart_however_it_comes() -> None:
    """Commits are told from lines of a diff in parts of any size; what comes after the end is not read."""
    one, two = "a" * 40, "b" * 64
    words = f"{one}\n+x\n+{two}\n {one}\n{two}\n-y\n".encode()
    for size in (1, 7, 1000):
        answer = diffs.Answer()
        for at in range(0, len(words), size):
            answer.take(words[at : at + size])
        assert {one: f"+x\n+{two}\n {one}\n".encode(), two: b"-y\n"} == answer.texts
    answer.ended = True
    answer.take(f"{'c' * 40}\n+z\n".encode())
    assert [one, two] == list(answer.texts)


def test_a_bound_for_all_diffs(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind so many letters no more diffs are written, and none is led to that is not there."""
    whole = changes(diffs.kept(record(ground)))
    monkeypatch.setattr(diffs, "MOST_IN_ALL", len(next(iter(whole.values()))) + 5)

    assert ["diffs/again-1.txt"] == list(changes(diffs.kept(record(ground))))


def test_a_thousand_diffs_take_few_calls_of_git(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are asked for many at once, in parts of bounded size; the answers are told apart."""
    monkeypatch.setattr(diffs, "AT_ONCE", 1)
    one_by_one = changes(diffs.kept(record(ground)))
    monkeypatch.setattr(diffs, "AT_ONCE", 50)

    assert one_by_one == changes(diffs.kept(record(ground)))


def test_a_run_without_worktrees_has_none(project: Project) -> None:
    """Nothing is led to that is not there."""
    record = Record("r", "work", "", "", str(project.folder), project.folder, 0, 1, "", (), "layer", ())

    assert record == diffs.kept(record) == diffs.offered(record)
