"""`items chunks`: how far each chunk is."""

from __future__ import annotations

from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.project import Project


def test_chunks_are_listed_with_their_tasks(project: Project) -> None:
    """Each chunk is a line with its items, records and task; pages go on behind a number, and JSON has the same."""
    folder = batches.make(project.folder.resolve(), "mails")
    assert "No chunks. To make them, run:\n" in project.run("items", "chunks").assert_ok().out
    with SqliteQueue(folder / database.NAME) as queue:
        queue.add([Draft("chunk-01", "chunk", chunk=1)])
    with database.opened(folder / database.NAME) as connection, database.transaction(connection):
        connection.execute("INSERT INTO chunk VALUES (1, 'May', 1200, 10, 5), (2, 'June', 3, 10, 5)")
    said = project.run("items", "chunks", "--limit", "1").assert_ok().out.splitlines()
    facts = project.run("items", "chunks", "--after", "1", "--json").json()

    assert ["chunk", "of", "judged", "task", "standing"] == said[0].split()
    assert ["1", "May", "0", "of", "1,200", "chunk-01", "pending"] == said[1].split()
    assert "There are more: --after 1" == said[2]
    assert (["June"], None) == ([one["label"] for one in facts["chunks"]], facts["after"])
