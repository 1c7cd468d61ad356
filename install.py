#!/usr/bin/env python3
"""The door from a clone: makes a private environment, installs Batchpack into it and hands over to `batchpack`.

It needs the standard library only, and is readable for Python 3.7, so that a Python too old gets a clear sentence.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
CLONE = Path(__file__).resolve().parent
CARRIED = ("pyproject.toml", "README.md", "LICENSE", "batchpack", "plugins", "skills", "agents", "hooks")
PROGRAMS = ("batchpack", "task-cli", "batch-metrics")
STAMP = "batchpack-setup"
UNREACHABLE = "NewConnection|ConnectTimeout|ProxyError|name resolution|dns error|sending request|versions: none"
DOES = "Makes a private environment, installs Batchpack into it and hands over to `batchpack install`."
OTHERS = "All other words go to `batchpack install` (e.g. --host opencode), or to what an option above starts."


class Trouble(Exception):
    """Something the reader can mend: what happened, and what to do."""


def say(text: str) -> None:
    """Print a line for the reader, at once, with `~` for the home."""
    print(text.replace(f"{Path.home()}/", "~/"), flush=True)


def fingerprint(names: tuple[str, ...], *words: str) -> str:
    """Return a hash of files and folders of the clone and of some words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for top in (CLONE / name for name in names):
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"\0{path.relative_to(CLONE)}\0{path.stat().st_mode & 0o111}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


