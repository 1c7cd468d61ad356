"""`batchpack items add`."""

from __future__ import annotations

from tests.support.project import Project


def test_sources_become_a_batch(project: Project) -> None:
    """What was added is told with the next command; broken rows end it unless it is told to keep going."""
    project.write({"a.csv": "id,text\na,one\nb\nc,three\n"})
    project.run("items", "add", "a.csv").assert_failed("a.csv:3: 1 cells where the head has 2", "--keep-going")
    done = project.run("items", "add", "a.csv", "--keep-going", "--name", "k").assert_ok()

    assert "Batch k: 2 items, 48 B, about 13 tokens.\nThen run:\n    batchpack items chunk --by" in done.out
    assert "1 row was set aside:\n  a.csv:3: 1 cells where the head has 2\n" == done.err
    project.run("items", "add", "a.csv", "--keep-going", "--name", "k").assert_failed("there is a batch 'k' already")


def test_input_and_commands(project: Project) -> None:
    """Standard input and the lines of a command are sources; options behind -- belong to the command."""
    read = project.run("items", "add", "-", "--name", "in", "--json", stdin='{"id": "x"}\n').json()
    listed = project.run("items", "add", "--command", "--name", "out", "--", "printf", "%s\\n", "--id", "b").assert_ok()

    assert ("in", 1) == (read["batch"], read["items"])
    assert "Batch out: 2 items" in listed.out
    project.run("items", "add", "--command", "--", "sh", "-c", "exit 4").assert_failed("exit code 4")
    assert ["in", "out"] == sorted(
        path.name for path in (project.folder / ".batchpack/items").iterdir() if path.is_dir()
    )


def test_what_is_missing(project: Project) -> None:
    """No source, no file, no format and no zone are each told with the way out."""
    project.run("items", "add").assert_failed("SOURCE is missing", code=2)
    project.run("items", "add", "gone.jsonl").assert_failed("there is no such file")
    project.run("items", "add", "x.bin").assert_failed("add --format", code=2)
    project.run("items", "add", "-", "--zone", "Mars").assert_failed("there is no time zone", code=2)
    project.run("items", "add", "-", "--name", "../x", stdin="{}").assert_failed(
        "cannot be the name of a batch", code=2
    )


def test_a_field_that_no_item_has_is_told(project: Project) -> None:
    """A misspelt name of a field is not passed over."""
    project.write({"a.csv": "id,kind\na,x\n"})
    done = project.run("items", "add", "a.csv", "--category", "kin", "--at", "when").assert_ok()

    assert "in the field kin, which --category names" in done.err
    assert "in the field when, which --at names" in done.err


def test_what_is_read_twice_is_told(project: Project) -> None:
    """A file that is named twice, as a word or by two patterns, adds nothing, or each of its items once."""
    project.write({"x.jsonl": '{"id":"a"}\n{"id":"b"}\n', "d/a.txt": "a", "d/b.txt": "b"})
    told = "it was read before: its source is named twice"
    project.run("items", "add", "x.jsonl", "x.jsonl").assert_failed(f"x.jsonl:1: {told}")
    project.run("items", "add", "d/*.txt", "d/a*").assert_failed(f"d/a.txt: {told}")

    done = project.run("items", "add", "x.jsonl", "x.jsonl", "--keep-going", "--name", "k").assert_ok()

    assert "Batch k: 2 items, 20 B" in done.out
    assert f"2 rows were set aside:\n  x.jsonl:1: {told}\n  x.jsonl:2: {told}\n" == done.err
    project.run("items", "check", "--batch", "k").assert_ok()
