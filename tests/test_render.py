"""The renderer: sandboxed, strict, bound to its folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.render import render

PAGE = Path("page.md.j2")


def test_words_and_includes_are_rendered(tmp_path: Path) -> None:
    """A template may use its words and include from its roots, the first root winning."""
    for root, text in (("one", "from one"), ("two", "from two")):
        (tmp_path / root).mkdir()
        (tmp_path / root / "part.j2").write_text(text)

    text = render(
        "{{ word }}: {% include 'part.j2' %}", {"word": "x"}, roots=[tmp_path / "one", tmp_path / "two"], path=PAGE
    )

    assert "x: from one" == text


def test_markdown_is_not_escaped() -> None:
    """What HTML would escape stays as it is."""
    assert '<a> & "b"' == render("{{ word }}", {"word": '<a> & "b"'}, path=PAGE)


def test_html_is_escaped() -> None:
    """Every word of a page is escaped, in attributes too; the same template rendered as text is not."""
    escaped = render("<a b='{{ word }}'>", {"word": "<'&\""}, path=PAGE, html=True)

    assert "<a b='&lt;&#39;&amp;&#34;'>" == escaped
    assert "<a b='<'&\"'>" == render("<a b='{{ word }}'>", {"word": "<'&\""}, path=PAGE)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ missing }}", "missing"),
        ("{% include 'nowhere.j2' %}", "nowhere"),
        ("{% if %}", "broken template"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ words.append(1) }}", "append"),
        ("{% include '../secret.j2' %}", "secret"),
    ],
)
def test_what_is_forbidden_or_missing_is_an_error(tmp_path: Path, template: str, reason: str) -> None:
    """Unknown words, missing pieces, broken syntax, reaching out and changing values all end in one kind of error."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.j2").write_text("secret")

    with pytest.raises(BrokenFile, match=reason) as caught:
        render(template, {"words": [1]}, roots=[root], path=PAGE)

    assert PAGE == caught.value.path


def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    """An include that a link leads elsewhere is not read."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (root / "part.j2").symlink_to(tmp_path / "secret.txt")

    with pytest.raises(BrokenFile, match="leads out"):
        render("{% include 'part.j2' %}", {}, roots=[root], path=PAGE)


def test_a_syntax_error_names_its_line() -> None:
    """The line is that of the template."""
    with pytest.raises(BrokenFile) as caught:
        render("fine\n{% nonsense %}", {}, path=PAGE)

    assert 2 == caught.value.line
