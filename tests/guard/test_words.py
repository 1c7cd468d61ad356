"""Whatever command is accepted, real shells read it as the guard does, and run nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from batchpack.guard.refusal import Refused
from batchpack.guard.words import INSTEAD, KEYWORDS, parse

SHELLS = [name for name in ("bash", "dash", "zsh", "busybox") if shutil.which(name)]
"""Without ksh93, which runs for ever on a letter beyond ASCII in a here-document."""
SIGNS = "ab1_./:,@%+=- \t\n\r'\"\\$`;&|<>(){}*?[]~#!^é…\u00a0\u2028\x00\x01\x7f"
PIECES = [
    *SIGNS, "$(touch ran)", "`touch ran`", "; touch ran", "\ntouch ran", "<<'E'\n", ' <<"E"\n', "\nE", "E\n", "EOF",
    "${x}", "$'\\n'", "a=b", " =ls", "~/x", "{a,b}", "'a b'", '"c d"', "''", '""', "--x=y", "\\\n", "# c", "!!", "if",
    "time ", "2>&1", "x&", "$x", "é", "'\n'", " E", "%1", "-", "@(a)", "\r\n", "!(a)", "+(b)", "a'b'c", "<(x)", "=(x)",
    "^a^b", "\\'", "'\\''",
]  # fmt: skip
LOST = re.compile(r"^E(?=[^\x00-\x7f])", re.MULTILINE)
"""Where dash 0.5.12 loses a byte: a letter beyond ASCII behind the beginning of the word that ends the text."""
COMMANDS = st.lists(st.sampled_from(PIECES), max_size=12).map(lambda parts: "show " + "".join(parts))
TEXTS = st.lists(
    st.sampled_from(["\n", "E", "a", "$(touch ran)", "`touch ran`", "'", '"', "\\", " ", "\t", "<<'F'\n", "é"])
)


class Shells:
    """Real shells in which `show` says its words, one per NUL, and its standard input."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.bin = base / "bin"
        self.bin.mkdir()
        self.folder = base / "folder"
        self.folder.mkdir()
        script = self.bin / "show"
        script.write_text('#!/bin/sh\nprintf \'%s\\0\' show "$@" > "$SAID"\n[ -t 0 ] || cat > "$TEXT"\n')
        script.chmod(0o755)

    def read(self, shell: str, command: str) -> tuple[list[str], str]:
        """Run a command and return the words and the text that `show` got; anything else in the folder is a failure."""
        said, text = self.base / "said", self.base / "text"
        said.unlink(missing_ok=True)
        env = {"PATH": f"{self.bin}:/usr/bin:/bin", "SAID": str(said), "TEXT": str(text), "LC_ALL": "C.UTF-8"}
        words = ["busybox", "sh"] if shell == "busybox" else [shell]
        argv = [*words, "-c", command]
        done = subprocess.run(
            argv, cwd=self.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=30
        )
        assert b"" == done.stdout + done.stderr, (shell, command, done)
        assert [] == list(self.folder.iterdir()), (shell, command)
        return said.read_bytes().decode().split("\0")[:-1], text.read_text()


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> Shells:
    """Make the folder that the shells run in."""
    return Shells(tmp_path_factory.mktemp("shells"))


@settings(max_examples=300, deadline=None)
@given(command=COMMANDS)
@example(command="show 'a'b\"c\" ''")
@example(command="show a <<'E'\nx\nE")
@example(command='show a << "E"\n\\\nE\n\n')
@example(command="show %1 -- - @ +x ,a: .b ..")
@example(command="show ''=a \"\"=b")
@example(command="  show   x=y --a='b c'=d  \n")
def test_shells_read_what_the_guard_reads(command: str, shells: Shells) -> None:
    """Any accepted command is the same words for every shell, and runs no second command."""
    try:
        words = parse(command).words
    except Refused:
        return
    if words[0] == "show":
        for shell in SHELLS:
            assert words == shells.read(shell, command)[0], shell


@settings(max_examples=150, deadline=None)
@given(lines=TEXTS, quote=st.sampled_from("'\""))
@example(lines=["a\\\n", "$(touch ran)"], quote="'")
def test_a_text_is_handed_over_to_the_letter(lines: list[str], quote: str, shells: Shells) -> None:
    """A here-document that is accepted reaches the program as it was written, whatever stands in it."""
    text = "".join(lines)
    command = f"show --file - <<{quote}E{quote}\n{text}\nE"
    try:
        parsed = parse(command)
    except Refused:
        assert "E" in f"{text}\n".split("\n")
        return
    for shell in SHELLS:
        if shell != "dash" or not LOST.search(text):
            assert (parsed.words, f"{text}\n") == shells.read(shell, command)


ACCEPTED = {
    "a b": ["a", "b"],
    " a  b ": ["a", "b"],
    "a\n": ["a"],
    "a 'b c'": ["a", "b c"],
    'a "b c"': ["a", "b c"],
    "a b'c'\"d\"e": ["a", "bcde"],
    "a '' \"\"": ["a", "", ""],
    "a '$(x) `y` \\ \"z\"'": ["a", '$(x) `y` \\ "z"'],
    'a "it\'s <b> & c; d | #e"': ["a", "it's <b> & c; d | #e"],
    "a 'naïve — ✓'": ["a", "naïve — ✓"],
    "a --b=c 'x'=y": ["a", "--b=c", "x=y"],
    "'a b/c' d": ["a b/c", "d"],
}


@pytest.mark.parametrize("command", ACCEPTED)
def test_plain_commands_are_split(command: str) -> None:
    """Words without signs and words in quotes are accepted."""
    assert ACCEPTED[command] == parse(command).words


SAID = {
    "a > b": f"> is not allowed here; {INSTEAD['>']}",
    "a; b": "; is not allowed here; run one command at a time, alone",
    "a $b": "$ is not allowed here; write values out, and put text in single quotes",
    'a "$b"': "$ is not allowed in double quotes; use single quotes",
    "a *": "* is not allowed here; name files one by one, or put the text in single quotes",
    "a 'b": "the quote ' is not closed; close the quote",
    "a é": "`é` is not allowed outside of quotes; put the text in single quotes",
    "A=b c": "a variable before the command is not allowed; run the command without it",
    "a\nb": "a second line is allowed only as text behind <<'WORD'; give one plain command in one line",
    "a <<'E'\nE\nE": "E must stand alone in the last line, and nowhere before; end the text with that line",
    "a <<'E'\n\x1b\nE": "the text has control characters; leave them out",
    "a\tb": "the character '\\t' is not allowed in a command; put one space between words",
    "": "the command is empty; give one plain command in one line",
    "while a": "`while` is no program; give one plain command in one line",
}


@pytest.mark.parametrize("command", SAID)
def test_a_refusal_says_what_to_do(command: str) -> None:
    """The model reads which sign was wrong and how to write it."""
    with pytest.raises(Refused) as refused:
        parse(command)

    assert f"batchpack's guard: {SAID[command]}" == refused.value.line()


@pytest.mark.parametrize("word", sorted(KEYWORDS))
def test_words_of_shells_are_no_programs(word: str) -> None:
    """What a shell takes for its own grammar is refused in a command's first place, in quotes too."""
    for command in (f"{word} x", f"'{word}' x"):
        with pytest.raises(Refused):
            parse(command)


def test_long_commands_are_read_in_time() -> None:
    """A megabyte of quotes is refused, and a report of that size behind a short command accepted, without a wait."""
    with pytest.raises(Refused):
        parse("a " + "a'b'" * 250_000)

    assert parse("a <<'E'\n" + "x'\"$(\n" * 100_000 + "E").text
