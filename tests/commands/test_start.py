"""`batchpack start`: the request in all its forms, and what is printed."""

from __future__ import annotations

import json

import pytest

from tests.support.orchestra import events, read, run_folder
from tests.support.project import Project

REQUEST = "Fix the error in the login form"


@pytest.mark.parametrize("words", [[REQUEST], REQUEST.split(), [f'"{REQUEST}"'], [f"“{REQUEST}”"]])
def test_the_request_comes_as_words(project: Project, words: list[str]) -> None:
    """One word or many, with a pair of quotes around the whole or without, are the same request."""
    project.run("start", *words).assert_ok()
    assert json.loads((run_folder(project) / "plan.json").read_text())["description"] == REQUEST


def test_the_request_comes_from_a_file_or_standard_input(project: Project) -> None:
    """`--file` reads a file, or with - standard input, line ends and all."""
    text = f"{REQUEST}\n\n- with `$(id)` and 'quotes'\n"
    project.write({"request.md": text})
    for words, stdin in ((["--file", "request.md"], ""), (["--file", "-"], text)):
        project.run("start", *words, stdin=stdin).assert_ok()
        assert json.loads((run_folder(project) / "plan.json").read_text())["description"] == text.strip()


def test_bad_requests_are_errors_and_begin_nothing(project: Project) -> None:
    """No text, two texts, a file that is not there, no text in it or too much of it: each is told."""
    project.write({"binary": "", "big": "word " * 300_000})
    (project.folder / "binary").write_bytes(b"\xff\xfe\x00")
    project.run("start").assert_failed("say what is to be done", code=2)
    project.run("start", "--file", "x", "text").assert_failed("say what is to be done once", code=2)
    project.run("start", "--file", "gone").assert_failed("cannot be read: No such file")
    project.run("start", "--file", "binary").assert_failed("is not UTF-8 text (byte 0)")
    project.run("start", "--file", "big").assert_failed("is over 1 MB")
    project.run("start", "--host", "nope", REQUEST).assert_failed("no host named 'nope'", "opencode", code=2)
    project.run("start", "--agents", "nobody", REQUEST).assert_failed("no agent named 'nobody'", code=2)
    assert not (project.folder / ".batchpack").exists()


def test_what_is_printed_leads_on(project: Project) -> None:
    """The printed command starts the first batch, and the program in it is found on PATH."""
    printed = read(project.run("start", REQUEST).assert_ok().out)
    assert printed.command
    assert printed.command.startswith("batchpack batch start ")
    assert printed.command.endswith(" 1")


def test_the_program_is_named_by_path_where_path_leads_elsewhere(project: Project) -> None:
    """Where another `batchpack` or none is on PATH the printed command has this one's absolute path."""
    other = project.home / "bin"
    other.mkdir()
    (other / "batchpack").write_text("#!/bin/sh\nexit 9\n")
    (other / "batchpack").chmod(0o755)
    path = f"{other}:{project.environment()['PATH']}"
    out = project.execute([*_python(), "start", REQUEST], env={"PATH": path}).assert_ok().out
    command = read(out).command
    assert command
    assert command.startswith("/")
    project.execute(["bash", "-c", command], env={"PATH": path}).assert_ok()


def _python() -> list[str]:
    """Return the words that start batchpack by path."""
    import sys

    return [sys.executable, "-m", "batchpack"]


def test_the_start_is_on_record(project: Project) -> None:
    """The journal's first line says run, project, host, plan, agents and base commit; `--json` says where it is."""
    project.init_git()
    facts = project.run("start", "--json", "--host", "opencode", REQUEST).json()
    first = events(run_folder(project))[0]
    assert first["event"] == "run_started"
    assert first["run"] == facts["run"] == run_folder(project).name
    assert first["project"] == str(project.folder)
    assert first["host"] == "opencode"
    assert first["plan_hash"] == facts["plan"]["hash"]
    assert first["base_commit"] == project.git("rev-parse", "HEAD").strip()
    line = json.loads((project.home / ".local/state/batchpack/runs.jsonl").read_text())
    assert line.keys() == {"run", "root", "project", "host", "started"}
    assert line["root"] == str(project.folder / ".batchpack")
