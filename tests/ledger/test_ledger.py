"""The ledger as its callers have it: facts taken once, whatever is told how often in which order."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack import ledger, prices
from batchpack.collector import Complaint, Mark, Portion, Session, Source, Used
from batchpack.ledger import KEYS, Key, Ledger, Row, Where
from batchpack.prices import Usage
from tests.support.ledgers import HAIKU, ONE, OPUS, QUARTER, T, counts, put, used

TOKENS = ("input", "output", "cache_read", "write_5m", "write_1h", "web_searches")
SESSIONS = (
    Session("toy", "s1", agent="a", project="/p", run="r", task="t", attempt=1),
    Session("toy", "s1", "part", agent="b", project="/p/x"),
    Session("toy", "s2", project="/q"),
    Session("other", "s1"),
)


def test_every_key_can_be_asked_for(book: Ledger) -> None:
    """Each key names its value, alone and all of them together, a time and a model that are not known among them."""
    put(book, used(session=SESSIONS[0], input=3), used("k2", SESSIONS[3], at=0, model="", input=4))

    assert KEYS == get_args(Key)
    assert {
        ("toy", "s1", "", "a", OPUS, "2023-11-14", "/p", "r", "t", "1", "no"): (1, 3, 0),
        ("other", "s1", "", "", "", "", "", "", "", "", "no"): (1, 4, 0),
    } == counts(book.totals(KEYS))
    assert {("toy",): (1, 3, 0), ("other",): (1, 4, 0)} == counts(book.totals(["host"]))


def test_a_portion_is_taken_from_where_its_source_was_read_to(book: Ledger) -> None:
    """Who comes late with a portion is told so, and nothing of it is stored."""
    source = Source("f", "1")

    assert book.take("toy", source, Portion((used(input=1),), {"at": 1}), None)
    assert not book.take("toy", source, Portion((used("k2", input=1), Complaint("c")), {"at": 2}), None)
    assert ("1", {"at": 1}) == book.cursor("toy", "f")
    assert (None, None) == (book.cursor("toy", "g"), book.cursor("else", "f"))
    assert ({(): (1, 1, 0)}, []) == (counts(book.totals()), book.complaints())


def test_a_source_is_due_until_its_last_portion(book: Ledger) -> None:
    """The stamp is kept with the last portion only, so that what was killed between two goes on."""
    source = Source("f", "1")
    book.take("toy", source, Portion((), {"at": 1}), None, done=False)

    assert ("", {"at": 1}) == book.cursor("toy", "f")
    assert book.take("toy", source, Portion((), {"at": 2}), {"at": 1})
    assert {"f": ("1", {"at": 2})} == book.sources("toy")


_WHERE = {f"k{number}": SESSIONS[number % 4] for number in range(6)}
_USED = st.builds(
    lambda key, at, tokens, batch, dollars: used(
        key, _WHERE[key], at=T + at, model=HAIKU, batch=batch, dollars=dollars, **dict(zip(TOKENS, tokens, strict=True))
    ),
    st.sampled_from(sorted(_WHERE)),
    st.sampled_from([-1.0, 0.0, 5.0, QUARTER, 100_000.0]),
    st.tuples(*[st.sampled_from([0, 1, 70_000, 200_000])] * 5, st.sampled_from([0, 2])),
    st.booleans(),
    st.sampled_from([None, 0.1, 0.25]),
)


def expected(facts: list[Used]) -> tuple[int, Usage, Decimal, Decimal]:
    """Add requests up without a ledger: of each count of a key the highest, each request priced alone."""
    best: dict[tuple[str, str], Used] = {}
    for one in facts:
        name = (one.session.host, one.key)
        best[name] = _higher(best.get(name, one), one)
    usage = {name: tokens(one) for name, one in best.items()}
    sums = Usage(**{name: sum(getattr(one, name) for one in usage.values()) for name in TOKENS})
    costs = (prices.cost(HAIKU, usage[name], prices.shipped(), batch=one.batch) for name, one in best.items())
    said = (Decimal(str(one.dollars)) for one in best.values() if one.dollars is not None)
    return len(best), sums, sum((cost.dollars for cost in costs if cost), Decimal(0)), sum(said, Decimal(0))


def _higher(one: Used, other: Used) -> Used:
    """Return the higher counts of two tellings."""
    dollars = max((value for value in (one.dollars, other.dollars) if value is not None), default=None)
    counts = {name: max(getattr(one, name), getattr(other, name)) for name in TOKENS}
    return one._replace(**counts, batch=one.batch or other.batch, dollars=dollars)


def tokens(of: Used | Row) -> Usage:
    """Return the tokens of a request or of some."""
    return Usage(**{name: getattr(of, name) for name in TOKENS})


@settings(max_examples=60, deadline=None)
@given(facts=st.lists(_USED, max_size=20), cuts=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(facts: list[Used], cuts: random.Random) -> None:
    """Requests told in any order, any number of times, in any portions, come to the sums of their highest counts."""
    found = []
    for told in (facts, [*facts, *facts]):
        cuts.shuffle(told)
        with ledger.open(Path("/nowhere/metrics.sqlite"), readonly=True) as book:
            for at in range(0, len(told), 5):
                put(book, *told[at : at + 5])
            found.append([book.totals(KEYS), book.totals(["day", "host"], Where(T, T + 6)), book.totals()])

    assert found[0] == found[1]
    requests, sums, dollars, said = expected(facts)
    for row in found[0][2]:
        assert (requests, sums, dollars) == (row.requests, tokens(row), row.dollars)
        assert said == (row.said_dollars or 0)


@settings(max_examples=60, deadline=None)
@given(facts=st.lists(_USED, max_size=20), since=st.sampled_from([-1, 0, 3, QUARTER]), span=st.integers(0, 2000))
def test_a_span_counts_what_lies_in_it(facts: list[Used], since: float, span: int) -> None:
    """A span that begins and ends anywhere counts each request whose earliest time lies in it, and no other."""
    where = Where(T + since, T + since + span)
    with ledger.open(Path("/nowhere/metrics.sqlite"), readonly=True) as book:
        put(book, *facts)
        found = counts(book.totals((), where))
    begun: dict[tuple[str, str], float] = {}
    for one in facts:
        name = (one.session.host, one.key)
        begun[name] = min(one.at, begun.get(name, one.at))
    inside = sum(where[0] <= at < where[1] for at in begun.values() if where[0] is not None and where[1] is not None)

    assert inside == sum(requests for requests, _, _ in found.values())


def test_nothing_of_a_prompt_is_kept(book: Ledger, tmp_path: Path) -> None:
    """Whatever field a host's text stands in, what is longer than a name is cut, and no control character stays."""
    secret = "hunter2-" * 40
    session = Session._make([*[f"{'x' * 200}{secret}"] * 9, 1])
    put(
        book,
        Used(session, secret, T, f"{'m' * 200}{secret}", geography=f"{'g' * 200}{secret}"),
        Used(session, f"{secret} prompt", T, OPUS, input=-1),
        Mark(session, f"{'e' * 200}{secret}", T),
        Complaint(f"{'r' * 200}{secret}", f"{'w' * 200}{secret}"),
        Mark(Session("toy", "a\nb\x1b[0m\ud800"), "e\0", T),
    )

    for file in tmp_path.iterdir():
        assert b"hunter2" not in file.read_bytes(), file
    assert ["a?b?[0m?"] == [mark.session.id for mark in book.marks(Where(host="toy"))]


