"""What the reader sees."""

from __future__ import annotations

from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer import report, service
from batchpack.installer.outcomes import Installed, Uninstalled
from batchpack.values import Check
from tests.installer.conftest import PACK
from tests.support.toy import toy_host


def test_words_for_numbers_and_paths(home: Path) -> None:
    """One file, two files; the home is `~`; long lists are cut."""
    assert ("1 file", "2 files") == (report.count(1, "file"), report.count(2, "file"))
    assert ("~/x", "/x", "~") == (report.short(home / "x"), report.short("/x"), report.short(home))
    assert "a, b, c, d, e and 2 more" == report.listed(list("abcdefg"))


def test_good_checks_share_a_line() -> None:
    """Those that failed, or could not be made, have one each with what to do."""
    checks = [Check("a", True, "x"), Check("b", False, "mend it"), Check("c", True), Check("d", None)]
    assert ["  ok: a, c", "  FAILED: b (mend it)", "  note: d"] == report.brief_lines(checks)


def test_what_fails_for_one_reason_is_told_once() -> None:
    """Sixteen agents without a guard are one line, not sixteen."""
    checks = [Check(f"agent {number}", False, "no guard") for number in range(16)]
    assert ["  FAILED: agent 0, agent 1, agent 2, agent 3, agent 4 and 11 more (no guard)"] == report.brief_lines(
        checks
    )


def test_an_install_in_words(toy: Host, base: Path) -> None:
    """A plan names every file; the result counts; what is next and the way back are told."""
    outcomes = service.prepare([toy], PACK, "project", base)
    plan = "\n".join(report.plan_lines(outcomes[0]))
    service.install(outcomes, PACK, agreed=False)
    done = "\n".join(report.install_lines(outcomes[0]))

    assert "write   .toy/agent/one.md" in plan
    assert "depth: agents may start agents" in plan
    assert "5 files written, settings edited: .toy/settings.json" in done
    assert "cannot enforce: what agents of toy read" in done
    back = f"To take it back: batchpack uninstall --host toy --scope project --project {base}"
    said = report.next_lines(outcomes)
    assert said[0].startswith('Next, in Toy toy: /batch-run "')
    assert back == said[-1]
    outcomes[0].checks = (Check("a", False),)
    assert [back] == report.next_lines(outcomes)


def test_the_way_back_is_one_line_a_scope(toy: Host, base: Path) -> None:
    """Hosts of one scope share it, and it is told only where something was written."""
    other = toy_host("yot", project=None)
    outcomes = service.prepare([toy, toy_host("oyt"), other], PACK, "project", base)
    service.install(outcomes, PACK, agreed=False)
    assert [
        f"To take it back: batchpack uninstall --host toy --host oyt --scope project --project {base}",
        "To take it back: batchpack uninstall --host yot --scope user",
    ] == report.next_lines(outcomes)[-2:]

    again = service.prepare([toy], PACK, "project", base)
    service.install(again, PACK, agreed=False)
    assert not [line for line in report.next_lines(again) if "uninstall" in line]


def test_an_error_comes_with_its_hint(toy: Host) -> None:
    """Below the host's line."""
    lines = report.install_lines(Installed(toy, "user", error=BatchpackError("what happened", "what to do")))
    assert ["  Error: what happened", "    what to do"] == lines[-2:]
    lines = report.uninstall_lines(Uninstalled("toy", error=BatchpackError("what happened")))
    assert ["toy: not uninstalled", "  Error: what happened"] == lines
