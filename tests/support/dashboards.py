"""A dashboard served by the real command, to be asked for its pages."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.support.project import Project


@dataclass(frozen=True)
class Answer:
    """What the server answered; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Served:
    """A dashboard at an address, and the process that serves it."""

    address: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        """Return the port."""
        return urlsplit(self.address).port or 0

    @property
    def base(self) -> str:
        """Return the path that begins with the token."""
        return "/" + urlsplit(self.address).path.split("/")[1] + "/"

    def get(self, path: str = "", **headers: str) -> Answer:
        """Ask for what stands below the token."""
        return self.ask("GET", self.base + path, headers)

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for any path, as it is given."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            said = connection.getresponse()
            names = {name.lower(): value for name, value in said.getheaders()}
            return Answer(said.status, names, said.read().decode())
        finally:
            connection.close()


@contextmanager
def served(project: Project, *words: str, env: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Serve a project's dashboard for as long as the block lasts; it must end by Ctrl-C, and without a word."""
    argv = [sys.executable, "-m", "batchpack", "dashboard", "--json", *words]
    with subprocess.Popen(
        argv,
        cwd=project.folder,
        env=project.environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        try:
            yield Served(json.loads(line)["address"], process)
        finally:
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=20)
    assert (0, ("", "")) == (process.returncode, said)
