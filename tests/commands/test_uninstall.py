"""`batchpack uninstall`: receipts that cannot be trusted, hosts that left files of their own, what is gone already."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import Project, tree
from tests.support.terminal import on_terminal
from tests.support.toy import put_toys
from tests.support.walker import install, state_of, uninstall

HERE = ("--host", "toy", "--project", ".")
Spoil = Callable[[dict[str, Any]], object]


@pytest.fixture
def toy(project: Project) -> Project:
    """Make a project whose user has the toy host."""
    put_toys(project.home)
    return project


def receipt(project: Project) -> Path:
    """Return the only receipt."""
    [found] = (project.home / ".local/state/batchpack/receipts").glob("*/receipt.json")
    return found


SPOILED: dict[str, Spoil] = {
    "a file outside": lambda r: r["files"].append({"path": "../victim", "sha256": "0" * 64, "former": []}),
    "an absolute file": lambda r: r["files"].append({"path": "/etc/passwd", "sha256": "0" * 64, "former": []}),
    "settings outside": lambda r: r["settings"][0].update(path="../../victim"),
    "a folder outside": lambda r: r["folders"].append(".."),
    "another config folder": lambda r: r.update(folder="../elsewhere"),
    "another base": lambda r: r.update(base="/"),
    "another version": lambda r: r.update(receipt=99),
    "a backup outside": lambda r: r["settings"][0].update(before="../../../../../etc/passwd"),
    "a transaction that is a path": lambda r: r.update(transaction="/../x/.."),
    "no files": lambda r: r.pop("files"),
    "files of another kind": lambda r: r.update(files=3),
    "a scope of its own": lambda r: r.update(scope="world"),
    "claims of another kind": lambda r: r["settings"][0].update(claims=[{"keys": "x"}]),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_receipt_is_refused(toy: Project, name: str) -> None:
    """Nothing that it names is touched; the reader learns which receipt it is, and doctor says it too."""
    install(toy, *HERE).assert_ok()
    facts = json.loads(receipt(toy).read_text())
    SPOILED[name](facts)
    receipt(toy).write_text(json.dumps(facts))
    before = state_of(toy)

    uninstall(toy).assert_failed("receipt", "nothing that it names was touched")
    assert before == state_of(toy)
    assert "nothing that it names was touched" in toy.run("doctor").out


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\N{PILE OF POO}"])
def test_a_receipt_that_is_none_is_refused(toy: Project, text: str) -> None:
    """A torn or foreign file in a receipt's place is told, not passed over."""
    install(toy, *HERE).assert_ok()
    receipt(toy).write_bytes(text.encode("utf-16"))
    uninstall(toy).assert_failed("receipt")


def test_a_spoiled_backup_is_refused(toy: Project) -> None:
    """Bytes that are not those that were backed up are never written into a settings file."""
    toy.write({".toy/settings.json": '{"a": 1}\n'})
    install(toy, *HERE).assert_ok()
    [backup] = [path for path in receipt(toy).parent.iterdir() if path.name != "receipt.json"]
    assert '{"a": 1}\n' == backup.read_text()
    backup.write_text("{}")
    settings = (toy.folder / ".toy/settings.json").read_text()

    uninstall(toy).assert_failed("backup", "was changed")
    assert settings == (toy.folder / ".toy/settings.json").read_text()


def test_a_link_planted_after_the_install_is_not_followed(toy: Project) -> None:
    """A folder of ours that was replaced by a link outside is refused."""
    install(toy, *HERE).assert_ok()
    outside = toy.home.parent / "outside"
    shutil.move(str(toy.folder / ".toy/agent"), outside)
    (toy.folder / ".toy/agent").symlink_to(outside)

    uninstall(toy).assert_failed("lies outside")
    assert (outside / "one.md").is_file()


def test_what_the_host_left_goes_with_our_folder(toy: Project) -> None:
    """Files that the host's page names as its own go with a config folder that we made and that holds nothing else."""
    before = state_of(toy)
    install(toy, *HERE).assert_ok()
    toy.write({".toy/.gitignore": "node_modules\n", ".toy/node_modules/x/index.js": "1"})
    (toy.folder / ".toy/node_modules/bin").symlink_to(toy.home)

    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_what_the_host_left_stays_beside_the_users_files(toy: Project) -> None:
    """A config folder that was there before, or that holds something of the user's, keeps what the host left in it."""
    install(toy, *HERE).assert_ok()
    toy.write({".toy/.gitignore": "x\n", ".toy/mine.txt": "mine"})
    uninstall(toy).assert_ok()
    assert [".toy", ".toy/.gitignore", ".toy/mine.txt"] == list(tree(toy.folder))

    (toy.folder / ".toy/mine.txt").unlink()
    install(toy, *HERE).assert_ok()
    uninstall(toy).assert_ok()
    assert [".toy", ".toy/.gitignore"] == list(tree(toy.folder))


def test_what_is_gone_already_is_no_trouble(toy: Project) -> None:
    """A user who removed the folder, or put a file in its place, can still uninstall."""
    install(toy, *HERE).assert_ok()
    shutil.rmtree(toy.folder / ".toy")
    uninstall(toy).assert_ok()
    assert {} == tree(toy.folder)

    install(toy, *HERE).assert_ok()
    shutil.rmtree(toy.folder / ".toy")
    toy.write({".toy": "a file"})
    uninstall(toy).assert_ok()
    assert {".toy": b"a file"} == tree(toy.folder)


