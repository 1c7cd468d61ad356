"""Files: never torn, never lost, never outside their root; proved by races and by kills at every step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack import files
from batchpack.errors import BrokenFile, Busy, UnsafePath, Unwritable
from tests.support.project import ROOT

STEPS = ("open", "fdopen", "fchmod", "fsync", "replace", "sync_folder")


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python process that can import the engine."""
    words = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True)


def leftovers(folder: Path) -> list[str]:
    """List the temporary files in a folder."""
    return [path.name for path in folder.iterdir() if path.suffix == ".tmp"]


def test_a_fingerprint_is_sha_256() -> None:
    """The digest is the standard one, so that others can compute it."""
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" == files.fingerprint(b"abc")


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    """Missing folders are made; text is UTF-8; nothing temporary stays."""
    files.write_atomic(tmp_path / "a/b/c.txt", "ä")

    assert "ä".encode() == (tmp_path / "a/b/c.txt").read_bytes()
    assert [] == leftovers(tmp_path / "a/b")


def test_modes_are_kept_and_programs_made_executable(tmp_path: Path) -> None:
    """A new file is 0644, a program 0755, and a file that is there keeps its mode."""
    present = tmp_path / "present"
    present.write_text("x")
    present.chmod(0o600)
    files.write_atomic(present, "y")
    files.write_atomic(tmp_path / "new", "y")
    files.write_atomic(tmp_path / "program", "y", executable=True)

    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("present", "new", "program")]
    assert [0o600, 0o644, 0o755] == modes


def test_a_device_or_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    """What is no regular file stays what it is, be it reached by a link."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")

    for name in ("pipe", "link"):
        with pytest.raises(Unwritable, match="no regular file"):
            files.write_atomic(tmp_path / name, "x")
    assert (True, ["link", "pipe"]) == ((tmp_path / "pipe").is_fifo(), sorted(os.listdir(tmp_path)))  # noqa: PTH208


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A settings file that is a link into dotfiles is written where it leads."""
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles/real").write_text("old")
    (tmp_path / "link").symlink_to("dotfiles/real")

    files.write_atomic(tmp_path / "link", "new")

    assert (tmp_path / "link").is_symlink()
    assert "new" == (tmp_path / "dotfiles/real").read_text()


def test_a_file_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """With the content it was made from, a file that holds another by now is not overwritten."""
    path = tmp_path / "settings.json"
    path.write_text("by an editor")

    with pytest.raises(files.Changed):
        files.write_atomic(path, "ours", known=b"as we read it")

    assert "by an editor" == path.read_text()
    assert [] == leftovers(tmp_path)


