"""A host's tree for a look."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer.rendered import write_tree
from batchpack.installer.targets import target_for
from tests.installer.conftest import PACK
from tests.support.project import tree


def test_a_tree_is_written_once_and_again(toy: Host, base: Path) -> None:
    """The same again is fine."""
    target = target_for(toy, "project", base, "batchpack")
    paths = write_tree(toy, PACK, target)
    before = tree(base)
    assert (8, paths) == (len(paths), write_tree(toy, PACK, target))
    assert before == tree(base)


def test_what_is_there_is_never_overwritten(toy: Host, base: Path) -> None:
    """Nothing is written when one of the files holds something else."""
    (base / ".toy").mkdir()
    (base / ".toy/settings.json").write_text("mine")
    with pytest.raises(BatchpackError, match="holds something else"):
        write_tree(toy, PACK, target_for(toy, "project", base, "batchpack"))
    assert [".toy", ".toy/settings.json"] == list(tree(base))
