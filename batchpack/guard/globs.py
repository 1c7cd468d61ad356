"""Patterns: `*` stands for anything, slashes too; names are compared in one form, so that look-alikes do not slip."""

from __future__ import annotations

from batchpack.protected import SECRET_FILES

OPEN_FILE = "*.env.example"
SECRET_FOLDERS = (".ssh", ".gnupg", ".aws")
SAMPLES = (
    ".env", ".env.local", "prod.env", ".envrc", ".netrc", ".pypirc", "id_rsa", "id_ed25519", "server.key", "server.pem",
    "server.p12", "server.pfx", "server.secret",
)  # fmt: skip
ORDINARY = ("readme.md", "main.py", "index.ts", "src/app/index.tsx")
MOST_BRACES = 64


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern of `*` and `?` fits a whole text."""
    if "?" in pattern:
        return _matches_slowly(pattern, text)
    first, *others = pattern.split("*")
    if not others:
        return pattern == text
    *middle, last = others
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _matches_slowly(pattern: str, text: str) -> bool:
    """Match a pattern with `?` in it."""
    import re

    wild = {"*": ".*", "?": "."}
    return re.fullmatch("".join(wild.get(sign) or re.escape(sign) for sign in pattern), text, re.DOTALL) is not None


def folded(path: str) -> str:
    """Return a path in the form for comparing: one case, composed, nothing invisible, no dots or spaces at ends."""
    text = path.lower() if path.isascii() else _folded(path)
    return "/".join(part.strip(" ").rstrip(". ") or part for part in text.replace("\\", "/").split("/"))


def _folded(path: str) -> str:
    """Fold a path that has other letters than ASCII's."""
    import unicodedata

    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def path_fits(pattern: str, path: str) -> bool:
    """Tell whether a pattern of an edit rule fits a path below the project, at its root or below, in any case."""
    wanted = pattern.lower() if pattern.isascii() else _folded(pattern)
    wanted = wanted.removeprefix("./")
    while wanted.startswith("**/"):
        wanted = wanted[3:]
    while "**" in wanted:
        wanted = wanted.replace("**", "*")
    return matches(wanted, path) or matches(f"*/{wanted}", path)


def is_secret(path: str) -> bool:
    """Tell whether a path, in any form, names a file that agents are kept from."""
    text = folded(path).rstrip("/")
    if any(part in SECRET_FOLDERS for part in text.split("/")):
        return True
    return not matches(OPEN_FILE, text) and any(matches(pattern, text) for pattern in SECRET_FILES)


def expanded(pattern: str) -> list[str]:
    """Return the patterns that braces stand for; one with too many of them stands for anything."""
    waiting, done = [pattern], []
    while waiting:
        one = waiting.pop()
        end = one.find("}")
        start = one.rfind("{", 0, end)
        if end < 0 or start < 0:
            done.append(one)
        else:
            waiting += [one[:start] + choice + one[end + 1 :] for choice in one[start + 1 : end].split(",")]
        if len(waiting) + len(done) > MOST_BRACES:
            return ["*"]
    return done


def finds(pattern: str, names: tuple[str, ...]) -> bool:
    """Tell whether a pattern for files, with braces and brackets, fits one of some names at any place."""
    import fnmatch

    for one in expanded(folded(pattern)):
        plain = one.replace("[^", "[!").replace("**/", "*").rsplit("/", 1)
        if any(fnmatch.fnmatchcase(name.rsplit("/", 1)[-1], plain[-1]) for name in names):
            return True
    return False


def seeks_secrets(pattern: str) -> bool:
    """Tell whether a pattern is made to find files that agents are kept from, and not files of any kind."""
    if is_secret(pattern) and not set("*?[{") & set(pattern):
        return True
    if any(part in SECRET_FOLDERS for part in folded(pattern).split("/")):
        return True
    return finds(pattern, SAMPLES) and not finds(pattern, ORDINARY)
