"""The pages: a run's own, the files that it leads to, and nothing else of the machine."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchpack.dashboard.news import News
from batchpack.dashboard.runs import Runs
from batchpack.dashboard.site import MOST_BYTES, Site
from tests.support.dashboards import Served, served
from tests.support.work import Ground, plan


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Return a repository with a run that has a retry and a task with a hostile title."""
    made = Ground(tmp_path_factory.mktemp("site"))
    again = {
        "command": "test -e a && echo b > a || echo '<script>' | tee a",
        "deliverables": ["a"],
        "verify": ["grep b a"],
    }
    made.run(plan({"id": "again", "title": "<script>alert(1)</script>", **again})).assert_ok()
    return made


@pytest.fixture(scope="module")
def site(ground: Ground) -> Iterator[Served]:
    """Serve it."""
    with served(ground.project) as one:
        yield one


def links(page: str) -> set[str]:
    """Return the files that a page leads to."""
    return set(re.findall(r'href="\./([^"]+)"', page))


def test_a_run_has_its_page(ground: Ground, site: Served) -> None:
    """The report, with a way back to all runs, and every file that it leads to is served as text."""
    path = f"runs/{ground.last.id}/"
    answer = site.get(path)

    assert (200, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
    assert 'href="../../"' in answer.text
    assert "<script>alert" not in answer.text
    assert {"attempts/again-1/out", "diffs/again-1.txt", "diffs/again-2.txt"} <= links(answer.text)
    for link in links(answer.text):
        file = site.get(path + link)
        assert (200, "text/plain; charset=utf-8") == (file.status, file.headers["content-type"]), link
        assert "default-src 'none'; sandbox" == file.headers["content-security-policy"]
    assert "<script>\n" == site.get(f"{path}attempts/again-1/out").text
    assert "\n+b\n" in site.get(f"{path}diffs/again-2.txt").text


def test_who_has_the_page_already_is_told_so(ground: Ground, site: Served) -> None:
    """The word that the page carries is answered with 304 and nothing else, the list's too."""
    for path in ("", f"runs/{ground.last.id}/"):
        stamp = re.search(r'data-stamp="([^"]+)"', site.get(path).text)
        assert stamp
        answer = site.get(path, **{"If-None-Match": stamp[1]})
        assert (304, "") == (answer.status, answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "runs/{run}/run.json", "runs/{run}/journal.sqlite", "runs/{run}/attempts/.session", "runs/{run}/attempts/",
        "runs/{run}/../../../README.md", "runs/{run}/%2e%2e/%2e%2e/%2e%2e/README.md", "runs/{run}//etc/passwd",
        "runs/{run}/attempts/again-1/..%2f..%2frun.json", "runs/{run}/diffs/again-3.txt", "runs/{short}/",
        "runs/../../README.md", "runs/", "runs/{run}", "README.md", "%00", "runs/%ff/",
    ],
)  # fmt: skip
def test_nothing_else_is_served(ground: Ground, site: Served, path: str) -> None:
    """Files that no page leads to, ways out of the run's folder, and runs that there are not: all are not there."""
    answer = site.get(path.format(run=ground.last.id, short=ground.last.short))

    assert answer.status in {404, 307}
    assert not {"a project", "kind"} & set(answer.text.split())


def test_a_file_that_became_a_way_out_is_not_served(ground: Ground, site: Served) -> None:
    """A link or a pipe that took its place while the page was open leads nowhere, and nothing waits for it."""
    path = f"runs/{ground.last.id}/attempts/again-2/"
    out = ground.last.folder / "attempts/again-2/out"
    out.write_text("it ran")
    (ground.last.folder / "attempts").touch()
    assert "it ran" == _until(site, f"{path}out", 200)
    secret = ground.root.parent / "secret"
    secret.write_text("hidden")

    out.unlink()
    out.symlink_to(secret)
    assert "hidden" not in site.get(f"{path}out").text
    out.unlink()
    os.mkfifo(out)
    assert 404 == site.get(f"{path}out").status
    out.unlink()


def test_of_a_long_file_the_end_is_shown(ground: Ground, site: Served) -> None:
    """With how much is left out before."""
    out = ground.last.folder / "attempts/again-1/out"
    kept = out.read_bytes()
    out.write_text("x" * 100 + "y" * MOST_BYTES)

    text = site.get(f"runs/{ground.last.id}/attempts/again-1/out").text

    out.write_bytes(kept)
    assert "… 100 bytes before this are left out\n" + "y" * MOST_BYTES == text


def test_a_run_that_breaks_is_told_and_mended(ground: Ground, site: Served) -> None:
    """What cannot be read is said without a traceback; mended, the page is there again."""
    file, path = ground.last.folder / "plan.json", f"runs/{ground.last.id}/"
    kept = file.read_text()
    file.write_text("{")
    (ground.last.folder / "run.json").touch()

    text = _until(site, path, 500)

    assert "plan.json" in text
    assert "Traceback" not in text
    file.write_text(kept)
    assert "</html>" in _until(site, path, 200)


def test_a_bug_is_told_to_the_page(tmp_path: Path) -> None:
    """What nobody thought of is answered in a sentence, without a traceback."""

    class Broken(Runs):
        """Runs that cannot even be listed."""

        def folders(self) -> list[Path]:
            """List them."""
            raise ValueError("nobody thought of it")

    sent = list[Any]()

    async def ask() -> None:
        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        await Site(Broken(tmp_path, ()), News(list)).application()(scope, receive, send)

    with pytest.raises(ValueError, match="nobody thought of it"):
        asyncio.run(ask())
    assert 500 == sent[0]["status"]
    assert b"This is a bug in batchpack: ValueError: nobody thought of it\n" == sent[1]["body"]


def _until(site: Served, path: str, status: int) -> str:
    """Ask until the answer has a status; pages are made anew after a moment only."""
    end = time.monotonic() + 10
    while (answer := site.get(path)).status != status:
        assert time.monotonic() < end, answer
        time.sleep(0.1)
    return answer.text
