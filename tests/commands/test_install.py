"""`batchpack install`: what is there already, what is broken, what is in the way."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import Outcome, Project, tree
from tests.support.terminal import on_terminal
from tests.support.toy import put_toys
from tests.support.walker import install, state_of, times_of, uninstall

SKILL, AGENT = ".toy/skill/toy/SKILL.md", ".toy/agent/one.md"
HERE = ("--host", "toy", "--project", ".")


@pytest.fixture
def toy(project: Project) -> Project:
    """Make a project whose user has the toy host."""
    put_toys(project.home)
    return project


def receipts(project: Project) -> list[Path]:
    """Return the receipts there are."""
    return sorted((project.home / ".local/state/batchpack/receipts").glob("*/receipt.json"))


def receipt(project: Project) -> Path:
    """Return the only receipt."""
    [found] = receipts(project)
    return found


def test_a_foreign_file_is_left_and_the_rest_is_installed(toy: Project) -> None:
    """An agent that somebody else wrote at a path we want stays, is reported, and survives the uninstall."""
    toy.write({AGENT: "my own agent\n"})
    before = state_of(toy)

    done = install(toy, *HERE).assert_ok()
    assert AGENT in done.out
    assert "not ours" in done.out
    assert "my own agent\n" == (toy.folder / AGENT).read_text()
    assert (toy.folder / SKILL).is_file()
    assert [AGENT] == json.loads(receipt(toy).read_text())["foreign"]

    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_an_equal_file_of_somebody_else_never_becomes_ours(toy: Project) -> None:
    """A file that holds just what we would write, e.g. from a colleague's commit, stays at uninstall."""
    toy.write({AGENT: "# one 1\n"})
    before = state_of(toy)

    assert "they stay yours" in install(toy, *HERE).assert_ok().out
    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_files_whose_receipt_was_lost_can_be_won_back(toy: Project) -> None:
    """The first install without the receipt names the command that removes them; with the next one they are ours."""
    env = {"TOY_EDITS": "0"}
    install(toy, *HERE, env=env).assert_ok()
    shutil.rmtree(toy.home / ".local")

    said = install(toy, *HERE, env=env).assert_ok().out
    assert "they stay yours" in said
    [remove] = [line.strip() for line in said.splitlines() if line.startswith("    cd ")]
    assert "rm .toy" not in install(toy, *HERE, env=env).assert_ok().out
    toy.execute(["bash", "-c", remove], cwd=toy.home).assert_ok()
    assert "5 files written" in install(toy, *HERE, env=env).assert_ok().out
    uninstall(toy).assert_ok()
    assert [] == [path for path in toy.folder.rglob("*") if path.is_file()], "only the emptied folders stay"


@pytest.mark.parametrize("path", [".opencode/commands/batch-run.md", ".opencode/skills/batch-run/SKILL.md"])
def test_a_request_command_of_the_users_own_is_not_told_as_ours(project: Project, path: str) -> None:
    """The reader is not sent to a `/batch-run` that is not the pack's, and learns where to see the pack's."""
    project.write({path: "mine\n"})
    said = install(project, "--host", "opencode", "--project", ".").assert_ok().out

    assert "Next, in" not in said
    assert f"/batch-run is not the pack's but your own ({path})" in said
    assert "batchpack render opencode --out DIR" in said


@pytest.mark.parametrize("kind", ["folder", "link", "dangling link"])
def test_what_is_no_plain_file_is_foreign_too(toy: Project, kind: str) -> None:
    """A folder or a link at a path that we want is left as it is."""
    path = toy.folder / AGENT
    path.parent.mkdir(parents=True)
    if kind == "folder":
        path.mkdir()
    else:
        toy.write({".toy/agent/mine": "# one 1\n"})
        path.symlink_to("mine" if kind == "link" else "nothing")
    before = state_of(toy)

    assert "not ours" in install(toy, *HERE).assert_ok().out
    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_a_file_that_the_user_changed_is_kept(toy: Project) -> None:
    """Neither a new version nor an uninstall overwrites or removes a file of ours that the user changed."""
    install(toy, *HERE).assert_ok()
    toy.write({AGENT: "# one 1\nand my own words\n"})

    done = install(toy, *HERE, env={"TOY_VERSION": "2"}).assert_ok()
    assert "changed by you" in done.out
    assert "# one 1\nand my own words\n" == (toy.folder / AGENT).read_text()
    assert "# two 2\n" == (toy.folder / ".toy/agent/two.md").read_text()

    gone = uninstall(toy).assert_ok()
    assert f"kept: {AGENT}" in gone.out
    assert {".toy": "/ 755", ".toy/agent": "/ 755", AGENT: b"# one 1\nand my own words\n"} == tree(toy.folder)
    assert [] == receipts(toy)


