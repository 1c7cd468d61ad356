"""`batchpack dashboard`: runs in a real browser, as they go on."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.execution.ground import task, write
from tests.support.browser import DESK, PHONE, chromium, opened
from tests.support.dashboards import Served, served
from tests.support.records import began, judged, written
from tests.support.work import Ground, plan


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser once for all tests here."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Return a repository with a run that has a retry, a failure and a hostile title."""
    made = Ground(tmp_path_factory.mktemp("dashboard"))
    again = {"command": "test -e a && echo b > a || touch a", "deliverables": ["a"], "verify": ["grep b a"]}
    title = "</script><img src=x onerror=\"document.title='taken'\">"
    red = {"title": title, "command": "exit 3", "attempts": 1}
    made.run(plan({"id": "again", **again}, {"id": "red", **red}), "--halt", "never").assert_failed()
    return made


@pytest.fixture(scope="module")
def site(ground: Ground) -> Iterator[Served]:
    """Serve it."""
    with served(ground.project) as one:
        yield one


def test_the_address_is_said_with_how_to_end_it(ground: Ground) -> None:
    """For people in two lines; a run that is asked for by any of its names is where the address leads."""
    with served(ground.project, ground.last.short) as site:
        assert site.address.endswith(f"/runs/{ground.last.id}/")
        assert 200 == site.get(f"runs/{ground.last.id}/").status


def test_what_is_wrong_is_told(ground: Ground) -> None:
    """A run that there is not, a port that is in use and one that is none: what to do, and no traceback."""
    ground.project.run("dashboard", "ffff").assert_failed("there is no run 'ffff' here")
    ground.project.run("dashboard", "--port", "0").assert_failed("--port", code=2)
    with served(ground.project) as site:
        told = f"port {site.port} is in use\n  leave --port out: a free one is taken then"
        ground.project.run("dashboard", "--port", str(site.port)).assert_failed(told)


def test_all_projects_and_the_browser(ground: Ground, tmp_path: Path) -> None:
    """`--all` has the runs of every project; `--open` hands the address to the program that BROWSER names."""
    program = tmp_path / "browser"
    program.write_text('#!/bin/sh\nprintf %s "$1" > "$0.got"\n')
    program.chmod(0o755)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    words = ("--project", str(elsewhere), "--open")
    with served(ground.project, *words, env={"BROWSER": f"{program} %s"}) as site:
        assert "There is no run yet." in site.get().text
        until = time.monotonic() + 20
        while not (got := Path(f"{program}.got")).exists() or not got.read_text():
            assert time.monotonic() < until
            time.sleep(0.05)
        assert site.address == got.read_text()
    with served(ground.project, "--all", "--project", str(elsewhere)) as site:
        assert f"run-{ground.last.id}" in site.get().text


def test_nothing_is_written(ground: Ground) -> None:
    """Looking at a project changes no file of its runs and none of the project."""

    def files() -> set[tuple[str, int]]:
        found = (path for path in ground.root.rglob("*") if path.is_file() and ".sqlite-" not in path.name)
        return {(str(path), path.stat().st_mtime_ns) for path in found}

    before = files()
    with served(ground.project) as site:
        assert "changes" in site.get(f"runs/{ground.last.id}/").text
    assert before == files()


@pytest.mark.parametrize(("size", "dark"), [(DESK, False), (PHONE, True)])
def test_pages_are_without_a_fault(
    ground: Ground, site: Served, browser: Browser, size: tuple[int, int], dark: bool
) -> None:
    """Not a word on the console, nothing wider than its window, nothing for axe-core to find, no text that acts."""
    for path in ("", f"runs/{ground.last.id}/"):
        with opened(browser, site.address + path, size, dark=dark) as look:
            expect(look.page.locator("#live")).to_contain_text("Live.")
            assert ([], False) == (look.said, look.overflows())
            assert "taken" != look.page.title()
        with opened(browser, site.address + path, size, dark=dark, checked=True) as look:
            assert [] == look.faults()


def test_from_the_list_to_a_run_to_a_diff_and_back(ground: Ground, site: Served, browser: Browser) -> None:
    """By the links that the pages have."""
    with opened(browser, site.address) as look:
        look.page.get_by_role("link", name=ground.last.id).click()
        expect(look.page).to_have_title(re.compile(ground.last.id))
        look.page.locator("tr#task-again a", has_text="changes").last.click()
        expect(look.page.locator("body")).to_contain_text("+++ b/a")
        look.page.go_back()
        look.page.get_by_role("link", name="All runs").click()
        expect(look.page.get_by_role("heading", name="Runs")).to_be_visible()
        assert [] == look.said


