"""Settings documents as people write them: odd blanks, comments, trailing commas, line ends, byte order marks."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from batchpack.values import Edit, SettingsFormat

KEYS = st.sampled_from(["a", "b", "mcp", "hooks", "x y", "true", "ünï", "tools"])
WORDS = st.sampled_from(
    ["", "plain", "with // slashes", "with # hash", 'quo"te', "a: b", "[x]", "line\nbreak", "é", "{}", ","]
)
SCALARS = st.one_of(st.booleans(), st.integers(-(2**40), 2**40), WORDS, st.sampled_from([0.5, -1.25]))
BLANKS = st.sampled_from(["", "", " ", "\n", "\n  ", "\t", " /* note, with ] } */ ", " // note }\n", "\n\n    "])


def mappings(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return nested mappings of scalars, lists and mappings."""
    inner = st.recursive(
        scalars,
        lambda deeper: st.one_of(st.lists(deeper, max_size=3), st.dictionaries(KEYS, deeper, max_size=3)),
        max_leaves=8,
    )
    return st.dictionaries(KEYS, inner, max_size=4)


@st.composite
def encoded(draw: st.DrawFn, text: str) -> bytes:
    """Turn a text into bytes with one of the manners of line end, final line end and byte order mark."""
    if draw(st.booleans()):
        text = text.rstrip("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


@st.composite
def jsonc(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    """Return a value and a JSON document with comments that holds it."""
    value = draw(mappings(st.one_of(SCALARS, st.none())))
    manner = draw(st.sampled_from(["compact", "two", "tab", "wild"]))
    if manner == "wild":
        text = draw(BLANKS) + _wild(draw, value) + draw(BLANKS)
    else:
        indent = {"compact": None, "two": 2, "tab": "\t"}[manner]
        text = json.dumps(value, indent=indent, ensure_ascii=draw(st.booleans()))
    return value, draw(encoded(text + "\n"))


def _wild(draw: st.DrawFn, value: Any) -> str:
    """Write a value with comments and blanks wherever they may stand."""
    if isinstance(value, dict):
        members = [f"{json.dumps(key)}{draw(BLANKS)}:{draw(BLANKS)}{_wild(draw, one)}" for key, one in value.items()]
    elif isinstance(value, list):
        members = [_wild(draw, one) for one in value]
    else:
        return json.dumps(value)
    trailing: bool = draw(st.booleans())
    comma = "," if members and trailing else ""
    inner = ",".join(f"{draw(BLANKS)}{member}{draw(BLANKS)}" for member in members)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}{inner}{comma}{draw(BLANKS)}{closing}"


@st.composite
def yaml_text(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    """Return a value and a YAML document that holds it, in block and flow style, with comments."""
    value = draw(mappings(SCALARS))
    head = draw(st.sampled_from(["", "# head\n", "---\n", "# a\n\n---\n# b\n"]))
    lines = _block(draw, value, 0, draw(st.sampled_from([2, 4]))) if value else draw(st.sampled_from(["", "{}\n"]))
    tail = draw(st.sampled_from(["", "# tail\n", "\n\n", "\n# odd\n"]))
    return value, draw(encoded(head + lines + tail))


def _block(draw: st.DrawFn, value: Any, column: int, step: int) -> str:
    """Write a mapping or list in block style, some of its members in flow style."""
    lead = " " * column
    pairs = value.items() if isinstance(value, dict) else [(None, one) for one in value]
    lines = []
    for key, one in pairs:
        start = "-" if key is None else f"{_yaml_key(key)}:"
        note = draw(st.sampled_from(["", "", "  # note: {x", "\n# left"]))
        if isinstance(one, dict | list) and one and draw(st.booleans()):
            lines.append(f"{lead}{start}{note}\n{_block(draw, one, column + step, step)}")
        elif isinstance(one, str) and "\n" in one and draw(st.booleans()):
            indented = "\n".join(f"{lead}{' ' * step}{line}" for line in one.split("\n"))
            lines.append(f"{lead}{start} |-\n{indented}\n")
        else:
            lines.append(f"{lead}{start} {json.dumps(one, ensure_ascii=False)}{note}\n")
    return "".join(lines)


def _yaml_key(key: str) -> str:
    """Quote a key that YAML would take for something else."""
    return json.dumps(key) if key == "true" else key


@st.composite
def toml(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    """Return a value and a TOML document that holds it: keys, tables, inline tables, lists over several lines."""
    scalars = draw(st.dictionaries(KEYS, st.one_of(SCALARS, st.lists(st.integers(0, 9), max_size=3)), max_size=3))
    names = [name for name in ("mcp", "hooks", "tools", "other") if name not in scalars]
    tables = draw(st.dictionaries(st.sampled_from(names), st.dictionaries(KEYS, SCALARS, max_size=3), max_size=3))
    text = draw(st.sampled_from(["", "# head\n", "\n"])) + _lines(draw, scalars)
    inline = {name for name in tables if draw(st.integers(0, 3)) == 0}
    text += "".join(f"{name} = {_inline(tables[name])}\n" for name in tables if name in inline)
    for name in tables:
        if name not in inline:
            text += draw(st.sampled_from(["", "\n", "\n# above\n"])) + f"[{name}]\n" + _lines(draw, tables[name])
    return {**scalars, **tables}, draw(encoded(text))


def _lines(draw: st.DrawFn, values: dict[str, Any]) -> str:
    """Write keys with values, a line each; some lists take several."""
    text = ""
    for key, value in values.items():
        note = draw(st.sampled_from(["", "  # note = [", " # é"]))
        text += f"{json.dumps(key, ensure_ascii=False)} = {_toml_value(draw, value)}{note}\n"
    return text


def _toml_value(draw: st.DrawFn, value: Any) -> str:
    """Write a value as TOML does."""
    if isinstance(value, list) and value and draw(st.booleans()):
        return "[\n" + "".join(f"  {one}, # {one}\n" for one in value) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def _inline(values: dict[str, Any]) -> str:
    """Write an inline table."""
    pairs = ", ".join(f"{json.dumps(k, ensure_ascii=False)} = {_toml_value_plain(v)}" for k, v in values.items())
    return f"{{ {pairs} }}" if pairs else "{}"


def _toml_value_plain(value: Any) -> str:
    """Write a scalar as TOML does."""
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


@st.composite
def edits(draw: st.DrawFn, kind: SettingsFormat) -> list[Edit]:
    """Return a few edits such as hosts ask for, none of them inside another's value."""
    made: list[Edit] = []
    for _ in range(draw(st.integers(1, 3))):
        keys = tuple(
            draw(st.lists(st.sampled_from(["mcp", "hooks", "tools", "batchpack", "new.key"]), min_size=1, max_size=3))
        )
        if any(one.keys[: len(keys)] == keys[: len(one.keys)] for one in made):
            continue
        value = draw(
            st.sampled_from(
                [
                    2,
                    True,
                    "text",
                    "a: b #c",
                    ["x", "y"],
                    {"command": "batchpack", "args": ["serve"]},
                    {"on": {"deep": 1}},
                ]
            )
        )
        action = draw(st.sampled_from(["set", "set", "append"]))
        made.append(Edit(f"s.{kind}", kind, keys, value, "because", action))  # type: ignore[arg-type]
    return made
