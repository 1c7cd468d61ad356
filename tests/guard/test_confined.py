"""Commands of an agent with a worktree of its own: there it builds and commits, and elsewhere it does nothing."""

from __future__ import annotations

import time

import pytest

from tests.guard.trees import Trees

IN = "cd {tree} && "
ATTACKS: tuple[str, ...] = (
    # not in a worktree, or no longer
    "touch x",
    "ls",
    "git commit -m x",
    "cd {main} && touch x",
    "cd {trees} && touch x",
    "cd {trees}/by-hand && touch x",
    "cd {trees}/foreign && touch x",
    "cd {trees}/looks && touch x",
    "cd {trees}/half && touch x",
    "cd {tree}/to-main && touch x",
    "cd {tree}/../.. && touch x",
    "cd {tree}/missing; touch x",
    "cd {tree} | touch x",
    "cd {tree} & touch x",
    "cd {tree} || touch x",
    "cd {tree}x && touch x",
    "cd $TREE && touch x",
    "(cd {tree} && ls); touch x",
    "true && cd {tree} && touch x",
    f"{IN}cd {{main}} && touch x",
    f"{IN}cd .. && touch x",
    f"{IN}cd - && touch x",
    f"{IN}cd && touch x",
    f"{IN}cd ~ && touch x",
    f"{IN}cd $HOME && touch x",
    f"{IN}cd to-main && touch x",
    f"{IN}cd {{trees}}/L1-002 && touch x",
    f"{IN}pushd {{main}}",
    f"{IN}(cd {{main}}; touch x)",
    f"{IN}bash -c 'cd {{main}} && touch x'",
    # writing elsewhere
    f"{IN}touch {{main}}/x",
    f"{IN}echo x > {{main}}/x",
    f"{IN}echo x > to-main/x",
    f"{IN}echo x >> ../../../p/x",
    f"{IN}cp app/b.py {{main}}/src",
    f"{IN}cp --target-directory={{main}}/src app/b.py",
    f"{IN}rm -rf ../L1-002",
    f"{IN}rm -rf {{trees}}/L1-002/app",
    f"{IN}echo x > /etc/x",
    f"{IN}tee /usr/x",
    f"{IN}sed -i s/a/b/ {{main}}/src/a.py",
    f"{IN}dd if=app/b.py of={{main}}/x",
    f"{IN}ln -s {{main}} here",
    f"{IN}make -C {{main}} all",
    f"{IN}make -C ../../../p all",
    f'{IN}python3 -c \'open("{{main}}/x", "w")\'',
    f"{IN}python3 to-main/run.py",
    f"{IN}python3 {{main}}/run.py",
    f"{IN}find {{main}} -delete",
    f"{IN}rm $OLDPWD/src/a.py",
    f"{IN}X={{main}} && rm -rf $X",
    f"{IN}env X={{main}} python3 run.py",
    f"{IN}cd app && cp b.py ../../../../p/b.py",
    f"{IN}touch {{{{main}}/x,y}}",
    f"{IN}find . -exec cp {{}} {{main}} \\;",
    f"{IN}env -C {{main}} touch x",
    f"{IN}(cd app); touch ../x",
    f"{IN}cd app | cat; cd ..; touch x",
    f"{IN}bash -c 'cd app'; touch ../x",
    f"{IN}pushd app; popd; touch ../x",
    f"{IN}cd missing; cd ..; touch x",
    f"{IN}cd app && touch ../../x",
    f"{IN}git add -f .env",
    # git beyond the branch
    f"{IN}git -C {{main}} commit -m x",
    f"{IN}git -C ../../../p status",
    f"{IN}git -C to-main add .",
    f"{IN}git -C {{trees}}/L1-002 commit -m x",
    "git -C {tree} commit -m x",
    f"{IN}git --git-dir={{main}}/.git commit -m x",
    f"{IN}git --git-dir .git --work-tree {{main}} add .",
    f"{IN}git --work-tree={{main}} add .",
    f"{IN}GIT_DIR=../x git add .",
    f"{IN}export GIT_WORK_TREE=x; git add .",
    f"{IN}env GIT_INDEX_FILE=x git add .",
    f"{IN}git push",
    f"{IN}git push --force origin HEAD:main",
    f"{IN}git stash",
    f"{IN}git stash pop",
    f"{IN}git reset --hard HEAD~1",
    f"{IN}git reset",
    f"{IN}git checkout main",
    f"{IN}git switch main",
    f"{IN}git rebase main",
    f"{IN}git merge main",
    f"{IN}git clean -fdx",
    f"{IN}git branch -f main HEAD",
    f"{IN}git branch -D batchpack/x/L1-002",
    f"{IN}git branch new",
    f"{IN}git update-ref refs/heads/main HEAD",
    f"{IN}git symbolic-ref HEAD refs/heads/main",
    f"{IN}git worktree remove --force ../L1-002",
    f"{IN}git worktree add ../x",
    f"{IN}git config core.hooksPath x",
    f"{IN}git config --global alias.x push",
    f"{IN}git -c core.hooksPath=/dev/null commit -m x",
    f"{IN}git -c alias.x=push x",
    f"{IN}git remote add x y",
    f"{IN}git tag v1",
    f"{IN}git gc --prune=now",
    f"{IN}git fetch . HEAD:main",
    f"{IN}git commit --no-verify -m x",
    f"{IN}git commit -n -m x",
    f"{IN}bash -c 'git push'",
    f"{IN}echo $(git stash)",
    # what every agent that builds is refused
    f"{IN}cat .env",
    f"{IN}cat top.key",
    f"{IN}echo x > .git",
    f"{IN}rm .git",
    f"{IN}echo x > .git/hooks/pre-commit",
    f"{IN}echo x > {{main}}/.git/hooks/pre-commit",
    f"{IN}touch .claude/settings.json",
    f"{IN}touch .batchpack/x",
    f"{IN}batchpack status",
    f"{IN}batchpack execute-batch end x --task-ids a",
    f"{IN}batchpack install",
    f"{IN}python3 -m batchpack run x",
)
WORK: tuple[str, ...] = (
    "cd {tree}",
    f"{IN}ls -la",
    "cd '{tree}' && ls",
    'cd "{tree}"; ls',
    "cd {tree}\npytest -q",
    "cd {tree}/app && ls ..",
    "  cd {tree} && pytest -q 2>&1 | tail -5",
    f"{IN}git status && git diff && git log --oneline -3",
    f"{IN}git add -A && git commit -m 'L1-001: make it; see main'",
    f'{IN}git add app/b.py && git commit -q -m "it\'s done"',
    f"{IN}git -c user.name=T -c user.email=t@example.com commit -m x",
    f"{IN}git restore app/b.py",
    f"{IN}git branch --show-current",
    f"{IN}git config --get user.name",
    f"{IN}git worktree list",
    f"{IN}git show HEAD~1:app/b.py | head",
    f"{IN}git mv app/b.py app/c.py",
    f"{IN}git rm -q app/b.py",
    "cd {tree} && git -C {tree} commit -m x",
    f"{IN}git -C app status",
    f"{IN}mkdir -p a/b && touch a/b/c && rm a/b/c",
    f"{IN}cat > app/new.py <<'END'\nVALUE = 1\nEND",
    f"{IN}echo x > /dev/null 2>&1",
    f"{IN}make all > /tmp/log-of-make.txt 2>&1",
    f"{IN}echo x | tee /dev/stderr",
    f"{IN}cd app && touch b.py && cp b.py ../c.py && cd .. && ls",
    f"{IN}mkdir -p build && cd build && cmake .. && make",
    f"{IN}(cd app && pytest -q) | tail -3",
    f"{IN}{{main}}/.venv/bin/pytest -q",
    f"{IN}PATH={{main}}/node_modules/.bin:$PATH tsc -p .",
    f"{IN}. {{main}}/.venv/bin/activate && pytest",
    f"{IN}cat {{main}}/.batchpack/runs/x/evidence/L1-001-1/verify-1.txt",
    f"{IN}grep -rn VALUE {{main}}/src",
    f"{IN}sed -i 's/a/b/' app/b.py",
    f"{IN}npm test -- --coverage",
    f"{IN}for f in app/*.py; do wc -l $f; done",
    f"{IN}PYTHONPATH=. python3 -c 'import app; print(1)'",
    f"{IN}timeout 60 go test ./...",
)


