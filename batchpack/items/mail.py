"""Mail: mbox files and folders of mail, a message at a time."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson

from batchpack import rows
from batchpack.items import times
from batchpack.items.values import Found, Rejects

MESSAGE_LIMIT = 32_000_000
"""Bytes of a message with all that is attached to it."""
_BEGIN = b"From "


def mbox(stream: IO[bytes], name: str, rejects: Rejects) -> Iterator[Found]:
    """Yield the messages of an mbox file; lines that a writer quoted as `>From ` are as they were."""
    held: list[bytes] = []
    begun = size = 0
    blank = True
    for number, line in rows.lines(stream, lambda number, reason, _: rejects.put(f"{name}:{number}", reason)):
        if blank and line.startswith(_BEGIN):
            if begun:
                yield from _message(b"".join(held), size, f"{name}:{begun}", rejects)
            held, begun, size = [], number, 0
        elif not begun:
            if line.strip():
                rejects.put(f"{name}:{number}", "it is no mbox: it does not begin with a line `From …`")
                return
        else:
            size += len(line)
            if size <= MESSAGE_LIMIT:
                held.append(line[1:] if line.lstrip(b">").startswith(_BEGIN) else line)
        blank = not line.strip()
    if begun:
        yield from _message(b"".join(held), size, f"{name}:{begun}", rejects)


def folder(base: Path, word: str, rejects: Rejects) -> Iterator[Found]:
    """Yield the messages of a maildir (`cur` and `new`), or of the `.eml` files of a folder, in the order of names."""
    root = base / word
    maildir = [root / part for part in ("cur", "new") if (root / part).is_dir()]
    files = [path for part in maildir for path in part.iterdir()] if maildir else list(root.glob("*.eml"))
    for path in sorted(files, key=lambda path: (path.name, path.parent.name)):
        place = path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)
        if path.is_symlink() or not path.is_file():
            rejects.put(place, "it is no file of this folder")
            continue
        try:
            size = path.stat().st_size
            with path.open("rb") as stream:
                raw = stream.read(MESSAGE_LIMIT)
        except OSError as error:
            rejects.put(place, error.strerror or str(error))
            continue
        yield from _message(raw, size, place, rejects)


def _message(raw: bytes, size: int, place: str, rejects: Rejects) -> Iterator[Found]:
    """Yield what a message says, unless it is too large; hash and id are made of all its bytes."""
    if size > MESSAGE_LIMIT:
        rejects.put(place, f"the message has {size:,} bytes, and at most {MESSAGE_LIMIT:,} are read")
        return
    digest = sha256(raw).hexdigest()
    fields = {**read(raw), "sha256": digest}
    yield Found(orjson.dumps(fields), fields, place, f"mail-{digest[:16]}")


def read(raw: bytes) -> dict[str, Any]:
    """Return sender, receivers, subject, time, text and the names of what is attached; what is broken is left out."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return {
        "from": parseaddr(_header(message, "From"))[1].lower(),
        "to": _header(message, "To"),
        "subject": _header(message, "Subject"),
        "date": _date(_header(message, "Date")),
        "message_id": _header(message, "Message-ID"),
        "text": _text(message),
        "attached": _attached(message),
    }


def _header(message: EmailMessage, name: str) -> str:
    """Return a header as text; the parser of headers raises many kinds of errors at what senders invent."""
    try:
        return _whole(str(message.get(name, "")))
    except Exception:
        return _whole(next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), ""))


def _date(text: str) -> str | None:
    """Return the time of a message; None where nobody can read it, since a mailbox cannot be mended."""
    try:
        return times.parse(text) if text else None
    except ValueError:
        return None


def _text(message: EmailMessage) -> str:
    """Return what a message says: as plain text where it has it."""
    try:
        part = message.get_body(("plain", "html"))
        return "" if part is None else _whole(str(part.get_content()))
    except Exception:  # unknown character sets, parts that are cut off, and more
        payload = message.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _attached(message: EmailMessage) -> list[str]:
    """Return the names of what is attached."""
    try:
        return [_whole(part.get_filename() or part.get_content_type()) for part in message.iter_attachments()]
    except Exception:  # as above
        return []


def _whole(text: str) -> str:
    """Return a text without halves of surrogate pairs, which JSON does not take."""
    return text.encode("utf-8", "replace").decode()
