"""The metrics script finds the pack's program and becomes it, or goes on by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT, Outcome, Project

PAGES = ("batch-metrics.py", "batch_metrics_alone.py")
NO_PACK = "/usr/bin:/bin"
ALONE = "The program batch-metrics was not found"
OLD = sorted(Path(sys.base_prefix).parent.glob("3.8.*/bin/python3.8"))


def install(project: Project, python: str = "") -> Path:
    """Put the script into a host's folder, as an install does."""
    folder = project.home / ".osa" / "hooks"
    folder.mkdir(parents=True)
    for name in PAGES:
        text = (ROOT / "hooks" / name).read_text()
        (folder / name).write_text(text.replace('PYTHON = ""', f"PYTHON = {python!r}", 1))
    return folder / PAGES[0]


def ask(project: Project, script: Path, *words: str, path: str = NO_PACK, python: str = sys.executable) -> Outcome:
    """Run the script as a person does, or an agent."""
    return project.execute([python, str(script), *words], env={"PATH": path})


def program(folder: Path, text: str) -> str:
    """Make a program of the name `batch-metrics`; returns a PATH on which it comes first."""
    folder.mkdir(exist_ok=True)
    made = folder / "batch-metrics"
    made.write_text(text)
    made.chmod(0o755)
    return f"{folder}:{NO_PACK}"


def test_it_becomes_the_program_of_the_install(project: Project) -> None:
    """By the interpreter that the install wrote into it; words, output and exit code are the program's."""
    script = install(project, sys.executable)

    ask(project, script, "--by", "nobody").assert_failed("is not one of", code=2)
    assert "Nothing is recorded." in ask(project, script, "--by", "model").assert_ok().out


def test_it_becomes_the_program_on_path(project: Project) -> None:
    """Where the install's interpreter is not known or gone."""
    path = program(project.home / "bin", '#!/bin/sh\necho "program: $*"; exit 7\n')

    for number, python in enumerate(("", "/nowhere/python", str(project.home), str(project.home / "bin"))):
        other = Project(project.home / str(number))
        done = ask(other, install(other, python), "--run", "a b", path=path)
        assert (7, "program: --run a b\n") == (done.code, done.out)


@pytest.mark.skipif(not OLD, reason="no Python 3.8 is on this machine")
def test_an_old_python_hands_over_too(project: Project) -> None:
    """The oldest Python that the script is for finds the program, and goes on by itself without it."""
    old = str(OLD[-1])

    assert "Nothing is recorded." in ask(project, install(project, sys.executable), "--by", "day", python=old).out
    bare = Project(project.home / "bare")
    assert ALONE in ask(bare, install(bare), python=old).assert_ok().out


def test_without_the_program_it_goes_on_by_itself(project: Project) -> None:
    """And says what is missing; options of the program are refused as such."""
    script = install(project)

    assert ALONE in ask(project, script).assert_ok().out
    for word in ("--by", "prune", "--watch"):
        ask(project, script, word, "model").assert_failed(f"'{word}' is for the program batch-metrics", code=2)


@pytest.mark.parametrize(("end", "said"), [(">/dev/full", "No space left on device"), (">&-", "")])
def test_an_output_that_takes_nothing_is_no_crash(project: Project, end: str, said: str) -> None:
    """A full disk is told in a sentence; who closed the output wants none."""
    shell = f'{sys.executable} "{install(project)}" {end}'
    done = project.execute(["bash", "-c", shell], env={"PATH": NO_PACK})

    assert (bool(said), "", False) == (bool(done.code), done.out, "Traceback" in done.err)
    assert said in done.err


def test_half_of_an_install_says_so(project: Project) -> None:
    """Where its second half is gone, the reader is told how to get it back."""
    script = install(project)
    script.with_name(PAGES[1]).unlink()

    ask(project, script).assert_failed("batch_metrics_alone.py is missing", "batchpack install")


def test_an_interpreter_that_lost_the_pack_is_passed_over(project: Project) -> None:
    """One that runs but has no batchpack leads on to PATH, and then to the script by itself."""
    bare = project.home / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    script = install(project, str(bare / "bin/python"))

    assert ALONE in ask(project, script).assert_ok().out
    path = program(project.home / "bin", "#!/bin/sh\necho found\n")
    assert "found\n" == ask(project, script, path=path).assert_ok().out


@pytest.mark.parametrize("text", ["not a program", "#!/nowhere/python\n", ""], ids=["text", "shebang", "empty"])
def test_what_only_looks_like_the_program_is_passed_over(project: Project, text: str) -> None:
    """A file of that name that cannot be started ends nothing."""
    script = install(project)

    assert ALONE in ask(project, script, path=program(project.home / "bin", text)).assert_ok().out


def test_it_never_goes_round_in_circles(project: Project) -> None:
    """Programs of that name on PATH that are the script itself, or call it again, are each taken once."""
    script = install(project)
    itself = project.home / "itself"
    itself.mkdir()
    (itself / "batch-metrics").symlink_to(script)
    script.chmod(0o755)
    again = f'#!/bin/sh\necho again >> $HOME/log\nexec {sys.executable} {script} "$@"\n'
    path = f"{itself}:{program(project.home / 'one', again)}"

    assert ALONE in ask(project, script, path=path).assert_ok().out
    assert "again\n" == (project.home / "log").read_text()


def test_nothing_is_started_from_the_project(project: Project) -> None:
    """What lies in the folder that agents write to is neither program nor module, however PATH looks."""
    for name in ("python3", "batch-metrics"):
        program(project.folder, "#!/bin/sh\necho taken\n")
        (project.folder / name).write_text("#!/bin/sh\necho taken\n")
        (project.folder / name).chmod(0o755)
    (project.folder / "batchpack").mkdir()
    (project.folder / "batchpack/__init__.py").write_text("print('taken')")
    (project.folder / "json.py").write_text("print('taken')")

    for number, python in enumerate(("python3", sys.executable)):
        other = Project(project.home / str(number))
        script = install(other, python)
        done = project.execute([sys.executable, str(script)], env={"PATH": f".::{NO_PACK}"}, cwd=project.folder)
        assert "taken" not in done.assert_ok().out


def test_handing_over_costs_little(project: Project) -> None:
    """Less than 50 ms of processor time beyond two starts of the interpreter, at best of five."""
    path = program(project.home / "bin", f"#!/bin/sh\nexec {sys.executable} -c pass\n")
    script = install(project)

    def best(words: list[str]) -> float:
        times = []
        for _ in range(5):
            before = os.times()
            project.execute([sys.executable, *words], env={"PATH": path}).assert_ok()
            after = os.times()
            times.append(sum(after[2:4]) - sum(before[2:4]))
        return min(times)

    assert best([str(script)]) - 2 * best(["-c", "pass"]) < 0.05
