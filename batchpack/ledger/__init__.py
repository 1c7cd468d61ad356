"""What models were used for, by every host and service of one user: facts that are appended once, and their sums."""

from batchpack.ledger.checking import storable
from batchpack.ledger.ledger import Ledger
from batchpack.ledger.opening import open, place  # noqa: A004 - `ledger.open`, as gzip, shelve and dbm have it
from batchpack.ledger.values import (
    ATTEMPT,
    EVERYTHING,
    KEYS,
    Key,
    Pruned,
    Row,
    SessionRow,
    Taken,
    Taking,
    Told,
    Where,
)

__all__ = [
    "ATTEMPT", "EVERYTHING", "KEYS", "Key", "Ledger", "Pruned", "Row", "SessionRow", "Taken", "Taking", "Told",
    "Where", "open", "place", "storable",
]  # fmt: skip