def test_facts_that_make_no_sense_are_told_once_and_passed_over(book: Ledger) -> None:
    """Absurd counts, names that are none and types that are wrong are complaints; what stands beside them is taken."""
    odd: list[object] = [-1, 1.5, "7", None, True, 10**13]
    wrong = [used(f"k{at}", input=value) for at, value in enumerate(odd)]
    put(book, *wrong, used("", input=1), used("n", Session("", "s")), used("z", requests=0), used("good", input=2))
    put(book, *wrong, used("u", Session("toy", ["x"]), model={"a": 1}, input=2))  # type: ignore[arg-type]

    assert {(): (2, 4, 0)} == counts(book.totals())
    assert [
        ("a request with a count that cannot be was passed over", "k0", 12),
        ("a request without a name was passed over", "", 1),
        ("facts that name no host were passed over", "", 1),
        ("a request that counts as none was passed over", "z", 1),
    ] == [(told.complaint.reason, told.complaint.where, told.times) for told in book.complaints()]


def test_times_and_costs_that_cannot_be_are_unknown(book: Ledger) -> None:
    """A request keeps its tokens where its time or cost makes no sense; both are told."""
    times = [0, -5, 1e18, float("nan"), "x"]
    put(book, *(used(f"k{at}", at=value, input=1) for at, value in enumerate(times)))  # type: ignore[arg-type]
    put(book, used("c", input=1, dollars=-1), used("d", input=1, dollars=float("inf")), used("e", input=1, dollars=0.5))

    assert {("",): (5, 5, 0), ("2023-11-14",): (3, 3, 0)} == counts(book.totals(["day"]))
    assert [(1, Decimal("0.5"))] == [(row.said_requests, row.said_dollars) for row in book.totals()]
    assert 2 == len(book.complaints())


def test_two_hosts_may_use_one_session_id(book: Ledger) -> None:
    """Sessions and requests are known within their host."""
    put(book, used(input=1), used(session=ONE._replace(host="other"), input=2))

    assert {("toy", "s1"): (1, 1, 0), ("other", "s1"): (1, 2, 0)} == counts(book.totals(["host", "session"]))


def test_a_cursor_may_hold_what_json_can(book: Ledger) -> None:
    """Order of keys and letters beyond ASCII make no difference."""
    book.take("toy", Source("f\udcff", "1\udcff"), Portion((), {"b": "ü\udcff", "a": [1, None]}), None)

    assert book.take("toy", Source("f\udcff", "2"), Portion((), {}), json.loads('{"a": [1, null], "b": "ü\\udcff"}'))