def test_a_file_that_the_user_removed_comes_back(toy: Project) -> None:
    """An install again puts back what is missing, and nothing else."""
    install(toy, *HERE).assert_ok()
    (toy.folder / AGENT).unlink()
    (toy.folder / ".toy/config.toml").unlink()
    facts = install(toy, *HERE, "--json").json()["hosts"][0]

    assert [AGENT] == facts["written"]
    assert "servers" in (toy.folder / ".toy/config.toml").read_text()


def test_an_upgrade_removes_what_is_no_more(toy: Project) -> None:
    """Files that the new version lacks go when unchanged, with their folders; settings are those of the new version."""
    before = state_of(toy)
    install(toy, *HERE).assert_ok()
    done = install(toy, *HERE, env={"TOY_VERSION": "2"}).assert_ok()
    fresh = tree(toy.folder)

    assert "1 of an older version removed" in done.out
    assert ".toy/skill/old" not in fresh
    assert ".toy/config.yaml" not in fresh
    assert "2" == json.loads((toy.folder / ".toy/settings.json").read_text())["fresh"]
    uninstall(toy).assert_ok()
    assert before == state_of(toy)

    install(toy, *HERE, env={"TOY_VERSION": "2"}).assert_ok()
    assert fresh == tree(toy.folder), "an upgrade and a fresh install give the same"


def test_an_old_file_that_the_user_changed_is_theirs_after_an_upgrade(toy: Project) -> None:
    """What the new version lacks and the user changed stays, is told once, and is forgotten."""
    install(toy, *HERE).assert_ok()
    toy.write({".toy/skill/old/SKILL.md": "mine now\n"})
    env = {"TOY_VERSION": "2"}

    assert "they are yours now" in install(toy, *HERE, env=env).assert_ok().out
    assert "they are yours now" not in install(toy, *HERE, env=env).assert_ok().out
    uninstall(toy).assert_ok()
    assert b"mine now\n" == tree(toy.folder)[".toy/skill/old/SKILL.md"]


def test_a_broken_settings_file_stops_its_host_only(toy: Project) -> None:
    """It is told with line and column and not rewritten; nothing of its host is written, other hosts go on."""
    put_toys(toy.home, "toy", "yot")
    toy.write({".toy/settings.json": '{\n  "a": 1,,\n}\n'})
    before = tree(toy.folder)

    done = install(toy, "--host", "toy", "--host", "yot", "--project", ".").assert_failed("settings.json:2:9", "JSON")
    now = tree(toy.folder)
    assert before == {path: data for path, data in now.items() if ".yot" not in path}
    assert ".yot/agent/one.md" in now
    assert "yot (project scope" in done.out


def test_settings_that_are_not_what_we_need_are_refused(toy: Project) -> None:
    """Where a text stands in the place of a list or mapping, the file is left as it is."""
    toy.write({".toy/settings.json": '{"hooks": "none"}'})
    install(toy, *HERE).assert_failed("hooks must be a mapping")
    assert b'{"hooks": "none"}' == tree(toy.folder)[".toy/settings.json"]


def test_values_that_are_there_already_are_not_ours(toy: Project) -> None:
    """A settings file that says all we want is not edited, and an uninstall leaves it alone."""
    text = '{"depth": 2, "hooks": {"stop": ["x", {"run": ["toy"]}]}}'
    toy.write({".toy/settings.json": text})
    before = state_of(toy)

    install(toy, *HERE).assert_ok()
    assert text == (toy.folder / ".toy/settings.json").read_text()
    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_values_that_the_user_changed_in_settings_stay(toy: Project) -> None:
    """After an edit of the user's, uninstall takes out only what is still ours, and says so."""
    toy.write({".toy/settings.json": '{\n  "a": 1 // mine\n}\n'})
    install(toy, *HERE).assert_ok()
    path = toy.folder / ".toy/settings.json"
    path.write_text(path.read_text().replace('"depth": 2', '"depth": 5').replace('"a": 1', '"a": 3'))

    again = install(toy, *HERE).assert_ok()
    assert "settings.json: depth" in again.out
    assert '"depth": 5' in path.read_text()

    gone = uninstall(toy).assert_ok()
    assert '{\n  "a": 3, // mine\n  "depth": 5\n}\n' == path.read_text()
    assert "the rest kept as you changed it" in gone.out
    assert "kept: depth" in gone.out
    assert {"settings.json"} == {name.name for name in (toy.folder / ".toy").iterdir()}


