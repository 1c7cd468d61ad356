"""`batchpack report`: what a run came to, as one page to look at."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.project import Project
from tests.support.work import Ground, plan

CHROMIUM = next(
    (found for name in ("chromium", "google-chrome", "chromium-browser") if (found := shutil.which(name))), ""
)
AXE = Path(__file__).parents[1] / "metrics/browser/node_modules/axe-core/axe.min.js"
browser = pytest.mark.skipif(not CHROMIUM, reason="no chromium is on this machine")


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


def looked_at(page: Path, home: Path) -> tuple[str, str]:
    """Return a page's document after a browser has loaded it, and what the browser said about it."""
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=20000")
    argv = [CHROMIUM, *flags, f"--user-data-dir={home}", "--dump-dom", page.as_uri()]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@browser
def test_a_browser_has_nothing_to_say(ground: Ground, tmp_path: Path) -> None:
    """Real Chromium loads the page without a word on its console, and no text of the run is carried out."""
    page = Path(ground.project.run("report", "--json").json()["report"])

    dom, said = looked_at(page, tmp_path)

    assert "" == said
    assert "taken</title>" not in dom
    assert 'id="task-left"' in dom


@browser
@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not there: npm ci --prefix tests/metrics/browser")
def test_axe_finds_nothing(ground: Ground, tmp_path: Path) -> None:
    """The page has no fault that axe-core knows of; a page with one is found to have it."""
    page = Path(ground.project.run("report", "--json").json()["report"])
    text = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text())
    call = "axe.run().then(r => document.title = 'AXE' + JSON.stringify(r.violations.map(v => v.id)))"
    script = f"<script>{AXE.read_text()}</script><script>{call}</script></body>"

    def faults(html: str) -> list[str]:
        copy = tmp_path / "copy.html"
        copy.write_text(html.replace("</body>", script))
        dom, _ = looked_at(copy, tmp_path)
        found = re.search(r"<title>AXE(.*?)</title>", dom)
        assert found, dom[:500]
        listed: list[str] = json.loads(found[1])
        return listed

    assert [] == faults(text)
    assert "image-alt" in faults(text.replace("<main>", '<main><img src="data:,"/>'))
