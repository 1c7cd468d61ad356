"""Links to files of a run's folder."""

from __future__ import annotations

from pathlib import Path

from batchpack.metrics.links import Shelf, address
from batchpack.metrics.values import Link


def test_only_files_that_say_something_are_linked(tmp_path: Path) -> None:
    """Not empty ones, missing ones, folders, links, nor what lies outside."""
    (tmp_path / "run/a/folder").mkdir(parents=True)
    (tmp_path / "secret").write_text("x")
    (tmp_path / "run/a/out").write_text("x")
    (tmp_path / "run/a/err").write_text("")
    (tmp_path / "run/a/link").symlink_to(tmp_path / "secret")
    (tmp_path / "run/away").symlink_to(tmp_path)
    names = ("a/out", "a/err", "a/gone", "a/folder", "a/link", "away/secret", "../secret", "a/../../secret")

    assert (Link("0", "a/out"),) == Shelf(tmp_path / "run").links({str(i): name for i, name in enumerate(names)})


def test_an_address_is_relative_and_quoted() -> None:
    """Whatever a name holds, it is a path from the page, never a scheme."""
    folder = Path("/p/run")

    assert "./attempts/a-1/out" == address(folder, "attempts/a-1/out", folder / "report.html")
    assert "./../p/run/java%22script%3Ax%3F%23" == address(folder, 'java"script:x?#', Path("/q/r.html"))