class Environment:
    """A virtual environment of ours; its stamp is empty while it is being made, and names its content afterwards."""

    def __init__(self, folder: Path, log: Path, wanted: list[str], content: str) -> None:
        self.folder, self.log, self.wanted, self.content = folder, log, wanted, content
        self.stamp, self.python = folder / STAMP, folder / "bin" / "python"

    def prepare(self) -> None:
        """Make the environment or bring it up to date; quick when it holds this very content already."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        fcntl.flock(os.open(self.folder.parent, os.O_RDONLY), fcntl.LOCK_EX)  # until this process ends
        if not self.stamp.exists() and self.folder.exists() and any(self.folder.iterdir()):
            raise Trouble(f"{self.folder} is there and was not made by this script", "move it away, then try again")
        held = self.stamp.read_text() if self.stamp.exists() and self.python.exists() else ""
        if held == self.content:
            return
        begun = time.monotonic()
        self.log.write_text("")
        self._fill(shutil.which("uv"), keep=held != "")
        self._mark(self.content)
        say(f"Set up in {time.monotonic() - begun:.0f} s.")

    def _mark(self, content: str) -> None:
        """Replace the stamp in one step."""
        (self.folder / "stamp.tmp").write_text(content)
        (self.folder / "stamp.tmp").replace(self.stamp)

    def _fill(self, uv: str | None, *, keep: bool) -> None:
        """Make and install; where uv or an environment that was there is the trouble, start anew with venv and pip."""
        try:
            self._mark("") if keep else self._make(uv)
            self._install(uv)
        except Trouble:
            if self._offline() or not (uv or keep):
                raise
            say("That did not work; starting anew with venv and pip.")
            self._fill(None, keep=False)

    def _make(self, uv: str | None) -> None:
        """Make an empty environment in place of what is there."""
        say(f"Making a private environment in {self.folder} with {'uv' if uv else 'venv and pip'} ...")
        if not uv and importlib.util.find_spec("ensurepip") is None:
            package = f"python3.{sys.version_info[1]}-venv"
            raise Trouble("this Python has no venv module", f"install it (apt: {package}) or uv, then try again")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self._mark("")
        maker = [uv, "venv", "--allow-existing", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        self._run([*maker, str(self.folder)])

    def _install(self, uv: str | None) -> None:
        """Install what is wanted into the environment."""
        say(f"Installing Batchpack and its libraries from {CLONE} ...")
        with_uv = [str(uv), "pip", "install", "--python", str(self.python), "--reinstall-package", "batchpack"]
        with_pip = [str(self.python), "-m", "pip", "install", "--retries", "2"]
        self._run([*(with_uv if uv else with_pip), *self.wanted])

    def _run(self, argv: list[str]) -> None:
        """Run one step into the log; raises Trouble that names the log."""
        env = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        with self.log.open("ab") as log:
            code = subprocess.call(argv, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        if code and self._offline():
            raise Trouble("the package index cannot be reached", f"check the network, then try again; log: {self.log}")
        if code:
            tool = argv[2] if argv[1] == "-m" else Path(argv[0]).name
            raise Trouble(f"{tool} ended with code {code}", f"see why in {self.log}, then try again")

    def _offline(self) -> bool:
        """Tell from the log whether the network was the reason."""
        return re.search(UNREACHABLE, self.log.read_text(errors="replace")) is not None


class Prefix:
    """Where the private environment and the links to its programs lie."""

    def __init__(self, given: str | None) -> None:
        base = Path(given).expanduser().absolute() if given else Path.home() / ".local"
        xdg = os.environ.get("XDG_DATA_HOME", "")
        share = Path(xdg) if xdg.startswith("/") and not given else base / "share"
        self.data, self.links = share / "batchpack", base / "bin"
        self.venv, self.log = self.data / "venv", self.data / "install.log"
        self.bin = self.venv / "bin"

    def is_ours(self, link: Path) -> bool:
        """Tell whether a link leads into the environment, dangling or not."""
        return link.is_symlink() and link.readlink() == self.bin / link.name

    def link_all(self) -> None:
        """Link the programs, never over something else, and say what the shell will not find."""
        self.links.mkdir(parents=True, exist_ok=True)
        for link in (self.links / name for name in PROGRAMS if (self.bin / name).exists()):
            if not link.exists() and not link.is_symlink():
                link.symlink_to(self.bin / link.name)
            elif not self.is_ours(link):
                say(f"{link} is another program and stays; ours is {self.bin / link.name}")
        if str(self.links) not in os.environ.get("PATH", "").split(os.pathsep):
            say(f"Your shell does not look into {self.links}. Add this line to its start-up file:")
            print(f'  export PATH="{self.links}:$PATH"', flush=True)

    def remove(self) -> None:
        """Remove the links and the environment, and the folders that are empty then."""
        for link in (self.links / name for name in PROGRAMS):
            if self.is_ours(link):
                link.unlink()
        shutil.rmtree(self.venv, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        for folder in (self.data, self.data.parent, self.links, self.links.parent):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def private(prefix: Prefix, *, editable: bool) -> Environment:
    """Describe the private environment: a copy of the clone, which may go then, or editable for its developers."""
    wanted = ["--editable", str(CLONE)] if editable else [str(CLONE)]
    content = fingerprint(CARRIED[:1] if editable else CARRIED, sys.version, *wanted)
    return Environment(prefix.venv, prefix.log, wanted, content)


def for_tests() -> Environment:
    """Describe the environment for tests: the clone, editable, with the development group of pyproject.toml."""
    import tomllib

    group = tomllib.loads((CLONE / "pyproject.toml").read_text())["dependency-groups"]["dev"]
    wanted = ["--editable", str(CLONE), *group]
    return Environment(CLONE / ".venv", CLONE / ".venv.log", wanted, fingerprint(CARRIED[:1], sys.version, *wanted))


def hand_over(program: Path, *words: str) -> NoReturn:
    """Become another program."""
    os.execv(program, [str(program), *words])  # noqa: S606 - no shell is what we want


def uninstall(prefix: Prefix, words: list[str]) -> None:
    """Take the pack out of all hosts, then remove links and environment."""
    program = prefix.bin / "batchpack"
    if program.exists() and not (prefix.bin / "python").exists():
        raise Trouble("the environment is broken", "run this again without --uninstall to mend it, then with it")
    if program.exists() and subprocess.call([program, "uninstall", *words]):
        raise Trouble("the pack was not taken out of its hosts", "do what the lines above say, then try again")
    say(f"Removed {prefix.data} and its links." if prefix.data.exists() else f"Nothing is set up in {prefix.data}.")
    prefix.remove()


def require_python() -> None:
    """Go on with a newer Python of PATH when this one is too old; raises Trouble where there is none."""
    if sys.version_info >= OLDEST:
        return
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    for path in filter(None, map(shutil.which, NEWER)):
        if subprocess.call([path, "-c", test], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            hand_over(Path(path), str(CLONE / "install.py"), *sys.argv[1:])
    here = "{}.{}".format(*sys.version_info)
    raise Trouble(f"Batchpack needs Python 3.11 or newer, and this is {here}", "install one, then try again with it")


def parse(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Split the words into ours and those for what comes next."""
    parser = argparse.ArgumentParser("install.py", allow_abbrev=False, description=DOES, epilog=OTHERS)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help="show a run in a throw-away project; installs in no host")
    what.add_argument("--test", action="store_true", help="run the tests of this clone with pytest")
    what.add_argument("--uninstall", action="store_true", help="take everything out again")
    parser.add_argument("--prefix", metavar="DIR", help="where to put environment and links (default: ~/.local)")
    parser.add_argument("--editable", action="store_true", help="run from this clone, for work on it")
    return parser.parse_known_args(words)


def run(words: list[str]) -> None:
    """Do what the words ask, and hand over."""
    require_python()
    mine, rest = parse(words)
    prefix = Prefix(mine.prefix)
    if mine.uninstall:
        uninstall(prefix, rest)
        return
    environment = for_tests() if mine.test else private(prefix, editable=mine.editable)
    environment.prepare()
    if mine.test:
        os.chdir(CLONE)
        hand_over(environment.python, "-m", "pytest", *(rest or ["-n", "auto", "--dist", "worksteal"]))
    if not mine.demo:
        prefix.link_all()
    hand_over(prefix.bin / "batchpack", "demo" if mine.demo else "install", *rest)


def main() -> int:
    """Run, and tell trouble in two lines: 0 fine, 1 what the reader can mend, 2 usage, 130 interrupt."""
    try:
        run(sys.argv[1:])
    except KeyboardInterrupt:
        print("\nInterrupted; run it again and it goes on.", file=sys.stderr)
        return 130
    except Trouble as trouble:
        message, hint = trouble.args
    except OSError as error:
        message = f"cannot write {error.filename}: {error.strerror}"
        hint = "make it writable, or name another place with --prefix DIR"
    else:
        return 0
    print(f"Error: {message}\n  {hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
