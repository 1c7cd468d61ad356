"""The desk: what is asked is asked patiently, a limit is waited out, and what waiting does not mend pauses the job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack import manager
from batchpack.messages.desk import PATIENCE, Desk, ForeignAccount, Paused, backoff, check_account
from batchpack.provider import Refused, Unknown
from tests.support.message_batches import Service
from tests.support.message_desks import desk_of


@pytest.fixture
def naps() -> list[float]:
    """Keep what was waited, instead of waiting."""
    return []


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, naps: list[float]) -> Desk:
    """Make a job of three shards whose service nobody asked yet."""
    return desk_of(tmp_path, monkeypatch, "http://127.0.0.1:9", naps)


def failing(*errors: Exception) -> Callable[[], str]:
    """Return something that fails so often, then answers."""
    left = list(errors)

    def ask() -> str:
        if left:
            raise left.pop(0)
        return "answer"

    return ask


def refused(status: int, said: str = "no", **more: object) -> Refused:
    """Make a refusal."""
    return Refused(status, "kind", said, **more)  # type: ignore[arg-type]


def test_a_limit_is_waited_out(desk: Desk, naps: list[float]) -> None:
    """429 waits as long as it says, else longer each time; what got no answer is asked again."""
    errors = [refused(429, retry_after=3.0), refused(429), refused(429), Unknown("lost")]

    assert "answer" == desk.ask(failing(*errors))  # type: ignore[arg-type]
    assert [3.0, backoff(1), backoff(2), backoff(3)] == naps


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (refused(401), "ANTHROPIC_API_KEY"),
        (refused(413), "--shard-size"),
        (refused(429, code="enforced_spend_limit_reached"), "spend limit"),
        (refused(400, "Your credit balance is too low"), "credit"),
        (refused(0, "no credentials"), "credentials"),
    ],
    ids=str,
)
def test_what_waiting_does_not_mend(desk: Desk, error: Refused, hint: str) -> None:
    """The job pauses at once, says what to do and how to go on, and the journal knows it."""
    with pytest.raises(Paused) as caught:
        desk.ask(failing(error))  # type: ignore[arg-type]

    assert hint in caught.value.hint
    assert f"batchpack messages resume {desk.job.id}" in caught.value.hint
    assert desk.job.state().paused


def test_patience_ends(desk: Desk, naps: list[float]) -> None:
    """A service that never answers, or is never reached, pauses the job instead of keeping it forever."""
    for error in (Unknown("lost"), Refused(0, "unreachable", "nobody")):
        with pytest.raises(Paused):
            desk.ask(failing(*[error] * 99))  # type: ignore[arg-type]
    assert len(naps) < 2 * PATIENCE


def test_the_credentials_must_be_the_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another address and another key are refused; another key of the same workspace may be allowed."""
    with Service() as service:
        job = desk_of(tmp_path, monkeypatch, service.url, []).job
        connect = manager.load().providers["anthropic"].connect
        check_account(job, connect(service.url))
        with pytest.raises(ForeignAccount, match="the address is"):
            check_account(job, connect("http://127.0.0.1:9"))
        monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
        with pytest.raises(ForeignAccount, match="another key") as caught:
            check_account(job, connect(service.url))
        check_account(job, connect(service.url), same_workspace=True)

    assert "--same-workspace" in caught.value.hint
