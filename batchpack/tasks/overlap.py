"""Whether two tasks may write the same file: equal paths, globs against globs, folders that hold files, lock files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from batchpack.tasks.claims import ANYWHERE, Claim, Lock, is_wild, locks_of

ANY_DEPTH = "**"

_STAR, _ANY = "star", "any"
_Token = str | frozenset[str]


def overlap(one: Claim, other: Claim) -> bool:
    """Tell whether a path of one claim can be a path of the other, lie below it or hold it.

    A claim that is a file holds nothing, unless the other spells it out as a folder.
    """
    if _spells_out(one, other) or _spells_out(other, one):
        return True
    seen: set[tuple[int, int]] = set()
    stack = [(0, 0)]
    while stack:
        at = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        mine, theirs = one.segments[at[0] :], other.segments[at[1] :]
        if (not mine or not theirs) and (_ends(one, mine, theirs) or _ends(other, theirs, mine)):
            return True
        stack.extend((at[0] + mine_on, at[1] + theirs_on) for mine_on, theirs_on in _steps(mine, theirs))
    return False


def _spells_out(one: Claim, other: Claim) -> bool:
    """Tell whether the other's path begins with all of this one's."""
    return not any(map(is_wild, one.segments)) and other.segments[: len(one.segments)] == one.segments


def _ends(claim: Claim, rest: Sequence[str], others_rest: Sequence[str]) -> bool:
    """Tell whether a claim can end here with the other at the same path or below it."""
    if any(segment != ANY_DEPTH for segment in rest):
        return False
    return not claim.is_file or all(segment == ANY_DEPTH for segment in others_rest)


def _steps(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Return by how many segments both can go on together."""
    if mine and mine[0] == ANY_DEPTH:
        yield 1, 0
        if theirs:
            yield 0, 1
    if theirs and theirs[0] == ANY_DEPTH:
        yield 0, 1
        if mine:
            yield 1, 0
    if mine and theirs and ANY_DEPTH not in {mine[0], theirs[0]} and _segments_meet(mine[0], theirs[0]):
        yield 1, 1


@lru_cache(maxsize=4096)
def _segments_meet(one: str, other: str) -> bool:
    """Tell whether a name can match two segments; brackets are tried as a set of letters and as plain letters."""
    if not is_wild(one) and not is_wild(other):
        return one == other
    return any(_tokens_meet(mine, theirs) for mine in _readings(one) for theirs in _readings(other))


def _readings(segment: str) -> list[tuple[_Token, ...]]:
    """Return the ways to read a segment: `[id]` is a set for a shell and a name for many web frameworks."""
    readings = [_tokens(segment, sets=False)]
    if "[" in segment:
        readings.append(_tokens(segment, sets=True))
    return readings


def _tokens(segment: str, *, sets: bool) -> tuple[_Token, ...]:
    """Split a segment into letters, `?`, `*` and sets; a negated set or one with a range counts as any letter."""
    tokens: list[_Token] = []
    place = 0
    while place < len(segment):
        letter = segment[place]
        end = segment.find("]", place + 2) if sets and letter == "[" else -1
        if end > 0:
            inner = segment[place + 1 : end]
            tokens.append(_ANY if inner[0] in "!^" or "-" in inner else frozenset(inner))
            place = end
        else:
            tokens.append({"*": _STAR, "?": _ANY}.get(letter, letter))
        place += 1
    return tuple(tokens)


def _tokens_meet(one: Sequence[_Token], other: Sequence[_Token]) -> bool:
    """Tell whether some name matches both, by going through both at the same time."""
    seen: set[tuple[int, int]] = set()
    stack = [(0, 0)]
    while stack:
        at = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        if at == (len(one), len(other)):
            return True
        stack.extend(_next(one, other, *at))
    return False


def _next(one: Sequence[_Token], other: Sequence[_Token], mine: int, theirs: int) -> Iterator[tuple[int, int]]:
    """Return the places to go on to from a place in each."""
    my = one[mine] if mine < len(one) else None
    their = other[theirs] if theirs < len(other) else None
    if my is _STAR or their is _STAR:
        if my is not None:
            yield mine + 1, theirs
        if their is not None:
            yield mine, theirs + 1
    elif my is not None and their is not None and _same_letter(my, their):
        yield mine + 1, theirs + 1


def _same_letter(my: _Token, their: _Token) -> bool:
    """Tell whether one letter matches two tokens that are no star."""
    if my is _ANY or their is _ANY:
        return True
    return bool(frozenset(my) & frozenset(their))


def locks_clash(one: Lock, other: Lock) -> bool:
    """Tell whether two lock files may be one and the same."""
    return one[0] == other[0] and (one[1] == other[1] or ANYWHERE in {one[1], other[1]})


def clashes(mine: Sequence[Claim], theirs: Sequence[Claim]) -> list[str]:
    """Say each way in which two tasks may write the same file."""
    found = [_say(one, other) for one in mine for other in theirs if overlap(one, other)]
    my_locks, their_locks = locks_of(mine), locks_of(theirs)
    for lock, text in my_locks.items():
        for other_lock, other_text in their_locks.items():
            if locks_clash(lock, other_lock) and text != other_text:
                found.append(f"{text} and {other_text} may rewrite the same {lock[0]} lock file")
    return list(dict.fromkeys(found))


def _say(one: Claim, other: Claim) -> str:
    """Say how two claims overlap."""
    if one.text == other.text:
        return f"both write {one.text}"
    if one.generated and other.generated and one.segments == other.segments:
        return f"{one.text} and {other.text} lie in the generated folder {'/'.join(one.segments)}"
    if one.segments == other.segments:
        return f"{one.text} and {other.text} are the same path"
    return f"{one.text} and {other.text} overlap"