def test_settings_that_the_user_broke_are_left_and_told(toy: Project) -> None:
    """Uninstall takes back everything else, exits with 1 and can be repeated once the file is mended."""
    before = state_of(toy)
    install(toy, *HERE).assert_ok()
    path = toy.folder / ".toy/config.yaml"
    fine = path.read_text()
    path.write_text(fine + "x: [\n")

    uninstall(toy).assert_failed("config.yaml:", "broken YAML")
    assert [".toy", ".toy/config.yaml"] == list(tree(toy.folder))
    path.write_text(fine + "# mine\n")
    uninstall(toy).assert_ok()
    assert "# mine\n" == path.read_text()
    path.unlink()
    path.parent.rmdir()
    assert before == state_of(toy)


def test_without_a_terminal_the_users_files_need_yes(toy: Project) -> None:
    """Editing a settings file that was there needs --yes; an install that edits none goes on by itself."""
    assert 0 == toy.run("install", *HERE, "--no-check").code
    uninstall(toy).assert_ok()
    toy.write({".toy/config.toml": "a = 1\n"})
    before = state_of(toy)

    toy.run("install", *HERE, "--no-check").assert_failed("config.toml", "--yes")
    facts = json.loads(toy.run("install", *HERE, "--no-check", "--json").out)
    assert (False, "failed") == (facts["ok"], facts["hosts"][0]["state"])
    assert before == state_of(toy)


@pytest.mark.parametrize(
    ("keys", "code", "said"),
    [
        ("n\n", 1, "Nothing was changed."),
        ("\x04", 1, "Nothing was changed."),
        ("\x03", 130, "interrupted; nothing was lost"),
    ],
    ids=["no", "end of input", "interrupt"],
)
def test_a_no_on_a_terminal_changes_nothing(toy: Project, keys: str, code: int, said: str) -> None:
    """The end of input is a no as well; only an interrupt counts as one. Install and uninstall say it alike."""
    before = state_of(toy)
    assert said in on_terminal(toy, ("install", *HERE), keys, code)
    assert before == state_of(toy)

    install(toy, *HERE).assert_ok()
    before = state_of(toy)
    assert said in on_terminal(toy, ("uninstall", "--project", "."), keys, code)
    assert before == state_of(toy)


def test_a_yes_on_a_terminal_installs(toy: Project) -> None:
    """The plan is shown first."""
    assert "write   .toy/agent/one.md" in on_terminal(toy, ("install", *HERE, "--no-check"), "y\n", 0)
    assert (toy.folder / AGENT).is_file()


def test_the_scope_is_the_users_unless_a_project_is_named(toy: Project) -> None:
    """`--project` implies the project's scope; without it the user's is taken."""
    ways = ((), ("--project", "."), ("--scope", "project"), ("--scope", "user", "--project", "."))
    plans = [toy.run("install", "--host", "toy", *words, "--dry-run", "--json").json() for words in ways]
    scopes = [plan["hosts"][0]["scope"] for plan in plans]
    assert ["user", "project", "project", "user"] == scopes


def test_a_host_without_project_scope_goes_to_the_user(project: Project) -> None:
    """It is said in a sentence."""
    put_toys(project.home, project=None)
    done = install(project, *HERE).assert_ok()
    assert "has no project scope" in done.out
    assert (project.home / ".config/toy/agent/one.md").is_file()


def test_without_a_host_those_on_the_machine_are_taken(toy: Project) -> None:
    """A host is found by its folder; with none the reader learns what was looked for and how to name one."""
    toy.run("install", env={"PATH": "/usr/bin:/bin"}).assert_failed("toy", "its program on PATH", "--host NAME")
    (toy.home / ".config/toy").mkdir()
    facts = toy.run("install", "--no-check", "--json", env={"PATH": "/usr/bin:/bin"}).json()
    assert ["toy"] == [host["host"] for host in facts["hosts"]]


def test_wrong_words_are_usage_errors(toy: Project) -> None:
    """An unknown host is a usage error that names the known ones; a project must be a folder."""
    toy.run("install", "--host", "nothing").assert_failed("no host named 'nothing'", "toy", code=2)
    toy.run("uninstall", "--host", "nothing").assert_failed("no host named 'nothing'", code=2)
    toy.run("install", "--host", "toy", "--project", "nowhere").assert_failed("nowhere", "does not exist")
    toy.write({"file": ""})
    toy.run("install", "--host", "toy", "--project", "file").assert_failed("is a file")
    toy.run("install", "--host", "toy", "--scope", "world").assert_failed("world", code=2)


