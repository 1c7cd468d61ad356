"""Mail: every message of an mbox or a folder, whatever senders invent."""

from __future__ import annotations

import email.message
import io
import mailbox
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.items import mail
from batchpack.items.values import Found, Rejects


def message(number: int, text: str = "Hello", **headers: str) -> email.message.EmailMessage:
    """Return a message."""
    made = email.message.EmailMessage()
    given = {"From": f"Anna <A{number}@Example.com>", "Subject": f"s{number}", "Message-ID": f"<{number}@x>"}
    for name, value in {**given, "Date": "Mon, 03 Nov 2025 10:00:00 +0100", **headers}.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def test_an_mbox_as_the_standard_library_writes_it(tmp_path: Path) -> None:
    """Each message comes once, with sender, time, subject and text; quoted lines are as they were."""
    box = mailbox.mbox(tmp_path / "m.mbox")
    texts = ["one\n\nFrom here on\n", "two", "Grüße\n"]
    for number, text in enumerate(texts):
        box.add(message(number, text))
    box.close()
    with (tmp_path / "m.mbox").open("rb") as stream:
        found = list(mail.mbox(stream, "m.mbox", Rejects()))

    assert ["a0@example.com", "a1@example.com", "a2@example.com"] == [one.fields["from"] for one in found]
    assert [text.rstrip() for text in texts] == [one.fields["text"].rstrip() for one in found]
    assert {"2025-11-03T09:00:00Z"} == {one.fields["date"] for one in found}
    assert (3, "m.mbox:1") == (len({one.id for one in found}), found[0].place)


def test_a_maildir(tmp_path: Path) -> None:
    """The messages of `cur` and `new` come in the order of their names; links are not followed."""
    box = mailbox.Maildir(tmp_path / "box")
    for number in range(3):
        box.add(message(number))
    box.close()
    (tmp_path / "secret").write_text("From: x@y\n\nsecret")
    (tmp_path / "box/new/0link").symlink_to(tmp_path / "secret")
    rejects = Rejects(keep_going=True)
    found = list(mail.folder(tmp_path, "box", rejects))

    assert ({"s0", "s1", "s2"}, sorted(one.place for one in found)) == (
        {one.fields["subject"] for one in found}, [one.place for one in found]
    )  # fmt: skip
    assert ["box/new/0link"] == [place for place, _ in rejects.rows]


def test_eml_files_with_attachments(tmp_path: Path) -> None:
    """Of a folder of single messages text and names of attachments are read."""
    made = message(1)
    made.add_attachment(b"x" * 100, maintype="application", subtype="pdf", filename="bill.pdf")
    (tmp_path / "a.eml").write_bytes(made.as_bytes())
    found = list(mail.folder(tmp_path, ".", Rejects()))

    assert [("Hello", ["bill.pdf"])] == [(one.fields["text"].strip(), one.fields["attached"]) for one in found]


BROKEN = {
    "no headers": b"just text",
    "unknown character set": b"From: a@b\nContent-Type: text/plain; charset=nope\n\nhi \xff",
    "bad date": b"From: a@b\nDate: soon\n\nhi",
    "bad address": b"From: =?utf-8?B?!!!?= <<>>,;\nSubject: =?x?y\n\nhi",
    "cut off": b"Content-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/plain\n\nhi",
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_messages(what: str) -> None:
    """A message that is broken is read as far as it can be, and its time is unknown rather than wrong."""
    fields = mail.read(BROKEN[what])

    assert fields["date"] is None
    assert all(isinstance(fields[name], str) for name in ("from", "subject", "text"))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_it(raw: bytes) -> None:
    """Whatever an mbox holds, its messages come or are told."""
    rejects = Rejects(keep_going=True)
    found: list[Found] = list(mail.mbox(io.BytesIO(b"From x\n" + raw), "m", rejects))

    assert len(found) + len(rejects.rows) >= 1


def test_what_is_no_mbox() -> None:
    """A file of another kind is told, not taken for a message."""
    rejects = Rejects(keep_going=True)

    assert [] == list(mail.mbox(io.BytesIO(b"id,text\n"), "m", rejects))
    assert [("m:1", "it is no mbox: it does not begin with a line `From …`")] == rejects.rows


def test_a_message_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message over the limit is told, and those around it come."""
    monkeypatch.setattr(mail, "MESSAGE_LIMIT", 100)
    text = (
        b"From a\nSubject: 1\n\none\n\nFrom b\nSubject: 2\n\n"
        + b"x" * 50
        + b"\n"
        + b"y" * 60
        + b"\n\nFrom c\n\nthree\n"
    )
    rejects = Rejects(keep_going=True)
    found = list(mail.mbox(io.BytesIO(text), "m", rejects))

    assert (["one", "three"], ["m:6"]) == (
        [one.fields["text"].strip() for one in found], [place for place, _ in rejects.rows]
    )  # fmt: skip
