"""The starter of programs: argv only, whole groups ended, failures told."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from batchpack import process
from batchpack.process import ProgramFailed


def python(code: str, *arguments: str) -> list[str]:
    """Return the argv of a small Python program."""
    return [sys.executable, "-c", code, *arguments]


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that is dead but not yet reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_arguments_are_never_interpreted() -> None:
    """What a shell would act upon reaches the program as it is."""
    words = ["$(touch x)", "`id`", "; rm -rf .", "a b", "*", "--", "\n"]

    done = process.run(python("import sys, json; print(json.dumps(sys.argv[1:]))", *words))

    assert words == json.loads(done.out)


def test_standard_input_output_and_code_come_back() -> None:
    """A program gets its input, and what it left is returned when its code is not checked."""
    code = "import sys; print(sys.stdin.read().upper()); print('no', file=sys.stderr); sys.exit(4)"

    done = process.run(python(code), stdin="text", check=False)

    assert (4, "TEXT\n", "no\n") == (done.code, done.out, done.err)


def test_a_bad_end_raises_with_what_was_said() -> None:
    """A non-zero code is an error that shows the code and the last words."""
    with pytest.raises(ProgramFailed) as caught:
        process.run(python("import sys; sys.exit('gone wrong')"))

    assert "exit code 1" in caught.value.message
    assert "gone wrong" in caught.value.hint


def test_a_program_that_is_not_there_raises() -> None:
    """A missing program is the same kind of error, with code 127."""
    with pytest.raises(ProgramFailed, match="could not be started") as caught:
        process.run(["/nowhere/program"])

    assert 127 == caught.value.completed.code


def test_a_time_out_ends_the_whole_group(tmp_path: Path) -> None:
    """When time is up, the program and those that it started are gone."""
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )

    with pytest.raises(ProgramFailed, match="no end after 2 s"):
        process.run(python(code), timeout=2)

    grandchild = int(note.read_text())
    deadline = time.monotonic() + 5
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(grandchild)


def test_bytes_that_are_no_text_are_replaced() -> None:
    """Output that is not UTF-8 does not break the reader."""
    done = process.run(python("import sys; sys.stdout.buffer.write(b'a\\xffb')"))

    assert "a\ufffdb" == done.out


def test_the_environment_is_the_given_one() -> None:
    """With `env`, nothing else of ours is seen."""
    done = process.run(python("import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"), env={"A": "1"})

    assert "['A']\n" == done.out


def test_programs_are_found_on_path(tmp_path: Path) -> None:
    """A program is found on the given search path, and one that is not there is None."""
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    assert str(program) == process.find("tool", str(tmp_path))
    assert process.find("tool", "/nowhere") is None


def test_killing_a_group_that_ended_is_fine() -> None:
    """A group that is gone already is no error."""
    child = os.spawnv(os.P_NOWAIT, sys.executable, python("import os; os.setsid()"))
    os.waitpid(child, 0)

    process.kill_group(child)

    assert not alive(child)


def test_a_watched_program_hands_on_what_it_writes(tmp_path: Path) -> None:
    """Both streams come as one, in their order, and the exit code is told."""
    said: list[bytes] = []
    code = "import sys; print('a', flush=True); print('b', file=sys.stderr); sys.exit(4)"
    done = process.watch(python(code), said.append, cwd=tmp_path, env=os.environ, timeout=30)

    assert (process.Watched(4, "itself"), b"a\nb\n") == (done, b"".join(said))


def test_a_watched_program_that_ignores_its_end_is_killed(tmp_path: Path) -> None:
    """After the time-out it is asked to end, and killed when it does not."""
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)"
    began = time.monotonic()
    done = process.watch(python(code), bytes, cwd=tmp_path, env=os.environ, timeout=1)

    assert process.Watched(-9, "timeout") == done
    assert time.monotonic() - began < 60


def test_a_watched_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A program that cannot be started is a failure with its name."""
    with pytest.raises(ProgramFailed, match="nothing-of-this-name"):
        process.watch(["nothing-of-this-name"], bytes, cwd=tmp_path, env=os.environ, timeout=1)


def test_output_is_handed_on_while_a_program_runs(tmp_path: Path) -> None:
    """All lines come; a program that ends badly is told with what it said, and one that is left early is ended."""
    with process.output_of(["printf", "one\ntwo\n"], cwd=tmp_path) as out:
        assert [b"one\n", b"two\n"] == list(out)
    with (
        pytest.raises(ProgramFailed, match="exit code 3") as caught,
        process.output_of(["sh", "-c", "echo no luck >&2; exit 3"], cwd=tmp_path) as out,
    ):
        assert [] == list(out)
    assert "no luck" in caught.value.hint
    with pytest.raises(ZeroDivisionError), process.output_of(["sleep", "60"], cwd=tmp_path):
        raise ZeroDivisionError
    with pytest.raises(ProgramFailed, match="could not be started"), process.output_of(["no-such"], cwd=tmp_path):
        pass


def test_a_program_aside_outlives_nobody_it_should_not(tmp_path: Path) -> None:
    """A program aside reads the file it was given, in a session of its own; one that hangs is killed in the end."""
    reader, writer = os.pipe()
    script = "import os, sys; open('sid', 'w').write(f'{os.getsid(0)} {sys.stdin.read()}')"
    one = process.Aside(python(script), stdin=reader, cwd=tmp_path)
    os.close(reader)
    lives = one.alive()
    os.write(writer, b"x")
    os.close(writer)
    ended = one.await_end(20)
    with (tmp_path / "sid").open() as stdin:
        hanging = process.Aside(python("import time; time.sleep(60)"), stdin=stdin.fileno(), cwd=tmp_path)

    assert [True, True, False, False] == [lives, ended, hanging.await_end(0.1), hanging.alive()]
    assert f"{one.pid} x" == (tmp_path / "sid").read_text()


def test_a_program_aside_that_is_not_there(tmp_path: Path) -> None:
    """A missing program is told as by `run`."""
    with pytest.raises(ProgramFailed, match="could not be started"):
        process.Aside(["/no/such/program"], stdin=0, cwd=tmp_path)