@pytest.mark.parametrize("home", ["", "/nowhere/at/all"])
def test_a_home_that_is_none_is_told(toy: Project, home: str) -> None:
    """Without a home folder there is a sentence, not a crash."""
    for words in (("install", "--host", "opencode"), ("uninstall",), ("hosts",), ("doctor",)):
        toy.run(*words, env={"HOME": home}).assert_failed("set HOME")


def weak(project: Project, *words: str) -> Outcome:
    """Run `batchpack` without the right to pass over file modes, which root has."""
    argv = [sys.executable, "-m", "batchpack", *words]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root passes over file modes, and setpriv is not there to drop that right")
        argv = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *argv]
    return project.execute(argv)


def test_a_read_only_folder_is_told(toy: Project) -> None:
    """Nothing is changed, no receipt is left, and the folder is named."""
    (toy.folder / ".toy").mkdir()
    (toy.folder / ".toy").chmod(0o555)
    before = state_of(toy)

    weak(toy, "install", *HERE, "--yes").assert_failed("cannot write", ".toy", "Permission denied")
    assert before == state_of(toy)


def test_a_read_only_home_is_told(toy: Project) -> None:
    """Without a place for receipts nothing is installed."""
    toy.home.chmod(0o555)
    weak(toy, "install", *HERE, "--yes").assert_failed("cannot write", "Permission denied")
    assert {} == tree(toy.folder)


def test_a_full_disk_changes_nothing(toy: Project) -> None:
    """A write that stops halfway takes back what was prepared and leaves the settings as they are."""
    toy.write({".toy/settings.json": "{\n// " + "x" * 9000 + "\n}\n"})
    before = state_of(toy)
    limited = 'ulimit -f 8; exec "$@"'  # blocks of 1024 bytes

    argv = ["bash", "-c", limited, "bash", sys.executable, "-B", "-m", "batchpack", "install", *HERE, "--yes"]
    toy.execute(argv).assert_failed("cannot write", "File too large")
    assert before == state_of(toy)


def test_a_file_in_the_way_of_a_folder_is_told(toy: Project) -> None:
    """A config folder that is a file is named, and stays."""
    toy.write({".toy": "a file"})
    install(toy, *HERE).assert_failed("cannot write", ".toy is a file")
    assert {".toy": b"a file"} == tree(toy.folder)


def test_a_linked_config_folder_is_followed(toy: Project) -> None:
    """The user's folder may be a link, e.g. into a repository of dotfiles; the link stays a link."""
    (toy.home / "dotfiles/toy").mkdir(parents=True)
    (toy.home / ".config/toy").symlink_to("../dotfiles/toy")
    before = state_of(toy)

    install(toy, "--host", "toy").assert_ok()
    assert (toy.home / "dotfiles/toy/agent/one.md").is_file()
    assert (toy.home / ".config/toy").is_symlink()
    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_a_linked_settings_file_stays_a_link(toy: Project) -> None:
    """A settings file that is a link within the home is edited where it lies."""
    (toy.home / "dotfiles").mkdir()
    (toy.home / "dotfiles/settings.json").write_text('{"a": 1}\n')
    (toy.home / ".config/toy").mkdir()
    (toy.home / ".config/toy/settings.json").symlink_to("../../dotfiles/settings.json")
    before = state_of(toy)

    install(toy, "--host", "toy").assert_ok()
    assert (toy.home / ".config/toy/settings.json").is_symlink()
    assert "depth" in (toy.home / "dotfiles/settings.json").read_text()
    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_a_project_folder_that_leads_out_needs_a_yes(toy: Project) -> None:
    """A clone may hold a link that leads anywhere: following it out of the project is asked for."""
    (toy.home / "elsewhere").mkdir()
    (toy.folder / ".toy").symlink_to(toy.home / "elsewhere")

    toy.run("install", *HERE, "--no-check").assert_failed("elsewhere", "--yes")
    assert {} == tree(toy.home / "elsewhere")
    assert "leads out of the project" in install(toy, *HERE).assert_ok().out


@pytest.mark.parametrize("link", [".toy/skill", ".toy/agent", ".toy/settings.json"])
def test_a_link_planted_in_the_folder_is_refused(toy: Project, link: str) -> None:
    """Nothing is written through a link inside the config folder that leads out of it."""
    outside = toy.home.parent / "outside"
    outside.mkdir()
    (outside / "settings.json").write_text("{}")
    (toy.folder / ".toy").mkdir()
    (toy.folder / link).symlink_to(outside / "settings.json" if link.endswith("json") else outside)
    before = state_of(toy)

    install(toy, *HERE).assert_failed("lies outside")
    assert before == state_of(toy)


