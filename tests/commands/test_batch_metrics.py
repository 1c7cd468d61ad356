"""The `batch-metrics` program, as people and programs use it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger
from batchpack.collector import Complaint, Portion, Session, Source, Used
from batchpack.metrics import usage
from tests.support.project import ROOT, Outcome, Project
from tests.support.work import Ground, plan

DOOR = [str(Path(sys.executable).with_name("batch-metrics"))]
SCRIPT = [sys.executable, str(ROOT / "hooks" / "batch-metrics.py")]
AGAIN = {"command": "test -e a && echo b > a || touch a", "deliverables": ["a"], "verify": ["grep b a"]}


def ask(project: Project, *words: str, **more: Any) -> Outcome:
    """Run the program."""
    return project.execute([*DOOR, *words], **more)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Return a project with a run of `batchpack run`, one of a host, and requests of models in the ledger."""
    made = Ground(tmp_path_factory.mktemp("metrics"))
    made.run(plan({"id": "again", **AGAIN}, {"id": "never", "command": "touch c", "depends_on": ["again"]}))
    made.project.run("start", "--host", "opencode", "Design and research the storage").assert_ok()
    remember(made.project)
    return made


def remember(project: Project) -> None:
    """Put requests of two sessions into the ledger, one at the edge of a day, and one complaint."""
    now = time.time()
    one = Session("opencode", "one", agent="=HYPERLINK(1)", project=str(project.folder))
    two = Session("claude_code", "two", project="/elsewhere")
    facts = (
        Used(one, "a", now - 60, "claude-sonnet-4-5", input=1000, output=10),
        Used(two, "b", now - 86_400 * 3, "unheard-of", input=7),
        Complaint("no JSON \x1b[31m", "line 3"),
    )
    with ledger.open(project.home / ".local/state/batchpack/metrics.sqlite") as book:
        book.take("test", Source("/a/source", "1"), Portion(facts, {}), None)


@pytest.mark.parametrize("words", [[], ["--stats"], ["--help"], ["--run", "nope"], ["--wrong"], ["prune"]], ids=str)
def test_the_script_becomes_the_program(ground: Ground, words: list[str]) -> None:
    """The script that lies in hosts' folders says and returns what the program does, word for word."""
    program, script = (ground.project.execute([*door, *words]) for door in (DOOR, SCRIPT))

    assert (script.code, script.out, script.err) == (program.code, program.out, program.err)


def test_runs_of_both_kinds_stand_in_one_table(ground: Ground) -> None:
    """Tasks, attempts, retries, width and use of each; the sums add up."""
    facts = ask(ground.project, "--json").json()
    said = ask(ground.project).assert_ok().out

    work, host = facts["runs"]
    assert ("work", "host") == (work["kind"], host["kind"])
    assert (2, 2, 3, 1, 1) == tuple(work[key] for key in ("tasks", "done", "attempts", "retries", "failed_attempts"))
    assert (0, 3) == (work["usage"]["unknown"], work["usage"]["without_model"])
    assert {"broken_runs": 0, "gone_runs": 0} == facts["left_out"]
    pending = host["tasks"]
    sums = f"runs: 2, tasks: {2 + pending} = 2 done + 0 failed + 0 skipped + {pending} pending"
    assert f"{sums}; success: 100% of those at an end" in said
    rows = [line.split()[0] for line in said.splitlines()[2:4]]
    assert [work["run"][-4:], host["run"][-4:]] == rows


def test_nothing_recorded_says_how_to_make_some(project: Project) -> None:
    """Without any run the reader learns two ways to make one, whichever option was given."""
    for words in ([], ["--stats"], ["--all"], ["--no-collect"], ["--since", "7d"]):
        out = ask(project, *words).assert_ok().out
        assert "/batch-run" in out
        assert "batchpack demo" in out
    assert "Nothing is recorded." in ask(project, "--by", "batch").assert_ok().out
    ask(project, "--last").assert_failed("there is no run 'latest' here")