def test_what_cannot_be_written_is_told_and_kept(tmp_path: Path) -> None:
    """A folder in the file's place and a file in the folder's are the reader's trouble, not a crash."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("kept")

    for path in (tmp_path / "folder", tmp_path / "file/below"):
        with pytest.raises(Unwritable):
            files.write_atomic(path, "x")
    assert "kept" == (tmp_path / "file").read_text()
    assert [] == leftovers(tmp_path)


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """When the disk is full in the middle of a write, the old content stays and nothing temporary is left."""
    path = tmp_path / "state.json"
    path.write_text("old")
    code = (
        "import resource, signal, sys; from pathlib import Path; from batchpack import errors, files\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: files.write_atomic(Path(sys.argv[1]), 'x' * 5000)\n"
        "except errors.Unwritable: sys.exit(7)"
    )

    assert 7 == python(code, path).wait(30)
    assert "old" == path.read_text()
    assert [] == leftovers(tmp_path)


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_old_or_new(tmp_path: Path, step: str) -> None:
    """Killed right before or within any step, a writer leaves the whole old or the whole new content."""
    path = tmp_path / "state.json"
    path.write_text("old" * 1000)
    code = (
        "import os, signal, sys; from pathlib import Path; from batchpack import files\n"
        "die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
        "owner = {'replace': Path, 'sync_folder': files}.get(sys.argv[2], os)\n"
        "setattr(owner, sys.argv[2], die)\n"
        "files.write_atomic(Path(sys.argv[1]), 'new' * 1000)"
    )

    assert -signal.SIGKILL == python(code, path, step).wait(30)
    assert path.read_text() == ("new" if step == "sync_folder" else "old") * 1000


def test_what_can_be_made_again_waits_for_no_disk(tmp_path: Path) -> None:
    """It is replaced in one step as well, without a call that forces it to disk."""
    path = tmp_path / "diff.txt"
    path.write_text("old")
    code = (
        "import os, sys; from pathlib import Path; from batchpack import files\n"
        "os.fsync = lambda handle: sys.exit(7)\n"
        "files.write_atomic(Path(sys.argv[1]), 'new', lasting=len(sys.argv) > 2)"
    )

    assert (0, "new") == (python(code, path).wait(30), path.read_text())
    assert 7 == python(code, path, "lasting").wait(30)
    assert [] == leftovers(tmp_path)


def test_writers_at_once_never_tear(tmp_path: Path) -> None:
    """While four processes write one file, each reading finds the whole of one writing."""
    path = tmp_path / "state"
    path.write_text("0" * 5000)
    code = (
        "import sys; from pathlib import Path; from batchpack import files\n"
        "for _ in range(40): files.write_atomic(Path(sys.argv[1]), sys.argv[2] * 5000)"
    )
    writers = [python(code, path, letter) for letter in "1234"]

    seen = set()
    while any(writer.poll() is None for writer in writers):
        text = path.read_text()
        assert 5000 == len(text)
        seen.add(text)

    assert all(1 == len(set(text)) for text in seen)
    assert [0] * 4 == [writer.returncode for writer in writers]
    assert [] == leftovers(tmp_path)


def test_a_lock_lets_no_update_be_lost(tmp_path: Path) -> None:
    """Four processes count one number up a hundred times each under the lock, and no step is missing."""
    path = tmp_path / "count"
    path.write_text("0")
    code = (
        "import sys; from pathlib import Path; from batchpack import files\n"
        "path = Path(sys.argv[1])\n"
        "for _ in range(100):\n"
        "    with files.locked(path.with_suffix('.lock'), 'the count'):\n"
        "        path.write_text(str(int(path.read_text()) + 1))"
    )

    assert [0] * 4 == [child.wait(60) for child in [python(code, path) for _ in range(4)]]
    assert "400" == path.read_text()


def test_a_dead_holder_blocks_nobody(tmp_path: Path) -> None:
    """A lock whose holder was killed is free at once; one that is held is Busy after the wait."""
    lock = tmp_path / ".lock"
    code = (
        "import sys, time; from pathlib import Path; from batchpack import files\n"
        "with files.locked(Path(sys.argv[1]), 'it'):\n"
        "    Path(sys.argv[1]).with_suffix('.held').touch(); time.sleep(60)"
    )
    holder = python(code, lock)
    while not lock.with_suffix(".held").exists():
        assert holder.poll() is None

    with pytest.raises(Busy, match="the run is in use") as told, files.locked(lock, "the run", wait=0.2):
        pass
    if Path("/proc/locks").exists():
        assert f"process, number {holder.pid} (waited" in told.value.message
        holder.send_signal(signal.SIGSTOP)
        with pytest.raises(Busy, match="which is stopped"), files.locked(lock, "the run", wait=0.2):
            pass
    holder.kill()
    holder.wait()
    with files.locked(lock, "the run", wait=0.5):
        assert lock.exists()


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A lock below a file is Unwritable."""
    (tmp_path / "file").write_text("")

    with pytest.raises(Unwritable), files.locked(tmp_path / "file/.lock", "it"):
        pass
    with pytest.raises(Unwritable), files.locked(tmp_path / "none/.lock", "it", make=lambda: None):
        pass


def test_lines_are_appended_whole(tmp_path: Path) -> None:
    """A last line that a crash tore is closed before the next one is appended."""
    journal = tmp_path / "journal"
    journal.write_text('{"a": 1}\n{"b": ')

    files.append_line(journal, '{"c": 3}')
    files.append_line(journal, '{"d": 4}')

    assert '{"a": 1}\n{"b": \n{"c": 3}\n{"d": 4}\n' == journal.read_text()


def test_a_line_that_cannot_be_appended_is_told(tmp_path: Path) -> None:
    """A folder in the file's place is Unwritable."""
    with pytest.raises(Unwritable):
        files.append_line(tmp_path, "x")


def test_text_is_read_without_its_mark(tmp_path: Path) -> None:
    """A byte order mark, as some editors write, is no part of the text."""
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbfhi")

    assert "hi" == files.read_text(path)


def test_what_is_no_text_is_told_by_line(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are told with the line, counted from 1; a missing file is told too."""
    path = tmp_path / "a.md"
    path.write_bytes(b"one\ntwo\n\xff\n")

    with pytest.raises(BrokenFile, match="not UTF-8") as caught:
        files.read_text(path)
    assert 3 == caught.value.line
    with pytest.raises(BrokenFile, match="No such file"):
        files.read_text(tmp_path / "missing")


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "link/x", "a\0b", "link"])
def test_a_path_out_of_the_root_is_refused(tmp_path: Path, path: str) -> None:
    """Steps up, absolute paths, links that lead out and zero bytes are unsafe."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)

    with pytest.raises(UnsafePath):
        files.inside(root, path)


@given(st.lists(st.sampled_from(["..", ".", "a", "b.txt", "", "/"]), min_size=1, max_size=6).map("/".join))
def test_a_path_that_is_accepted_lies_inside(path: str) -> None:
    """Whatever the parts, a path is refused or resolves to a place in the root."""
    root = Path("/some/root")
    try:
        found = files.inside(root, path)
    except UnsafePath:
        assert path.startswith("/") or ".." in path.split("/")
    else:
        assert found.resolve().is_relative_to(root)


def test_a_folder_is_kept_from_git(tmp_path: Path) -> None:
    """Git is told to leave the folder out; what a user wrote there stays."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / ".gitignore").write_text("mine\n")

    for name in ("ours", "theirs"):
        files.keep_from_git(tmp_path / name)

    assert ["*\n", "mine\n"] == [(tmp_path / name / ".gitignore").read_text() for name in ("ours", "theirs")]