def test_a_run_is_followed_without_losing_the_place(tmp_path: Path, browser: Browser) -> None:
    """What happens appears by itself; the reader's focus, scrolled places and unfolded parts stay; news are said."""
    ground = Ground(tmp_path)
    gate = tmp_path / "gate"
    wait = f"while ! test -e {gate}; do sleep 0.1; done; echo b > b"
    tasks = [
        {"id": "red", "command": "test -e x && echo y > x || touch x", "deliverables": ["x"], "verify": ["grep y x"]},
        {"id": "slow", "command": wait, "depends_on": ["red"]},
    ]
    with served(ground.project) as site, opened(browser, site.address, (1280, 500)) as look:
        page = look.page
        with ground.start(plan(*tasks)) as run:
            try:
                page.get_by_role("link", name=re.compile("^20")).click()  # it appears by itself
                expect(page.locator("#task-slow .state")).to_contain_text("in progress")
                expect(page.locator("#live")).to_have_text("Live. The run is running.")
                before, top = _settle(page)
            finally:
                gate.touch()
            assert 0 == run.wait(timeout=60)
        expect(page.locator("#task-slow .state")).to_contain_text("merged")
        expect(page.locator("#live")).to_have_text("Live. The run is finished.")

        after, now = _place(page)
        assert before == after
        assert abs(top - now) <= 2  # browsers keep a place to the pixel, but for rounding
        assert [] == look.said


def _settle(page: Page) -> tuple[tuple[str, int], float]:
    """Unfold a part, put the focus on a link and scroll, as a reader does; return the place."""
    page.locator("#failures ~ article details summary").first.click()
    page.locator("tr#task-red a").first.focus()
    page.evaluate("scrollBy(0, -30)")
    return _place(page)


def _place(page: Page) -> tuple[tuple[str, int], float]:
    """Return what has the focus, how many parts are unfolded, and how far the focus is from the window's top."""
    script = """() => [
        document.activeElement.textContent, document.querySelectorAll("details[open]").length,
        document.activeElement.getBoundingClientRect().top,
    ]"""
    focus, unfolded, top = page.evaluate(script)
    return (focus, unfolded), top


def test_it_can_be_paused(tmp_path: Path, browser: Browser) -> None:
    """Paused, the page stays as it is; going on, it shows at once what happened meanwhile."""
    ground = Ground(tmp_path)
    with served(ground.project) as site, opened(browser, site.address) as look:
        page = look.page
        page.get_by_role("button", name="Pause").press("Enter")
        expect(page.locator("#live")).to_contain_text("Paused at")
        ground.run(plan({"id": "one", "command": "echo > a"})).assert_ok()
        page.wait_for_timeout(2500)
        assert 0 == page.locator("tr[id^=run-]").count()
        page.get_by_role("button", name="Go on").press("Enter")
        expect(page.locator("tr[id^=run-]")).to_have_count(1)
        assert [] == look.said


def test_the_end_of_the_dashboard_is_told(tmp_path: Path, browser: Browser) -> None:
    """The page says that it is not followed any more, and keeps what it last showed."""
    ground = Ground(tmp_path)
    ground.run(plan({"id": "one", "command": "echo > a"})).assert_ok()
    with served(ground.project) as site:
        context = browser.new_context()
        page = context.new_page()
        page.goto(site.address)
    expect(page.locator("#live")).to_contain_text("the dashboard has ended")
    assert 1 == page.locator("tr[id^=run-]").count()
    context.close()


def test_a_run_that_cannot_be_read_any_more_is_told(tmp_path: Path, browser: Browser) -> None:
    """The page says why it is not followed, keeps what it showed, and goes on when the file is mended."""
    ground = Ground(tmp_path)
    ground.run(plan({"id": "one", "command": "echo > a"})).assert_ok()
    file = ground.last.folder / "plan.json"
    whole = file.read_text()
    with served(ground.project) as site, opened(browser, f"{site.address}runs/{ground.last.id}/") as look:
        file.write_text("{")
        expect(look.page.locator("#live")).to_contain_text("it is not the plan that this run began with")
        assert 1 == look.page.locator("#task-one").count()
        file.write_text(whole)
        expect(look.page.locator("#live")).to_have_text("Live. The run is finished.")


@pytest.mark.thorough
def test_a_run_of_a_thousand_tasks(tmp_path: Path, browser: Browser) -> None:
    """It is shown and followed: what is new in its journal appears in its page."""
    ground = Ground(tmp_path)
    names = [f"task-{number:04}" for number in range(1000)]
    events = [(n, draft) for n, name in enumerate(names[:-1]) for draft in (began(name), judged(name))]
    run = written(ground.root, [task(name, layer=f"layer {n // 100}") for n, name in enumerate(names)], events)
    with served(ground.project) as site, opened(browser, f"{site.address}runs/{run.id}/") as look:
        expect(look.page.locator("#task-task-0999 .state")).to_contain_text("pending")
        write(run, began("task-0999"), judged("task-0999"))
        expect(look.page.locator("#task-task-0999 .state")).to_contain_text("verified")
        assert ([], 1000) == (look.said, look.page.locator("tr[id^=task-]").count())
