"""The page: well-formed, nothing fetched, nothing of others interpreted, counts that add up."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from batchpack.execution.journal import Draft
from batchpack.metrics import page, work
from batchpack.metrics.values import Record
from tests.execution.ground import task
from tests.support.records import at, began, judged, usage, written

HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}\x1b[31m\u202e\x00"
USED = {**usage(model=HOSTILE)._asdict(), "tokens": 100}


def hostile(base: Path) -> Record:
    """Return a run in which every text of others tries to break out."""
    more: dict[str, Any] = {"title": HOSTILE, "layer": HOSTILE, "agent": HOSTILE}
    facts: dict[str, Any] = {"reason": HOSTILE, "feedback": HOSTILE, "usage": USED}
    events = [
        (1, began("a", executor=HOSTILE)), (2, judged("a", verdict="failed", **facts)), (3, began("a", 2)),
        (4, Draft("paused", facts={"reason": HOSTILE})), (5, judged("a", 2)), (6, began("b")),
        (7, judged("b", verdict=HOSTILE, reason=HOSTILE)), (8, Draft("abandoned", "b", 1, {"reason": HOSTILE})),
        (9, Draft("skipped", "c", 0, {"reason": HOSTILE})),
    ]  # fmt: skip
    tasks = [replace(task(name, *needs), **more) for name, needs in (("a", ()), ("b", ("a",)), ("c", ("b",)))]
    return work.read(written(base, tasks, events), ())


def parsed(text: str) -> ET.Element:
    """Parse a page as XML, which forgives nothing."""
    return ET.fromstring(text)


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    """The page has no script, no image, no handler, and no hidden characters, whatever the run's texts say."""
    record = hostile(tmp_path)
    text = page.text(record, record.folder / "report.html")
    root = parsed(text)

    assert set() == {"script", "img", "iframe", "object", "link", "base", "form"} & {one.tag for one in root.iter()}
    assert [] == [name for one in root.iter() for name in one.attrib if name.startswith("on") or name == "style"]
    assert 1 == len(root.findall(".//style"))
    assert "{{ 7*7 }}" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert HOSTILE.partition("\x1b")[0] in "".join(root.itertext())


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """All addresses lead to places of the page or to files beside it, and the policy allows its style alone."""
    record = hostile(tmp_path)
    root = parsed(page.text(record, record.folder / "report.html"))
    style = root.find(".//style")
    policy = next(one.attrib["content"] for one in root.iter("meta") if "http-equiv" in one.attrib)

    addresses = [one.attrib[name] for one in root.iter() for name in ("href", "src") if name in one.attrib]
    assert [] == [address for address in addresses if not address.startswith(("#", "./"))]
    assert style is not None
    digest = b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" == policy
    assert not re.search(r"url\((?!#)|@import", style.text or "")


def test_every_place_that_is_led_to_is_there(tmp_path: Path) -> None:
    """Links within the page lead somewhere, names of places are given once, pictures have words."""
    record = hostile(tmp_path)
    root = parsed(page.text(record, record.folder / "report.html"))
    places = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]

    assert len(places) == len(set(places))
    led = {one.attrib["href"][1:] for one in root.iter("a") if one.attrib["href"].startswith("#")}
    assert led <= set(places)
    pictures = list(root.iter("svg"))
    assert pictures
    assert [] == [
        one for one in pictures if not (one.get("aria-hidden") or (one.get("role") and one.get("aria-label")))
    ]


def test_the_page_says_what_the_run_came_to(tmp_path: Path) -> None:
    """Counts that add up, unknown use apart from what was measured, a row for every task."""
    record = hostile(tmp_path)
    root = parsed(page.text(record, record.folder / "report.html"))
    facts = {one.findtext("dt"): one.findtext("dd") for one in root.iter("div") if one.find("dt") is not None}

    assert "3 = 1 done + 1 failed + 1 skipped + 0 pending" == facts["Tasks"]
    assert "100 + unknown of 2 attempts" == facts["Tokens"]
    assert "$0.5000 + unknown of 2 attempts" == facts["Cost"]
    rows = [one for one in root.iter("tr") if one.get("id", "").startswith("task-")]
    assert ["task-a", "task-b", "task-c"] == [one.get("id") for one in rows]


def test_files_of_an_attempt_are_led_to(tmp_path: Path) -> None:
    """With relative addresses from where the page is written."""
    run = written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a"))])
    (run.folder / "attempts/a-1").mkdir(parents=True)
    (run.folder / "attempts/a-1/out").write_text("said")
    record = work.read(run, ())

    assert 'href="./attempts/a-1/out"' in page.text(record, run.folder / "report.html")
    assert f'href="./.batchpack/runs/{run.id}/attempts/a-1/out"' in page.text(record, tmp_path / "x.html")


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_any_number_of_tasks(tmp_path: Path, count: int) -> None:
    """A run of none, one or a thousand tasks has its page, each task in it, in at most two and a half megabytes."""
    names = [f"t{number}" for number in range(count)]
    events = [(n, draft) for n, name in enumerate(names) for draft in (began(name), judged(name, usage=USED))]
    tasks = [task(name, *names[max(0, n - 2) : n], layer=str(n // 200)) for n, name in enumerate(names)]
    record = work.read(written(tmp_path, tasks, events), ())

    page.write(record, record.folder / "report.html")

    text = (record.folder / "report.html").read_text()
    parsed(text)
    assert count == text.count('<tr id="task-')
    assert len(text) < 2_500_000
    assert at(0)[:19] in text
