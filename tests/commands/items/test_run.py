"""`batchpack items run`: real processes, real files, a small program in the place of a host."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import Outcome, Project
from tests.support.toy_agent import put_toy_agent

RUN = ("items", "run", "--executor", "toy", "--prompt", "ask.j2")


@pytest.fixture
def ground(project: Project) -> Project:
    """Make a batch of twelve items in three chunks, and the executor `toy`."""
    rows = [{"id": f"i{n:02}", "subject": f"Offer {n} $(touch pwned) {{{{ 7 * 7 }}}}"} for n in range(12)]
    project.write({"rows.jsonl": "".join(json.dumps(row) + "\n" for row in rows), "ask.j2": "What is {{ id }}?\n"})
    put_toy_agent(project.home)
    project.run("items", "add", "rows.jsonl", "--name", "b").assert_ok()
    project.run("items", "chunk", "--by", "size", "--max", "4").assert_ok()
    return project


def wish(project: Project, **names: list[str]) -> None:
    """Say what the toy does with which items."""
    project.write({"toy.json": json.dumps(names)})


def calls(project: Project) -> Counter[str]:
    """Return how often each item was asked for."""
    path = project.folder / "toy.log"
    return Counter(path.read_text().split()) if path.exists() else Counter()


def counts(project: Project) -> dict[str, int]:
    """Return the counts of items."""
    return dict(project.run("items", "status", "--json").json()["items"])


def started(project: Project, *words: str) -> subprocess.Popen[bytes]:
    """Start a run beside the test."""
    argv = [sys.executable, "-m", "batchpack", *RUN, *words]
    return subprocess.Popen(argv, cwd=project.folder, env=project.environment(), start_new_session=True)


def until(fact: Callable[[], Any], seconds: float = 30) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_each_item_is_called_once_and_recorded(ground: Project) -> None:
    """Every item is one call, its answer one record, and the chunks' files are written; a second run has none."""
    said = ground.run(*RUN).assert_ok().out

    assert "3 tasks done, 0 failed, with 12 calls." in said
    assert Counter({f"i{n:02}": 1 for n in range(12)}) == calls(ground)
    details = (ground.folder / ".batchpack/items/b/chunks/chunk-01-details.md").read_text()
    assert "- i00 [offer] done: so" in details
    assert "0 tasks done" in ground.run(*RUN).assert_ok().out
    assert not (ground.folder / "pwned").exists()


def test_the_prompt_has_items_as_data(ground: Project) -> None:
    """What an item says stands between marks as it is, neither run nor rendered, behind the user's text."""
    wish(ground, bad=["i00"])
    ground.run(*RUN, "-j", "1").assert_ok()
    [prompt] = (ground.folder / ".batchpack/items/b/calls").glob("*/*/prompt.md")
    text = prompt.read_text()

    assert text.startswith("What is i11?\n")
    assert "Offer 11 $(touch pwned) {{ 7 * 7 }}" in text.split("=== ITEMS")[2]


def test_an_answer_that_does_not_fit_is_asked_for_once_more(ground: Project) -> None:
    """The second try says what was wrong; after it the item has failed with the reason, and the others go on."""
    wish(ground, mended=["i01"], bad=["i02"], crash=["i03"])
    ground.run(*RUN).assert_ok()

    assert (2, 2, 2) == tuple(calls(ground)[name] for name in ("i01", "i02", "i03"))
    assert {"done": 10, "failed": 2} == {name: counts(ground)[name] for name in ("done", "failed")}
    record = ground.run("items", "show", "i02", "--json").json()["item"]["record"]
    assert "it has no category" == record["rationale"]


def test_a_chunk_in_one_call(ground: Project) -> None:
    """With --per chunk an answer has each item exactly once."""
    said = ground.run(*RUN[:4], "--per", "chunk", "--prompt", "ask.j2")
    said.assert_failed("'id' is undefined")
    ground.write({"ask.j2": "Sort these {{ items | length }}.\n"})

    assert "with 3 calls" in ground.run(*RUN, "--per", "chunk").assert_ok().out
    assert 12 == counts(ground)["done"]


