"""`batchpack report`: what a run came to, as one page to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from batchpack.metrics import page, work
from tests.execution.ground import task
from tests.support.browser import DESK, PHONE, chromium, opened
from tests.support.project import Project
from tests.support.records import began, judged, written
from tests.support.work import Ground, plan


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Return a repository with a run that has a retry, a failure and a skipped task with a hostile title."""
    made = Ground(tmp_path_factory.mktemp("report"))
    again = {"command": "test -e a && echo b > a || touch a", "deliverables": ["a"], "verify": ["grep b a"]}
    red = {"command": "date +%N > r", "deliverables": ["r"], "verify": ["echo '<b>&'; false"], "attempts": 2}
    title = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    left = {"title": title, "command": "true", "depends_on": ["red"]}
    text = plan({"id": "again", **again}, {"id": "red", **red}, {"id": "left", **left})
    made.run(text, "--halt", "never").assert_failed(code=2)
    return made


def test_the_page_lies_in_the_runs_folder(ground: Ground) -> None:
    """Its path is said; written anew it replaces the old one."""
    first = ground.project.run("report").assert_ok().out

    assert f"Written: {ground.last.folder / 'report.html'}\n" == first == ground.project.run("report", "latest").out
    ground.check_untouched()


def test_elsewhere_links_lead_back(ground: Ground) -> None:
    """With --out the page may lie anywhere; every file that it leads to is there."""
    ground.project.run("report", "--out", "../my page.html").assert_ok()
    text = (ground.root.parent / "my page.html").read_text()

    links = re.findall(r'href="\./([^"]+)"', text)
    assert links
    assert [] == [link for link in links if not (ground.root.parent / link).is_file()]


def test_figures_for_programs(ground: Ground) -> None:
    """As JSON the page's path and counts that add up."""
    facts = ground.project.run("report", "--json").json()

    assert Path(facts["report"]).is_file()
    assert facts["tasks"] == facts["done"] + facts["failed"] + facts["skipped"] + facts["pending"] == 3
    assert (4, 2) == (facts["attempts"], facts["retries"])


def test_it_opens_in_the_browser(ground: Ground) -> None:
    """The program that BROWSER names gets the page's address; without one the reader is told."""
    program = ground.root.parent / "browser"
    program.write_text('#!/bin/sh\nprintf %s "$1" > "$0.got"\n')
    program.chmod(0o755)

    ground.project.run("report", "--open", env={"BROWSER": f"{program} %s"}).assert_ok()

    assert (ground.last.folder / "report.html").as_uri() == Path(f"{program}.got").read_text()


def test_an_unknown_run_and_a_bad_place_are_told(ground: Ground, project: Project) -> None:
    """What is wrong and what to do, without a traceback."""
    ground.project.run("report", "ffff").assert_failed("there is no run 'ffff' here")
    ground.project.run("report", "--out", "README.md/x.html").assert_failed("README.md")
    project.run("report").assert_failed("there is no run 'latest' here")


def test_no_link_is_written_through(ground: Ground) -> None:
    """An agent that puts a link in the page's place has no file of the user's overwritten."""
    precious, page_path = ground.root.parent / "precious", ground.last.folder / "report.html"
    precious.write_text("mine")
    page_path.unlink(missing_ok=True)
    page_path.symlink_to(precious)

    ground.project.run("report").assert_failed("report.html")

    page_path.unlink()
    assert "mine" == precious.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser once for all tests here."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(ground: Ground) -> str:
    """Write the report and return its address."""
    return Path(ground.project.run("report", "--json").json()["report"]).as_uri()


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the report of a thousand tasks in ten layers and return its address."""
    names = [f"task-{number:04}" for number in range(1000)]
    pairs = [(name, names[max(0, n - n % 100 - 100) : n - n % 100][:2]) for n, name in enumerate(names)]
    tasks = [task(name, *needs, layer=f"layer {n // 100}") for n, (name, needs) in enumerate(pairs)]
    events = [(n, draft) for n, name in enumerate(names) for draft in (began(name), judged(name))]
    run = written(tmp_path_factory.mktemp("huge"), tasks, events)
    page.write(work.read(run, ()), run.folder / "report.html")
    return (run.folder / "report.html").as_uri()


@pytest.mark.parametrize(("size", "dark"), [(DESK, False), (PHONE, True)])
def test_a_browser_has_nothing_to_say(address: str, browser: Browser, size: tuple[int, int], dark: bool) -> None:
    """Light and dark, wide and narrow: no word on the console, no text that acts, nothing wider than the window."""
    with opened(browser, address, size, dark=dark) as look:
        title, rows = look.page.title(), look.page.locator("tr#task-left").count()
        paper = look.page.evaluate("getComputedStyle(document.body).backgroundColor")

        assert ([], False, 1) == (look.said, look.overflows(), rows)
        assert "taken" != title
        assert ("rgb(20, 23, 27)" if dark else "rgb(255, 255, 255)") == paper


def test_axe_finds_nothing(address: str, browser: Browser) -> None:
    """In either scheme and width the page has no fault that axe-core knows of; one that is put in is found."""
    for size, dark in ((DESK, False), (PHONE, True)):
        with opened(browser, address, size, dark=dark, checked=True) as look:
            assert [] == look.faults()
    with opened(browser, address, checked=True) as look:
        look.page.evaluate("document.querySelector('main').append(new Image())")
        assert ["image-alt"] == [fault.partition(":")[0] for fault in look.faults()]


def test_every_part_is_reached_by_keyboard(address: str, browser: Browser) -> None:
    """The first key leads past the head, every table that scrolls can be scrolled, what has the focus is seen."""
    with opened(browser, address) as look:
        look.page.keyboard.press("Tab")
        assert "Skip to the table of tasks" == look.page.evaluate("document.activeElement.textContent")
        look.page.keyboard.press("Enter")
        assert look.page.url.endswith("#tasks")
        unreachable = "[...document.querySelectorAll('.scroll')].filter((one) => one.tabIndex !== 0).length"
        assert 0 == look.page.evaluate(unreachable)
        look.page.locator(".scroll").first.focus()
        look.page.keyboard.press("Tab")
        assert "none" != look.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")


def test_it_prints(address: str, browser: Browser) -> None:
    """On paper nothing is folded up or cut off, and what is of no use there is left out."""
    with opened(browser, address) as look:
        look.page.emulate_media(media="print")
        assert [] == look.page.locator("nav:visible, .skip:visible, summary:visible").all()
        assert look.page.locator("details pre").first.is_visible()
        kinds = "[...document.querySelectorAll('.scroll')].map((one) => getComputedStyle(one).overflow)"
        assert {"visible"} == set(look.page.evaluate(kinds))
        assert look.page.pdf().startswith(b"%PDF")


def test_a_thousand_tasks(huge: str, browser: Browser) -> None:
    """They are there within seconds, on a phone as on a desk, without a word, each with its row and its bar."""
    for size in (DESK, PHONE):
        with opened(browser, huge, size) as look:
            assert ([], False) == (look.said, look.overflows())
            assert 1000 == look.page.locator("tr[id^=task-]").count()
            assert 1000 == look.page.locator(".chart .lane svg[role=img]").count()


def test_a_diff_is_read_in_the_browser(address: str, browser: Browser) -> None:
    """The link to what an attempt changed opens it as text."""
    with opened(browser, address) as look:
        look.page.locator("tr#task-again a", has_text="changes").last.click()
        assert "+++ b/a" in look.page.inner_text("body")