def test_one_run_is_shown_task_by_task(ground: Ground) -> None:
    """By its id, its last four digits, or as the newest; an unknown one is a clear error."""
    run = ground.last.id
    shown = [ask(ground.project, "--run", word).assert_ok().out for word in (run, run[-4:])]
    newest = ask(ground.project, "--last").assert_ok().out

    assert shown[0] == shown[1]
    assert f"Run {run}: proof" in shown[0]
    assert ["again", "never"] == [line.split()[0] for line in _below(shown[0], "Tasks:")[1:]]
    assert "Design and research the storage" in newest
    ask(ground.project, "--run", "nope").assert_failed("there is no run 'nope'", "batchpack runs --all")
    ask(ground.project, "--run", "nope", "--json").assert_failed("there is no run 'nope'")
    ask(ground.project, "--run", "../x").assert_failed("is not the name of a run")


def _below(text: str, title: str) -> list[str]:
    """Return the lines of a table below its title."""
    return text.partition(f"\n{title}\n")[2].partition("\n\n")[0].splitlines()


@pytest.mark.parametrize("word", [*usage.BY, "batch"])
def test_one_table_by_each_word(ground: Ground, word: str) -> None:
    """As a table, as JSON and as CSV; all rows of the ledger are in it, each once."""
    rows = ask(ground.project, "--by", word, "--json").json()
    table = list(csv.DictReader(io.StringIO(ask(ground.project, "--by", word, "--csv").assert_ok().out)))
    lines = ask(ground.project, "--by", word).assert_ok().out.partition("\n\n")[0].splitlines()

    assert (word, 1) == (rows["by"], rows["schema"])
    assert len(rows["rows"]) == len(table) == len(lines) - 1 > 0
    if word != "batch":
        assert 1017 == sum(row["tokens"] for row in rows["rows"]) == sum(int(row["tokens"]) for row in table)


def test_the_words_and_the_ledgers_are_the_same() -> None:
    """The command's choices are what the ledger is asked by, and the batches of runs."""
    from batchpack.commands.batch_metrics import BY

    assert tuple(sorted([*usage.BY, "batch"])) == BY


def test_since_and_project_limit_everything(ground: Ground) -> None:
    """Runs and use from a moment on, and of one folder; what is no moment is refused."""

    def tokens(*words: str) -> int:
        return sum(row["tokens"] for row in ask(ground.project, *words, "--json").json()["by_model"])

    assert (1017, 1010, 1010) == (tokens(), tokens("--since", "24h"), tokens("--project", "."))
    future = ask(ground.project, "--since", "2100-01-01", "--json").json()
    assert ([], []) == (future["runs"], future["by_model"])
    assert "since 2100-01-01 00:00" in ask(ground.project, "--since", "2100-01-01", env={"TZ": "UTC"}).out
    ask(ground.project, "--since", "soon").assert_failed("'soon' is no moment", "yesterday", code=2)


def test_options_that_contradict_each_other(ground: Ground) -> None:
    """Each is refused with what to do."""
    for words in (["--run", "a1b2", "--last"], ["--json", "--csv"], ["--watch", "--json"], ["--last", "--since", "7d"]):
        ask(ground.project, *words).assert_failed(code=2)


def test_tables_for_other_programs(ground: Ground) -> None:
    """A row a run, or a task of one run; no cell is a formula to a spreadsheet."""
    runs = list(csv.DictReader(io.StringIO(ask(ground.project, "--csv").assert_ok().out)))
    tasks = list(csv.DictReader(io.StringIO(ask(ground.project, "--run", ground.last.id, "--csv").assert_ok().out)))
    agents = ask(ground.project, "--by", "agent", "--csv").assert_ok().out

    assert ["work", "host"] == [row["kind"] for row in runs]
    assert ["again", "never"] == [row["task"] for row in tasks]
    assert "opencode,'=HYPERLINK(1)," in agents


def test_a_narrow_window_folds_tables(ground: Ground) -> None:
    """No line is wider than it; without a window a run is one line."""
    narrow = ask(ground.project, env={"COLUMNS": "80"}).assert_ok().out
    piped = ask(ground.project).assert_ok().out

    assert [] == [line for line in narrow.splitlines() if len(line) > 80]
    assert any(line.startswith("run ") and line.endswith("cost") for line in piped.splitlines())


def test_collecting_says_what_could_not_be_read(ground: Ground) -> None:
    """What is new, then with --told all of it; nothing of it acts upon a terminal."""
    said = ask(ground.project, "collect", "--told").assert_ok().out
    facts = ask(ground.project, "collect", "--told", "--json").json()

    assert "/a/source, line 3\n  no JSON" in said
    assert "\x1b" not in said
    assert ["/a/source"] == [one["source"] for one in facts["complaints"]]
    assert [] == ask(ground.project, "collect", "--json").json()["complaints"]