def test_a_schema_is_kept_to(ground: Project) -> None:
    """With --schema an answer that does not fit has failed, and one that fits is kept whole."""
    schema = {"type": "object", "required": ["category"], "properties": {"category": {"enum": ["offer"]}}}
    ground.write({"fits.json": json.dumps(schema)})
    ground.run(*RUN, "--schema", "fits.json").assert_ok()
    record = ground.run("items", "show", "i00", "--json").json()["item"]["record"]

    assert {"category": "offer", "rationale": "so"} == json.loads(record["data"])
    ground.run(*RUN, "--schema", "nowhere.json").assert_failed("nowhere.json")


def test_a_limit_is_a_pause(ground: Project) -> None:
    """Where the service says wait, all wait and the call is made again: nothing fails."""
    wish(ground, busy=["i05"])
    outcome = ground.run(*RUN).assert_ok()

    assert "Toy: slow down: all wait for" in outcome.err
    assert 12 == counts(ground)["done"]


def test_what_waiting_does_not_mend_stops_the_run(ground: Project) -> None:
    """A key that is missing ends the run with the reason; what is held is given back, and the next run goes on."""
    wish(ground, closed=["i05"])
    ground.run(*RUN).assert_failed()
    waiting = ground.run("items", "status", "--json").json()["tasks"]
    wish(ground)
    ground.run(*RUN).assert_ok()

    assert 0 == waiting["claimed"]
    assert 12 == counts(ground)["done"]


def test_an_interrupt_gives_back_what_is_held(ground: Project) -> None:
    """Ctrl-C ends the calls, gives the claims back at once and exits with 130; what is recorded is not asked again."""
    wish(ground, sleep=["i01"])
    child = started(ground, "-j", "1")
    until((ground.folder / "sleeping").exists)
    child.send_signal(signal.SIGINT)

    assert 130 == child.wait(20)
    assert {"claimed": 0, "pending": 3} == {
        name: ground.run("items", "status", "--json").json()["tasks"][name] for name in ("claimed", "pending")
    }
    assert not is_alive(int((ground.folder / "sleeping").read_text()))
    wish(ground)
    ground.run(*RUN).assert_ok()
    assert {"i01": 2} == {name: number for name, number in calls(ground).items() if number > 1}
    assert 12 == counts(ground)["done"]


def test_a_killed_run_loses_and_repeats_nothing(ground: Project) -> None:
    """A kill takes the calls with it; their task comes back when its lease ends, and recorded items stay recorded."""
    wish(ground, sleep=["i01"])
    child = started(ground, "-j", "1", "--lease", "2")
    until((ground.folder / "sleeping").exists)
    child.kill()
    child.wait()
    sleeper = int((ground.folder / "sleeping").read_text())
    until(lambda: not is_alive(sleeper))
    wish(ground)
    ground.run(*RUN).assert_ok()

    assert {"i01": 2} == {name: number for name, number in calls(ground).items() if number > 1}
    assert 12 == counts(ground)["done"]


def test_several_runs_at_once_share_the_work(ground: Project) -> None:
    """Runs take from one queue: each item is called once, whoever gets it."""
    runs = [started(ground, "-j", "2") for _ in range(3)]

    assert [0, 0, 0] == [one.wait(60) for one in runs]
    assert Counter({f"i{n:02}": 1 for n in range(12)}) == calls(ground)


def acts(project: Project, *words: str) -> Outcome:
    """Carry out the act `archive` by the shell."""
    line = 'test -e "no-$BATCHPACK_ITEM" && exit 3; mkdir "out-$BATCHPACK_ITEM"'
    undo = '["rmdir", "out-{{ id }}"]'
    return project.run(
        "items", "run", "--executor", "shell", "--command", line, "--act", "archive", "--undo", undo, *words
    )