def test_a_project_that_is_gone_can_be_forgotten(toy: Project) -> None:
    """Its receipt is found by the folder's name."""
    before = state_of(toy)
    gone = toy.folder / "gone"
    gone.mkdir()
    install(toy, "--host", "toy", "--project", "gone").assert_ok()
    shutil.rmtree(gone)

    assert "is gone" in toy.run("doctor").out
    toy.run("uninstall", "--project", "gone").assert_ok()
    assert before == state_of(toy)


def test_only_what_is_named_goes(toy: Project) -> None:
    """--host and --scope choose; another project's install stays."""
    (toy.folder / "other").mkdir()
    put_toys(toy.home, "toy", "yot")
    for words in (("--host", "toy"), ("--host", "yot"), HERE, ("--host", "toy", "--project", "other")):
        install(toy, *words).assert_ok()

    uninstall(toy, "--host", "toy", "--scope", "user").assert_ok()
    assert not (toy.home / ".config/toy").exists()
    assert (toy.folder / ".toy").exists()
    uninstall(toy).assert_ok()
    assert [".config/yot", ".toy"] == [
        n for n, f in ((".config/yot", toy.home), (".toy", toy.folder)) if not (f / n).exists()
    ]
    assert (toy.folder / "other/.toy/agent/one.md").is_file()


def test_the_records_of_runs_stay_and_are_told(toy: Project) -> None:
    """Those of this project with the list of all runs, for people and programs; the commands that are told work."""
    install(toy, *HERE).assert_ok()
    runs = toy.folder / ".batchpack/runs"
    for name in ("20260101T000000-00aa", "20260101T000000-00ab"):
        (runs / name).mkdir(parents=True)
    listing = toy.home / ".local/state/batchpack/runs.jsonl"
    listing.write_text("{}\n")
    facts = toy.run("uninstall", "--dry-run", "--json").json()["kept"]
    said = uninstall(toy).assert_ok().out

    assert [(str(runs), 2), (str(listing), None)] == [(one["path"], one["runs"]) for one in facts]
    assert f"kept: the records of 2 runs in {runs}; remove them with: rm -r {runs}\n" in said
    assert f"all projects, ~/.local/state/batchpack/runs.jsonl; remove it with: rm {listing}\n" in said
    assert (2, True) == (len(list(runs.iterdir())), listing.is_file())
    for fact in facts:
        toy.execute(["bash", "-c", fact["remove"]]).assert_ok()
    assert (False, False) == (runs.exists(), listing.exists())


def test_the_records_in_the_home_are_told_with_their_host(project: Project) -> None:
    """A host that keeps its runs in the home names that folder, and only when it was taken back."""
    runs = project.home / ".osa/work/batches/runs"
    (runs / "20260101T000000-00aa").mkdir(parents=True)
    for host in ("osa", "opencode"):
        install(project, "--host", host).assert_ok()
    said = uninstall(project, "--host", "opencode").assert_ok().out
    assert "kept: the record" not in said
    said = uninstall(project).assert_ok().out
    assert f"kept: the record of 1 run in ~/.osa/work/batches/runs; remove it with: rm -r {runs}\n" in said


def test_both_scopes_are_named_before_they_go(toy: Project) -> None:
    """Without --scope, what is installed for the user goes too: the reader is told both folders and the way out."""
    for words in (("--host", "toy"), HERE):
        install(toy, *words).assert_ok()
    before = state_of(toy)
    both = f"both scopes: what is installed for you (~) and for the project ({toy.folder})"

    choices: tuple[tuple[str, ...], ...] = (("--project", "."), ())
    for choice in choices:
        said = toy.run("uninstall", *choice, "--dry-run").assert_ok().out
        assert said.index(both) < said.index("--scope project") < said.index("would remove")
    shown = on_terminal(toy, ("uninstall", "--project", "."), "n\n", 1)
    assert shown.index("both scopes") < shown.index("Go on?")
    assert before == state_of(toy)
    assert "both scopes" not in uninstall(toy, "--scope", "project").assert_ok().out
    assert (toy.home / ".config/toy/agent/one.md").is_file()


def test_a_dry_run_changes_nothing(toy: Project) -> None:
    """It says what would go, for people and for programs."""
    install(toy, *HERE).assert_ok()
    before = state_of(toy)
    said = toy.run("uninstall", "--dry-run").assert_ok().out
    facts = toy.run("uninstall", "--dry-run", "--json").json()

    assert "would remove 5 files" in said
    assert (True, 5) == (facts["dry_run"], len(facts["receipts"][0]["removed"]))
    assert before == state_of(toy)


def test_with_nothing_installed_it_says_so(toy: Project) -> None:
    """That is no error, and makes no folder."""
    before = state_of(toy)
    assert "Nothing is installed here" in uninstall(toy).assert_ok().out
    assert before == state_of(toy)


def test_without_its_plugin_an_install_can_still_be_taken_back(toy: Project) -> None:
    """The receipt knows all that is needed."""
    install(toy, *HERE).assert_ok()
    shutil.rmtree(toy.home / ".config/batchpack")
    uninstall(toy, "--host", "toy").assert_ok()
    assert {} == tree(toy.folder)
