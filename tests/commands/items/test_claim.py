"""`batchpack items claim`."""

from __future__ import annotations

from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.item_batches import make_batch
from tests.support.item_desks import ItemDesk
from tests.support.project import Project


def test_a_claim_tells_what_to_run_next(desk: ItemDesk) -> None:
    """The answer holds the task's text and the next commands, which name batch and token and work as they stand."""
    told = desk.items("claim").assert_ok().out

    assert "a is yours until" in told
    assert "\nNovember\nSort them.\n" in told
    assert "    batchpack items heartbeat a --token 1 --batch mails" in told.splitlines()
    assert "    batchpack items complete a --token 1 --evidence '…' --batch mails" in told.splitlines()


def test_a_worker_is_named_by_option_variable_or_machine(desk: ItemDesk) -> None:
    """A worker's name is the option's, else the variable's, else user@machine; a hostile one is refused."""
    named = [desk.items("claim", "--json").json(), desk.items("claim", "--worker", "w9", "--json").json()]

    assert ["w1", "w9"] == [facts["task"]["assignee"] for facts in named]
    desk.items("claim", "--worker", "../w").assert_failed("cannot be the name of a worker", code=2)
    desk.project.run("items", "release", "a", "--token", "1").assert_ok()
    assert "@" in desk.project.run("items", "claim", "--json").json()["task"]["assignee"]


def test_nothing_to_claim_is_no_error_and_says_why(desk: ItemDesk) -> None:
    """While others hold what is left, the time of the next chance is told; once all is ended, how."""
    for task in ("a", "b"):
        desk.claim(task, lease=100)
    held = desk.items("claim").assert_ok().out
    for task in ("a", "b"):
        desk.items("complete", task, "--token", "1", "--evidence", "x").assert_ok()

    assert "Nothing to claim now: 2 held by workers. Ask again in" in held
    assert "Nothing is left to claim: 2 done.\n" == desk.items("claim").assert_ok().out
    facts = desk.items("claim", "--json").json()
    assert (None, False, 2) == (facts["task"], facts["left"], facts["counts"]["done"])


def test_waiting_gets_what_a_dead_worker_held(desk: ItemDesk) -> None:
    """With --wait a claim stays until a lease ends, and gets the task."""
    desk.claim("b")
    desk.claim("a", worker="gone", lease=1)

    assert "a is yours until" in desk.items("claim", "--wait", "20").assert_ok().out


def test_a_held_task_is_refused_in_words(desk: ItemDesk) -> None:
    """Claiming what another has names its holder; an unknown batch and task are told."""
    desk.claim("a", worker="other")
    desk.items("claim", "a").assert_failed("a is held by other")
    desk.items("claim", "zzz").assert_failed("there is no task 'zzz'")
    desk.items("claim", "--batch", "nope").assert_failed("there is no batch of items 'nope'", "there are: mails")


def test_a_claim_tells_how_to_see_its_items(desk: ItemDesk) -> None:
    """A task about a chunk or an item is followed by the command that shows what nobody judged yet."""
    with SqliteQueue(desk.path) as queue:
        queue.add([Draft("chunk-07", "chunk", chunk=7), Draft("mail-1", "item", item="mail-1")])

    assert (
        "    batchpack items list --chunk 7 --left --batch mails\n" in desk.items("claim", "chunk-07").assert_ok().out
    )
    assert "    batchpack items show mail-1 --batch mails\n" in desk.items("claim", "mail-1").assert_ok().out


def test_a_worker_is_told_to_record(project: Project) -> None:
    """A task about a chunk ends with records, so how to write them is among what comes next."""
    told = make_batch(project).items("claim").assert_ok().out

    assert "    batchpack items record chunk-01 --token 1 ITEM --category … --batch mails" in told.splitlines()


def test_without_tasks_the_way_to_them_is_told(project: Project) -> None:
    """A batch that was not cut has nothing to claim, and the next command is named."""
    project.run("items", "add", "-", "--name", "k", stdin='{"id": "a"}\n').assert_ok()

    assert "    batchpack items chunk --by " in project.run("items", "claim").assert_ok().out
