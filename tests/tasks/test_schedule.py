"""Splits into safe batches: never unsafe, and for few tasks the fewest that brute force can find."""

from __future__ import annotations

import time
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.tasks.claims import claims_of
from batchpack.tasks.schedule import EXACT_LIMIT, Item, clash, split

FILES = ("a.ts", "b.ts", "c.ts", "lib/", "lib/x.ts", "*.ts", "package.json", "yarn.lock")


@st.composite
def plans(draw: st.DrawFn, largest: int) -> list[Item]:
    """Draw tasks that depend on earlier ones only."""
    items: list[Item] = []
    for number in range(draw(st.integers(0, largest))):
        earlier = [item.seq for item in items]
        needs = draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True)) if earlier else []
        files = draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=2))
        items.append(Item(f"{number:02d}", tuple(needs), claims_of(files) or (), alone=draw(st.integers(0, 5)) == 0))
    return items


def check_split(items: list[Item], batches: tuple[tuple[str, ...], ...]) -> None:
    """Assert that each item stands once, after what it needs, beside nothing that it clashes with."""
    by_seq = {item.seq: item for item in items}
    number = {seq: place for place, batch in enumerate(batches) for seq in batch}
    assert sorted(by_seq) == sorted(seq for batch in batches for seq in batch)
    assert all(number[need] < number[item.seq] for item in items for need in item.needs)
    assert all(not clash(by_seq[one], by_seq[two]) for batch in batches for one, two in combinations(batch, 2))
    assert all(batches)


def fewest(items: list[Item]) -> int:
    """Find the least number of batches by trying every way to number the items."""
    pairs = [(i, j) for i, j in combinations(range(len(items)), 2) if clash(items[i], items[j])]
    needs = [(i, j) for i, item in enumerate(items) for j, other in enumerate(items) if other.seq in item.needs]
    for count in range(len(items) + 1):
        for numbers in product(range(count), repeat=len(items)):
            if all(numbers[i] != numbers[j] for i, j in pairs) and all(numbers[j] < numbers[i] for i, j in needs):
                return count
    raise AssertionError("one batch an item is always possible")


@settings(max_examples=150, deadline=None)
@given(plans(5))
def test_fewest_by_brute_force(items: list[Item]) -> None:
    """With few tasks the split is safe and has as few batches as brute force finds."""
    found = split(items)
    check_split(items, found.batches)
    assert (fewest(items), True, ()) == (len(found.batches), found.fewest, found.unplaced)


@settings(max_examples=150, deadline=None)
@given(plans(12))
def test_quick_split_is_safe(items: list[Item]) -> None:
    """The quick way is safe too, never better than the exact one, and does not claim to be the best."""
    quick, exact = split(items, exact_limit=-1), split(items)
    check_split(items, quick.batches)
    check_split(items, exact.batches)
    assert len(exact.batches) <= len(quick.batches)
    assert (False, True) == (quick.fewest, exact.fewest)


def test_what_cannot_be_placed() -> None:
    """Tasks in a circle, behind one or behind what does not exist are left out and named."""
    items = [Item("01", ("02",)), Item("02", ("01",)), Item("03", ("99",)), Item("04", ("03",)), Item("05")]
    found = split(items)
    assert ((("05",),), {"01", "02", "03", "04"}) == (found.batches, set(found.unplaced))


def test_the_exact_limit_is_quick() -> None:
    """The hardest plans of the exact kind, with many ways to go, take at most moments."""
    begun = time.perf_counter()
    for step in (1, 2, 3, 5):
        items = [
            Item(f"{n:02d}", (), claims_of([f"f{n * step % 4}.ts", f"g{n % 3}.ts"]) or ()) for n in range(EXACT_LIMIT)
        ]
        check_split(items, split(items).batches)
    free = [Item(f"{n:02d}", (), claims_of([f"f{n}.ts"]) or ()) for n in range(EXACT_LIMIT)]
    assert len(split(free).batches) == 1
    assert time.perf_counter() - begun < 5


def test_ten_thousand() -> None:
    """Ten thousand tasks are split in seconds, whether they are free, in chains, alone, or all on one file."""
    begun = time.perf_counter()
    many = range(10_000)
    free = [Item(str(n), (), claims_of([f"src/m{n // 10}/f{n}.ts"]) or ()) for n in many]
    chains = [Item(str(n), (str(n - 1),) if n % 100 else (), claims_of([f"src/f{n}.ts"]) or ()) for n in many]
    one_file = [Item(str(n), (), claims_of(["README.md"]) or ()) for n in many]
    alone = [Item(str(n), (), (), alone=n % 2 == 0) for n in many]
    assert [1, 100, 10_000, 5_001] == [len(split(items).batches) for items in (free, chains, one_file, alone)]
    assert time.perf_counter() - begun < 30
