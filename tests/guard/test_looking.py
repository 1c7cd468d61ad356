"""Commands that only look keep to that; the arguments that turn them are refused in every way of writing them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from batchpack.protected import READ_ONLY_COMMANDS
from tests.guard.conftest import Ground


@pytest.mark.parametrize("command", READ_ONLY_COMMANDS)
def test_every_command_of_the_list_is_known(command: str, ground: Ground) -> None:
    """Each runs alone, and with a plain argument."""
    for words in (command, f"{command} src"):
        assert "ok" == ground.judge("reader", "bash", {"command": words})


@pytest.mark.parametrize("option", ["--output", "--ext-diff", "--textconv"])
def test_git_takes_no_shorter_form_that_is_not_refused(option: str, ground: Ground, tmp_path: Path) -> None:
    """Every beginning of a dangerous option that git would understand is refused."""
    ground.project.execute(["git", "clone", "-q", str(ground.project.folder), str(tmp_path / "copy")]).assert_ok()
    for end in range(3, len(option) + 1):
        word = option[:end] + ("=x" if option == "--output" else "")
        argv = ["git", "log", "-1", "-p", word]
        done = subprocess.run(argv, cwd=tmp_path / "copy", capture_output=True, check=False)
        said = ground.judge("reader", "bash", {"command": " ".join(argv)})
        assert said.startswith("no: ") or done.returncode != 0 or word == "--text", word


@pytest.mark.parametrize(
    "words", ["-u", "-.", "-nu", "-in.", "--hidden", "--no-ignore", "-g .env", "-ng.env", "-g '{a,.env}'"]
)
def test_rg_finds_no_secret_with_what_is_let_through(words: str, ground: Ground) -> None:
    """Options that show the secrets of the project are refused."""
    assert ground.judge("reader", "bash", {"command": f"rg {words} P ."}).startswith("no: ")


def test_searching_for_a_name_like_a_secrets_is_fine(ground: Ground) -> None:
    """What is searched for is no path, unless a secret of that name is there."""
    assert "ok" == ground.judge("reader", "bash", {"command": "rg process.env src"})
    assert "ok" == ground.judge("reader", "bash", {"command": "rg -ne .env src"})
    assert "names a secret" in ground.judge("reader", "bash", {"command": "rg P top.key"})
