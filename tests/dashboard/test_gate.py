"""The gate: who has not the whole address, asks under a foreign name or wants to write gets nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from batchpack.dashboard.gate import HEADERS
from tests.support.dashboards import Served, served
from tests.support.project import Project


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a project without runs."""
    with served(Project(tmp_path_factory.mktemp("gate"))) as one:
        yield one


@pytest.mark.parametrize("wrong", ["", "x", "{cut}", "{more}", "{upper}", "%00{whole}", "%ff", "{whole}%00"])
def test_without_the_token_there_is_nothing(site: Served, wrong: str) -> None:
    """A token that is missing, cut, longer or of other letters is refused, and what was asked for stays unsaid."""
    token = site.base.strip("/")
    words = {"cut": token[:-1], "more": f"{token}x", "upper": token.swapcase(), "whole": token}

    answer = site.ask("GET", f"/{wrong.format(**words)}/runs/x/")

    assert 403 == answer.status
    assert "Take the whole address that `batchpack dashboard` printed.\n" == answer.text


@pytest.mark.parametrize("host", ["example.com", "example.com:80", "127.0.0.1.example.com", "", "0.0.0.0", "[::1]:80"])
def test_a_foreign_name_is_refused(site: Served, host: str) -> None:
    """A page of elsewhere that made its own name lead to this machine learns nothing, even with the token."""
    assert 421 == site.get(Host=host).status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:8123"])
def test_this_machine_by_its_names_is_answered(site: Served, host: str) -> None:
    """So is the other end of a tunnel, where the port is another."""
    assert 200 == site.get(Host=host).status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
def test_there_is_nothing_but_to_read(site: Served, method: str) -> None:
    """Every other method is refused, whatever the path."""
    answers = [site.ask(method, site.base), site.ask(method, f"{site.base}runs/x/")]

    assert [405, 405] == [answer.status for answer in answers]
    assert "GET, HEAD" == answers[0].headers["allow"]


def test_head_says_what_get_says_without_the_page(site: Served) -> None:
    """HEAD is answered with the same headers and no body."""
    answer = site.ask("HEAD", site.base)

    assert (200, "") == (answer.status, answer.text)
    assert site.get().headers["content-security-policy"] == answer.headers["content-security-policy"]


def test_no_answer_is_kept_or_framed(site: Served) -> None:
    """Pages, refusals and what is not there: all say that nobody may keep, frame or guess at them."""
    answers = [site.get(), site.get("runs/x/"), site.ask("GET", "/x/"), site.ask("POST", site.base), site.get(Host="x")]

    assert [200, 404, 403, 405, 421] == [answer.status for answer in answers]
    for answer in answers:
        assert HEADERS == {name: answer.headers[name.lower()] for name in HEADERS}
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert not {"server", "set-cookie", "access-control-allow-origin"} & set(answer.headers)


def test_the_address_without_its_last_stroke_leads_on(site: Served) -> None:
    """Who copied it without is sent to the page."""
    answer = site.ask("GET", site.base.rstrip("/"))

    assert (307, site.base) == (answer.status, answer.headers["location"])


def test_no_other_address_of_the_machine_is_listened_on(site: Served) -> None:
    """Even another name of this machine for itself is refused the connection."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", site.port), timeout=5)