@pytest.mark.parametrize("link", [".toy", ".toy/skill", ".toy/settings.json"])
def test_a_dangling_link_is_told(toy: Project, link: str) -> None:
    """A folder or settings file that is a link to nothing is named with where it points."""
    (toy.folder / link).parent.mkdir(exist_ok=True)
    (toy.folder / link).symlink_to("nothing-there")
    before = state_of(toy)

    install(toy, *HERE).assert_failed("nothing-there", "does not exist")
    assert before == state_of(toy)


def test_two_installs_at_once_both_end_well(toy: Project) -> None:
    """The second waits for the first; afterwards everything is there once, and one uninstall takes it back."""
    before = state_of(toy)
    argv = [sys.executable, "-m", "batchpack", "install", *HERE, "--yes", "--no-check", "--json"]
    environment = toy.environment()
    children = [
        subprocess.Popen(argv, cwd=toy.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(4)
    ]
    said = [child.communicate()[0].decode() for child in children]

    assert [0] * 4 == [child.returncode for child in children], said
    states = sorted(json.loads(text)["hosts"][0]["state"] for text in said)
    assert "installed" == states[0]
    settings = json.loads((toy.folder / ".toy/settings.json").read_text())
    assert [{"run": ["toy"]}] == settings["hooks"]["stop"]
    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_installs_and_uninstalls_at_once_leave_a_state_that_can_be_taken_back(toy: Project) -> None:
    """Whatever the order, no process crashes and a last uninstall leaves nothing."""
    before = state_of(toy)
    environment = toy.environment()
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "batchpack", *words], cwd=toy.folder, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for words in [("install", *HERE, "--yes", "--no-check"), ("uninstall", "--yes")] * 3
    ]  # fmt: skip
    said = [child.communicate()[0].decode() for child in children]

    assert [0] * 6 == [child.returncode for child in children], said
    uninstall(toy).assert_ok()
    assert before == state_of(toy)


def test_a_lock_that_is_held_is_told(toy: Project) -> None:
    """Where another install holds the lock for too long, the reader learns it and nothing is changed."""
    script = (
        "import sys, time; from pathlib import Path; from batchpack.installer import state\n"
        "with state.exclusive(): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script], cwd=toy.folder, env=toy.environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout
        assert "held\n" == holder.stdout.readline()
        install(toy, *HERE, env={"BATCHPACK_LOCK_SECONDS": "0.2"}).assert_failed("in use by another batchpack process")
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    assert {} == tree(toy.folder)
    install(toy, *HERE).assert_ok()


def test_a_failed_check_is_told_and_the_files_stay(toy: Project) -> None:
    """The exit code is 1 and the way back is named; a check that could not be made is no failure."""
    done = toy.run("install", *HERE, env={"TOY_CHECK": "bad"})
    assert (1, True) == (done.code, "FAILED: toy loads its skill" in done.out), str(done)
    assert "batchpack uninstall --host toy --scope project" in done.out
    assert (toy.folder / AGENT).is_file()
    fine = toy.run("install", *HERE, env={"TOY_CHECK": "none"}).assert_ok()
    assert "note: toy loads its skill (install its program)" in fine.out


def test_a_project_is_given_the_bare_word_and_a_user_what_works(toy: Project) -> None:
    """Files of a project may be shared, so they say `batchpack`; for a user it is the path where PATH has another."""
    other = toy.home / "bin" / "batchpack"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    env = {"PATH": f"{other.parent}:/usr/bin:/bin"}

    install(toy, *HERE, env=env).assert_ok()
    install(toy, "--host", "toy", env=env).assert_ok()
    assert "run batchpack\n" in (toy.folder / SKILL).read_text()
    word = (toy.home / ".config/toy/skill/toy/SKILL.md").read_text().splitlines()[1].removeprefix("run ")
    assert str(Path(sys.executable).parent / "batchpack") == word


def test_the_way_back_that_is_told_works(toy: Project) -> None:
    """The command of the last line, run from another folder, takes everything back."""
    before = state_of(toy)
    for words in (HERE, ("--host", "toy")):
        said = install(toy, *words).assert_ok().out.splitlines()[-1]
        way = said.removeprefix("To take it back: batchpack ")
        assert said != way
        toy.execute([sys.executable, "-m", "batchpack", *shlex.split(way)], cwd=toy.home).assert_ok()
        assert before == state_of(toy)


def test_a_second_install_touches_nothing(toy: Project) -> None:
    """Not even times change, with or without --yes."""
    install(toy, *HERE).assert_ok()
    times = times_of(toy)
    assert "nothing to do" in toy.run("install", *HERE, "--no-check").assert_ok().out
    assert times == times_of(toy)
