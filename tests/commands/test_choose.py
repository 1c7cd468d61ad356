"""`batchpack choose` as a process."""

from __future__ import annotations

import pytest

from tests.support.project import Project, tree


def test_a_choice_for_a_person(project: Project) -> None:
    """Best method, reasons, all methods side by side, sources and the next command; nothing is written."""
    before = tree(project.folder)
    words = ["--items", "100", "--model", "claude-sonnet-5-5", "--tokens-in", "3000", "--tokens-out", "500"]
    out = project.run("choose", *words).assert_ok().out
    assert "100 items: API batch\n" in out
    for part in (
        "$0.55",
        "$1.10",
        "~",
        "nothing was measured",
        "list prices of claude-sonnet-5-5, 2026",
        "messages submit ITEMS",
    ):
        assert part in out, part
    assert tree(project.folder) == before


def test_json_has_all_methods_with_kinds(project: Project) -> None:
    """--json gives each method its fit, reasons, ranges with their kind, and the command or null."""
    facts = project.run("choose", "--items", "12", "--urgent", "--json").json()
    assert (1, "agents", 12) == (facts["schema"], facts["best"], facts["question"]["items"])
    assert ["conversation", "agents", "stream", "batch", "loop"] == [each["method"] for each in facts["methods"]]
    assert {"unknown"} == {each["dollars"]["kind"] for each in facts["methods"]}
    assert None is facts["methods"][0]["next"]


@pytest.mark.parametrize(
    "words",
    [
        [], ["--items", "0"], ["--items", "-3"], ["--items", "many"], ["--items", "5", "--tokens-in", "0"],
        ["--items", "5", "more"],
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told(project: Project, words: list[str]) -> None:
    """No items, none or not a number, and words that are not asked for are usage errors."""
    project.run("choose", *words).assert_failed(code=2)


def test_a_price_table_of_ones_own_counts(project: Project) -> None:
    """--prices takes another table; one that is broken or missing is named."""
    table = """{"schema": 1, "as_of": "2030-01-01", "source": "mine", "batch": "0.5", "models":
      {"own": [{"above": 0, "input": "1", "output": "1", "cache_read": "1", "write_5m": "1", "write_1h": "1"}]}}"""
    project.write({"prices.json": table, "broken.json": "{"})
    words = ["choose", "--items", "100", "--model", "own", "--tokens-in", "10000", "--tokens-out", "10000"]
    out = project.run(*words, "--prices", "prices.json").assert_ok().out
    assert "$1.00" in out
    assert "list prices of own, 2030-01-01" in out
    project.run(*words, "--prices", "broken.json").assert_failed("broken.json")
    project.run(*words, "--prices", "none.json").assert_failed("none.json")
