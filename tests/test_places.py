"""The places: the pack beside the engine, the user's folders by the XDG rules."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack import places
from tests.support.project import ROOT


def test_the_pack_of_a_clone_is_its_top_level() -> None:
    """In a clone all four folders of the pack stand beside the engine."""
    assert ROOT == places.pack_root()
    assert all((ROOT / name).is_dir() for name in places.PACK_FOLDERS)


def test_the_version_is_that_of_pyproject() -> None:
    """There is one truth for the version."""
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == places.version()


@pytest.mark.parametrize(
    ("variable", "place", "default"),
    [
        ("XDG_CONFIG_HOME", places.config_folder, ".config/batchpack"),
        ("XDG_STATE_HOME", places.state_folder, ".local/state/batchpack"),
    ],
)
def test_xdg_is_followed(
    variable: str, place: Callable[[], Path], default: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An absolute value moves the folder; a relative one and none leave it below the home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path / default == place()
    monkeypatch.setenv(variable, "relative")
    assert tmp_path / default == place()
    monkeypatch.setenv(variable, "/absolute")
    assert Path("/absolute/batchpack") == place()
