"""Claude Code's own validator on the folder that the pack makes for a user."""

from __future__ import annotations

import pytest

from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OLD_CLAUDE
from tests.support.model import Answer, Conversation
from tests.support.project import Project

FOLDER = ".claude/skills/batchpack"


def _silent(conversation: Conversation) -> Answer:
    """Say nothing: a validator asks no model."""
    return Answer()


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (CLAUDE, OLD_CLAUDE)])
def test_the_plugin_folder_is_valid(kind: str, open_host: Open, project: Project) -> None:
    """`claude plugin validate` passes the folder, and no longer when its manifest has lost its name."""
    session = open_host(kind, _silent)
    session.install("user")
    folder = project.home / FOLDER
    validate = ["claude", "plugin", "validate", str(folder)]
    outcome = session.execute(validate).assert_ok()
    assert "passed" in outcome.out.lower(), str(outcome)
    manifest = folder / ".claude-plugin" / "plugin.json"
    manifest.write_text(manifest.read_text().replace('"name"', '"nome"'))
    assert 0 != session.execute(validate).code