def test_everything_can_be_exported(ground: Ground) -> None:
    """A line for each request, to standard output or a file that is whole or not there; a closed pipe ends it."""
    lines = ask(ground.project, "export").assert_ok().out.splitlines()
    out = ground.root.parent / "all.csv"
    done = ask(ground.project, "export", "--format", "csv", "--out", str(out)).assert_ok()

    assert [7, 1000] == [json.loads(line)["input"] for line in lines]
    assert ["7", "1000"] == [row["input"] for row in csv.DictReader(io.StringIO(out.read_text()))]
    assert f"2 requests written to {out}" in done.err
    assert 1 == len(ask(ground.project, "export", "--since", "24h").out.splitlines())
    assert 1 == len(ask(ground.project, "export", "--project", ".").out.splitlines())
    ask(ground.project, "export", "--out", "README.md/x").assert_failed("cannot write README.md/x")
    piped = ground.project.execute(["bash", "-o", "pipefail", "-c", f"{DOOR[0]} export | true"])
    assert (0, "") == (piped.code, piped.err)


def test_old_facts_are_forgotten_on_demand(project: Project) -> None:
    """For good; nothing newer goes with them, and a moment must be given."""
    remember(project)
    ask(project, "prune").assert_failed("--before", code=2)
    said = ask(project, "prune", "--before", "2d").assert_ok().out

    assert ": 1 request, " in said
    assert [1000] == [row["input"] for row in ask(project, "--by", "model", "--json").json()["rows"]]
    assert 0 == ask(project, "prune", "--before", "2d", "--json").json()["requests"]


def test_no_collect_only_looks(project: Project) -> None:
    """Nothing is made; with it the figures are those that are known."""
    ask(project, "--no-collect").assert_ok()
    ask(project, "--no-collect", "--by", "model").assert_ok()

    assert [] == list(project.home.rglob("metrics.sqlite*"))


def test_a_closed_home_shows_what_is_known(project: Project) -> None:
    """Where nothing can be written it is said once, and the rest is shown."""
    remember(project)
    state = project.home / ".local/state/batchpack"
    for path in (*state.iterdir(), state):
        path.chmod(0o500 if path.is_dir() else 0o400)
    if os.access(state, os.W_OK):  # the user of this test may write anywhere
        (state / "metrics.sqlite").unlink()
        state.chmod(0o700)
        state.joinpath("metrics.sqlite").mkdir()
    done = ask(project, "--json")
    assert 1 == done.err.count("nothing new was collected: ")
    known = [1000, 7] if (state / "metrics.sqlite").is_file() else []
    assert known == [row["input"] for row in done.json()["by_model"]]


def test_a_ledger_of_a_newer_version_is_left_alone(project: Project) -> None:
    """It is told, with what to do; the file is not changed."""
    remember(project)
    path = project.home / ".local/state/batchpack/metrics.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()

    ask(project).assert_failed("newer batchpack", "update batchpack")
    assert before == path.read_bytes()


def test_watching_prints_what_changed(ground: Ground) -> None:
    """Without a terminal a page for each change, with its time; an interrupt ends it."""
    child = subprocess.Popen(
        [*DOOR, "--watch", "0.2", "--by", "batch"], cwd=ground.root, env=ground.project.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    first = [child.stdout.readline() for _ in range(4)]
    ground.project.run("start", "--host", "opencode", "Write docs").assert_ok()
    while not (again := child.stdout.readline()).startswith("---"):
        assert again
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)

    assert first[0].startswith("--- ")
    assert first[1].startswith("run ")
    assert (130, True) == (child.returncode, "interrupted; nothing was lost" in said)


def test_it_starts_quickly(project: Project) -> None:
    """With little data it takes less than 0.35 s of processor time, at best of five."""

    def once() -> float:
        before = os.times()
        ask(project, "--stats").assert_ok()
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])

    assert min(once() for _ in range(5)) < 0.35


def test_it_is_not_a_word_behind_batchpack(project: Project) -> None:
    """`batchpack batch-metrics` does not exist: the program has its own name."""
    project.run("batch-metrics").assert_failed("No such command", code=2)
