"""`batchpack messages submit`: bad input is told before anything is sent, and the same command again goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.message_batches.remote import Remote
from tests.support.message_jobs import End, Ground, run, warm

KEY = "key-of-nobody"


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote(duration=0.1) as remote:
        yield remote


@pytest.fixture
def ground(service: Remote, tmp_path: Path) -> Ground:
    """Make a project with items and a template, and empty books."""
    service.reset()
    service.options(duration=0.1, queue_limit=0, keys={})
    return Ground(tmp_path / "project", service, count=5, key=KEY)


def submit(ground: Ground, *words: str, items: str = "items.jsonl", **options: str) -> End:
    """Submit the items with these options instead of the usual ones; an empty one is left out."""
    usual = {"template": "review.j2", "model": "claude-haiku-5-5", "max-tokens": "50", **options}
    given = [word for name, value in usual.items() if value for word in (f"--{name}", value)]
    return run(ground, ["messages", "submit", *items.split(), *given, "--project", str(ground.folder), *words])


def check_nothing_sent(ground: Ground) -> None:
    """Fail if anything was sent, or left behind as a job."""
    assert 0 == ground.service.stats()["accepted"]
    assert [] == list(ground.folder.glob(".batchpack/messages/*/job.json"))


BAD: dict[str, tuple[dict[str, Any], dict[str, str], tuple[str, ...], int, str]] = {
    "no items": ({}, {"items": ""}, (), 2, "ITEMS is missing"),
    "no template": ({}, {"template": ""}, (), 2, "--template and --prompt"),
    "two templates": ({}, {"prompt": "x"}, (), 2, "--template and --prompt"),
    "no model": ({}, {"model": ""}, (), 2, "--model is missing"),
    "max tokens": ({}, {"max-tokens": "0"}, (), 2, "max-tokens"),
    "missing field": ({"review.j2": "{{ code }}"}, {}, (), 1, "item 0, line 1: broken template: 'code' is undefined"),
    "missing in one": ({"items.jsonl": '{"text": "a"}\n{"t": 1}\n'}, {}, (), 1, "item 1, line 2"),
    "empty file": ({"items.jsonl": ""}, {}, (), 1, "no items"),
    "twins": ({"items.jsonl": '{"text": "a"}\n{"text": "a"}\n'}, {}, (), 1, "line 1 and line 2 are the same"),
    "no such model": ({}, {"model": "no-such-model"}, (), 1, "model: no-such-model"),
    "budget": ({}, {}, ("--budget", "0.00000001"), 1, "above the budget"),
    "unknown price": ({}, {"model": "fake-1"}, ("--budget", "5"), 1, "not known"),
    "parameters": ({"p.json": '{"temperature": 0}'}, {"params": "p.json"}, (), 2, "temperature is no parameter"),
    "broken parameters": ({"p.json": "{"}, {"params": "p.json"}, (), 1, "p.json: it is not JSON"),
    "list of parameters": ({"p.json": "[]"}, {"params": "p.json"}, (), 1, "parameters are a JSON object"),
    "broken schema": ({"s.json": "{"}, {"schema": "s.json"}, (), 1, "it is not JSON"),
    "empty schema": ({"s.json": "{}"}, {"schema": "s.json"}, (), 1, "cannot hold answers to this schema"),
    "cache of nothing": ({}, {}, ("--cache",), 2, "--cache is for a system prompt"),
    "unknown service": ({}, {"provider": "nobody"}, (), 2, "no provider named 'nobody'"),
    "name": ({}, {"name": "../x"}, (), 2, "not the name of a job"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input(ground: Ground, what: str) -> None:
    """It is told in words, with the right exit code; nothing is sent, and nothing is left behind."""
    files, options, words, code, said = BAD[what]
    for name, text in files.items():
        (ground.folder / name).write_text(text)

    ended = submit(ground, *words, **options)

    assert (code, True) == (ended.code, said in ended.text), ended.text
    assert "Traceback" not in ended.text
    check_nothing_sent(ground)


def test_no_key(ground: Ground) -> None:
    """Without a key the variable is named; a dry run does without, and says how it guesses."""
    ground.key = ""
    ended, dry = submit(ground), submit(ground, "--dry-run")

    assert (1, True) == (ended.code, "ANTHROPIC_API_KEY" in ended.text)
    assert (0, True) == (dry.code, "4 characters a token (no key)" in dry.text)
    check_nothing_sent(ground)


def test_a_dry_run_sends_nothing(ground: Ground) -> None:
    """Shards, bytes, tokens and cost are shown, as text and as JSON."""
    dry = submit(ground, "--dry-run", "--shard-size", "3")
    facts = json.loads(submit(ground, "--dry-run", "--shard-size", "3", "--json").text)

    assert "5 requests in 3 shards" in dry.text
    assert "estimated cost: $" in dry.text
    assert [1, 3, 1] == [row["requests"] for row in facts["shards"]]
    check_nothing_sent(ground)


def test_it_is_accepted_once(ground: Ground) -> None:
    """The job is told with what comes next; the same command again is refused, and says that it would be paid again."""
    first, second = submit(ground), submit(ground)

    assert (0, True) == (first.code, "batchpack messages wait" in first.text), first.text
    assert (1, True) == (second.code, "would be paid again" in second.text), second.text
    assert 5 == ground.service.stats()["accepted"]


def test_the_same_command_goes_on(ground: Ground) -> None:
    """What was paused goes on with the same command, without a second job."""
    ground.service.fault("status", status=401)
    first, second = submit(ground), submit(ground)

    assert (1, True) == (first.code, "ANTHROPIC_API_KEY" in first.text)
    assert (0, True) == (second.code, "going on with job" in second.text), second.text
    assert 5 == ground.service.stats()["accepted"]


def test_json(ground: Ground) -> None:
    """Facts go to standard output as JSON, with what was said on the way beside it."""
    ended = submit(ground, "--json", "--no-canary")
    facts = json.loads(ended.text[ended.text.index("{\n") :])

    assert (1, 5) == (facts["schema"], facts["batches"][0]["requests"])


def test_csv_files_and_a_system_prompt(ground: Ground) -> None:
    """Other kinds of items, a cached system prompt of a file, and a schema come together in the request."""
    (ground.folder / "rows.csv").write_text("id,text\na,first\nb,second\n")
    (ground.folder / "s.txt").write_text("Be brief.")
    (ground.folder / "a.json").write_text('{"type": "object", "properties": {"ok": {"type": "boolean"}}}')
    words = ["--cache", "--key", "id", "--name", "rows", "--no-canary"]

    ended = submit(ground, *words, items="rows.csv", system="@s.txt", schema="a.json")
    body = json.loads((ground.folder / ".batchpack/messages/rows/spool/1-1.json").read_text())

    params = body["requests"][1]["params"]
    assert 0 == ended.code, ended.text
    assert ("Be brief.", "json_schema") == (params["system"][0]["text"], params["output_config"]["format"]["type"])
    assert "second" in params["messages"][0]["content"]


def test_the_key_is_nowhere(ground: Ground) -> None:
    """Neither what is printed nor any file of the job holds the key."""
    ended = submit(ground)
    files = [path.read_bytes() for path in ground.folder.rglob("*") if path.is_file()]

    assert KEY not in ended.text
    assert [] == [data for data in files if KEY.encode() in data]
