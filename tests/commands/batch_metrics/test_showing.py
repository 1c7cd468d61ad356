"""What is asked for is shown."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
import time

import pytest

from batchpack import ledger
from batchpack.collector import Portion, Session, Source, Used
from batchpack.metrics import usage
from tests.support.metrics import ask, remember
from tests.support.project import Project
from tests.support.work import Ground


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
    run = _of_work(ground)
    shown = [ask(ground.project, "--run", word).assert_ok().out for word in (run, run[-4:])]
    newest = ask(ground.project, "--last").assert_ok().out

    assert shown[0] == shown[1]
    assert f"Run {run}: proof" in shown[0]
    assert ["again", "never"] == [line.split()[0] for line in _below(shown[0], "Tasks:")[1:]]
    assert "Design and research the storage" in newest
    ask(ground.project, "--run", "nope").assert_failed("there is no run 'nope'", "batchpack runs --all")
    ask(ground.project, "--run", "nope", "--json").assert_failed("there is no run 'nope'")
    ask(ground.project, "--run", "../x").assert_failed("is not the name of a run")


def _of_work(ground: Ground) -> str:
    """Return the id of the run of work; both runs may have begun within one second."""
    return next(str(one["run"]) for one in ask(ground.project, "--json").json()["runs"] if one["kind"] == "work")


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


def test_a_narrow_window_folds_tables(ground: Ground) -> None:
    """No line is wider than it; without a window a run is one line."""
    narrow = ask(ground.project, env={"COLUMNS": "80"}).assert_ok().out
    piped = ask(ground.project).assert_ok().out

    assert [] == [line for line in narrow.splitlines() if len(line) > 80]
    assert any(line.startswith("run ") and line.endswith("cost") for line in piped.splitlines())


def test_it_starts_quickly(project: Project) -> None:
    """With little data it takes less than 0.35 s of processor time, at best of five."""

    def once() -> float:
        before = os.times()
        ask(project, "--stats").assert_ok()
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])

    assert min(once() for _ in range(5)) < 0.35


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

    done = ask(project).assert_failed("newer batchpack", "update batchpack")
    assert 1 == done.err.count("newer batchpack"), "it is said once"
    assert before == path.read_bytes()


@pytest.mark.parametrize("kind", ["broken", "newer"])
def test_without_a_ledger_runs_are_shown(own: Ground, kind: str) -> None:
    """From their journals, in every form, with one line on what is wrong and how to mend it; the file is as it was."""
    path = own.project.home / ".local/state/batchpack/metrics.sqlite"
    if kind == "broken":
        for beside in path.parent.glob("metrics.sqlite*"):
            beside.unlink()
        path.write_bytes(b"no database " * 1000)
    else:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
    before, run = path.read_bytes(), own.last.id
    mend = "move it away" if kind == "broken" else "update batchpack"

    for words in ([], ["--run", run], ["--no-collect"]):
        said = ask(own.project, *words).assert_ok()
        assert run[-4:] in said.out
        text = " ".join(said.out.split())
        assert (1, 1) == (text.count("the ledger is left out"), text.count(mend))
        assert "" == said.err
    facts = ask(own.project, "--json").json()
    assert mend in facts["ledger_error"]
    assert run in [one["run"] for one in facts["runs"]]
    table = ask(own.project, "--csv").assert_ok()
    assert (1, True) == (table.err.count(mend), run in table.out)
    assert "2" in ask(own.project, "--by", "batch").assert_ok().out
    ask(own.project, "--by", "model").assert_failed(mend)
    ask(own.project, "--run", "reviews").assert_failed("there is no run 'reviews'", "it may be in the ledger", mend)
    assert before == path.read_bytes()


def test_a_batch_of_which_no_usage_is_known_is_no_unknown_one(project: Project) -> None:
    """It is said that nothing is recorded of it, and where to see how it stands."""
    project.run("items", "add", "-", "--format", "lines", "--name", "mail", stdin="a\nb\n").assert_ok()

    ask(project, "--run", "mail").assert_failed("nothing is recorded of mail", "batchpack items status --batch mail")


def test_a_batch_that_only_the_ledger_knows(project: Project) -> None:
    """It is shown by its name, and as the newest where it began last: for people, as JSON and as CSV."""
    now = time.time()
    job = Session("anthropic", "j.1", project=str(project.folder), run="reviews")
    items = Session("claude_code", "i", agent="=x", project=str(project.folder), run="20261121t100000-abcd", task="c1")
    facts = (
        Used(job, "1", now - 60, "claude-haiku-5-5", input=1000, output=100, batch=True),
        Used(items, "2", now - 90, "claude-haiku-5-5", input=50),
        Used(items, "3", now - 80, "m", input=7),
    )
    with ledger.open(project.home / ".local/state/batchpack/metrics.sqlite") as book:
        book.take("test", Source("/a/source", "1"), Portion(facts, {}), None)

    said = ask(project, "--run", "reviews").assert_ok().out
    assert said == ask(project, "--last").assert_ok().out
    text = " ".join(said.split())
    assert f"Batch reviews by anthropic in {project.folder} first request " in text
    assert "requests: 1 (1 of them through a batch service), tokens: 1,100, cost: $0.0" in text
    assert "Tasks:" not in said, "its requests are no tasks"
    assert "c1    =x" in ask(project, "--run", "abcd").assert_ok().out
    assert "price of messages" in said
    found = ask(project, "--run", "abcd", "--json").json()
    assert ("20261121t100000-abcd", 57, []) == (found["batch"]["name"], found["batch"]["input"], found["runs"])
    assert 57 == sum(row["input"] for row in found["by_task"]) == sum(row["input"] for row in found["by_model"])
    rows = list(csv.DictReader(io.StringIO(ask(project, "--run", "abcd", "--csv").assert_ok().out)))
    assert [("c1", "'=x")] == [(row["task"], row["agent"]) for row in rows]
    assert "unknown" in ask(project, "--run", "abcd", "--by", "model").assert_ok().out
    ask(project, "--run", "abcd", "--project", "/").assert_ok()
    ask(project, "--run", "reviewed").assert_failed("there is no run 'reviewed'", "batchpack runs --all")
