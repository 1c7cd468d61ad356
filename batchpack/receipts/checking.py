"""What verifying a book finds: lines changed, removed, added or torn, and acts whose end nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.errors import BrokenFile
from batchpack.receipts.values import START, NotAsWritten, Receipt, Torn, parse

FAULTS_TOLD = 20


@dataclass(slots=True)
class Report:
    """What a reading of the whole book found; `faults` are sentences with line numbers, the first ones only.

    `open` counts the acts whose end nobody wrote; `torn` are the numbers of lines that a crash cut off: nobody was told
    that they were written.
    """

    receipts: int = 0
    open: int = 0
    head: str = START
    torn: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    faulty: int = 0

    @property
    def is_whole(self) -> bool:
        """Tell whether the chain holds."""
        return not self.faulty

    def fault(self, sentence: str) -> None:
        """Note a fault."""
        self.faulty += 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(sentence)


def read(path: Path, report: Report) -> Iterator[Receipt]:
    """Read the receipts whose lines are as they were written, and note all else; a missing file is an empty book.

    The line that stands after a torn one must follow on the one before it, so that nothing hides as torn.
    """
    expected, seq, number = START, 0, 0
    for number, text in _numbered(path):
        try:
            receipt = parse(text.rstrip(b"\n"), number)
        except Torn:
            report.torn.append(number)
            continue
        except NotAsWritten as error:
            report.fault(f"line {number}: {error}")
            expected = ""
            continue
        if expected and (receipt.previous, receipt.seq) != (expected, seq + 1):
            report.fault(f"line {number}: it does not follow on receipt {seq}: receipts were removed or put in here")
        expected, seq = receipt.hash, receipt.seq
        report.receipts, report.head = report.receipts + 1, receipt.hash
        yield receipt


def _numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    """Read a file's lines that are not empty, with their numbers from 1."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    with stream:
        yield from ((number, text) for number, text in enumerate(stream, 1) if text.strip())


def check(path: Path) -> Report:
    """Verify a whole book: every line, the chain between them, and that each act begins once and ends at most once."""
    report, ended = Report(), dict[str, bool]()
    for receipt in read(path, report):
        is_before = receipt.draft.phase == "before"
        if is_before and receipt.act in ended:
            report.fault(f"line {receipt.line}: act {receipt.act} begins a second time")
        elif not is_before and ended.get(receipt.act, True):
            report.fault(f"line {receipt.line}: act {receipt.act} ends, but had not begun or had ended already")
        ended[receipt.act] = not is_before
    report.open = sum(not over for over in ended.values())
    return report
