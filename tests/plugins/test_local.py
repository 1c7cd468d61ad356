"""The page of the local engine."""

from __future__ import annotations

import asyncio
from pathlib import Path

from batchpack import manager
from tests.local.ground import attempt, ends


def test_a_session_is_opened_by_its_page(tmp_path: Path) -> None:
    """The engine that the manager loads carries out an attempt, in the run's own folder."""

    async def work() -> list[str]:
        session = manager.load().engines["local"].open(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "echo hello"))
        found = await ends(session)  # type: ignore[arg-type]
        said = session.log("r.t.1", "out", 0).decode()
        await session.close(stop_running=True)
        return [said, *(status.state for status in found.values())]

    assert ["hello\n", "done"] == asyncio.run(work())
    assert {"attempts", "journal.sqlite"} <= {path.name for path in (tmp_path / "run").iterdir()}