def approved(project: Project) -> None:
    """Judge all, approve, and make the tasks of the act."""
    project.run(*RUN).assert_ok()
    digest = project.run("items", "summary", "--json").json()["hash"]
    project.run("items", "approve", "--hash", digest).assert_ok()
    project.run("items", "act", "archive", "--file", "-", stdin="Move it.").assert_ok()


def test_acts_have_receipts_and_can_be_taken_back(ground: Project) -> None:
    """The program writes a receipt before and after each act; undo takes all back."""
    approved(ground)
    acts(ground).assert_ok()

    assert 12 == len(list(ground.folder.glob("out-*")))
    assert "24 receipts, one whole chain." in ground.run("receipts", "verify").assert_ok().out
    assert "12 of 12 acts taken back." in ground.run("receipts", "undo", "--yes").assert_ok().out
    assert [] == list(ground.folder.glob("out-*"))


def test_an_act_that_failed_is_told(ground: Project) -> None:
    """An act that fails has its receipt, its task fails, and the other acts are carried out."""
    approved(ground)
    ground.write({"no-i02": ""})
    acts(ground).assert_failed()

    assert 11 == len(list(ground.folder.glob("out-*")))
    assert "failed" in next(
        line for line in ground.run("receipts", "show").out.splitlines() if " i02 " in line or line.endswith("i02")
        or "i02" in line
    )  # fmt: skip
    assert 1 == ground.run("items", "status", "--json").json()["tasks"]["failed"]


def test_an_act_that_was_cut_off_is_not_repeated(ground: Project) -> None:
    """Where an act began and nobody wrote its end, it may have taken place: it is left to a person."""
    approved(ground)
    claim = ground.run("items", "claim", "archive-01", "--worker", "gone", "--lease", "1", "--json").json()["task"]
    before = ("receipts", "append", "before", "--what", "archive", "--task", "archive-01", "--item", "i00")
    ground.run(*before, "--token", str(claim["token"]), "--worker", "gone").assert_ok()
    time.sleep(1.1)
    acts(ground).assert_failed()

    assert not (ground.folder / "out-i00").exists()
    assert 11 == len(list(ground.folder.glob("out-*")))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--executor", "shell"], "shell needs a --command"),
        (["--executor", "toy", "--command", "x"], "an agent needs no --command"),
        (["--executor", "nobody"], "nobody"),
        (["--executor", "toy"], "nobody said what is to be done"),
        (["--executor", "toy", "--prompt", "nowhere.j2"], "nowhere.j2"),
        (["--executor", "toy", "--prompt", "bad.j2"], "fields.nothing"),
        (["--executor", "shell", "--command", "x", "--undo", "[]"], "--undo belongs to an act"),
        (["--executor", "shell", "--command", "x", "--act", "a", "--undo", "rm x"], "--undo is no JSON"),
        (["--executor", "shell", "--command", "x", "--act", "a", "--per", "chunk"], "one item at a time"),
    ],
)
def test_what_does_not_fit_is_said(words: list[str], told: str, ground: Project) -> None:
    """Words that do not fit together, and templates with unknown words, are told; nothing is lost."""
    ground.write({"bad.j2": "{{ fields.nothing }}"})
    outcome = ground.run("items", "run", *words)

    assert outcome.code in {1, 2}
    assert told.rpartition(".")[2] in outcome.err, str(outcome)
    assert 12 == counts(ground)["pending"]
    assert 0 == ground.run("items", "status", "--json").json()["tasks"]["claimed"]


def test_every_child_is_gone_at_the_end(ground: Project) -> None:
    """No process of a call outlives its run."""
    wish(ground, sleep=["i00"])
    outcome = ground.run(*RUN, "--timeout", "1")

    assert "failed" in outcome.err + outcome.out
    until(lambda: not is_alive(int((ground.folder / "sleeping").read_text())))