@pytest.mark.parametrize("command", ATTACKS)
def test_what_leads_out_of_the_worktree_is_refused(command: str, trees: Trees) -> None:
    """A command outside of a worktree, into the main tree, or with git beyond the branch, is refused in one line."""
    said = trees.judge("bash", {"command": trees.fill(command)})

    assert said.startswith("no: batchpack's guard: "), said
    assert "; " in said
    assert said.isprintable()


@pytest.mark.parametrize("command", WORK)
def test_work_goes_through(command: str, trees: Trees) -> None:
    """An agent builds, tests, looks and commits in its worktree."""
    assert "ok" == trees.judge("bash", {"command": trees.fill(command)})


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("{tree}", "ok"),
        ("{tree}/app", "ok"),
        ("{main}", "no: "),
        ("", "no: "),
        ("{trees}/by-hand", "no: "),
        ([], "no: "),
    ],
)
def test_the_folder_of_a_call_counts(folder: object, expected: str, trees: Trees) -> None:
    """Where a host's tool takes a folder, the command needs no `cd`."""
    workdir = trees.fill(folder) if isinstance(folder, str) else folder
    assert trees.judge("bash", {"command": "touch x", "workdir": workdir}).startswith(expected)


def test_a_folder_of_the_call_is_where_paths_count_from(trees: Trees) -> None:
    """`..` leads out of the worktree from its root, and not from a folder in it."""
    inside, outside = f"{trees.tree}/app", str(trees.tree)
    assert "ok" == trees.judge("bash", {"command": "ls ../app", "workdir": inside})
    assert trees.judge("bash", {"command": "touch ../x", "workdir": outside}).startswith("no: ")


def test_other_parameters_stay_refused(trees: Trees) -> None:
    """A parameter that is not known to be harmless is refused for this agent too."""
    given = {"command": trees.fill(f"{IN}ls"), "timeout": 5, "detached": True}
    assert "`detached` is not allowed" in trees.judge("bash", given)


def test_no_command_of_the_pack_is_granted(trees: Trees) -> None:
    """The agent reports to whoever started it, and hands in nothing itself."""
    for command in (
        "batchpack result put r t --status DONE",
        "batchpack execute-batch record r t --attempt 1 --failed",
    ):
        for text in (command, trees.fill(f"{IN}{command}")):
            assert trees.judge("bash", {"command": text}).startswith("no: "), text


def test_a_hostile_command_is_read_in_time(trees: Trees) -> None:
    """The time for reading grows with the length alone, however often a command changes its folder."""
    for text in (
        "cd app; cd ..; " * 2_000,
        "../" * 90_000,
        "a/b " * 20_000,
        "git -C app " * 10_000,
        "cd " + "/" * 200_000,
    ):
        began = time.monotonic()
        trees.judge("bash", {"command": trees.fill(IN) + text})
        assert time.monotonic() - began < 20
