"""The only room that renders templates: sandboxed, strict on undefined names, bound to the pack's own folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from batchpack.errors import BrokenFile


class _BoundLoader(jinja2.FileSystemLoader):
    """A loader that refuses a template which a link leads out of its root."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, object]:  # type: ignore[override]
        """Return a template's source when its real path lies inside one of the search paths."""
        source, filename, fresh = super().get_source(environment, template)
        real = Path(filename).resolve()
        if not any(real.is_relative_to(Path(root).resolve()) for root in self.searchpath):
            raise jinja2.TemplateNotFound(template, f"{template} leads out of its folder")
        return source, filename, fresh


@cache
def _environment(roots: tuple[Path, ...], *, html: bool) -> ImmutableSandboxedEnvironment:
    """Make the one environment of a kind for templates that include from `roots`, first match first."""
    return ImmutableSandboxedEnvironment(
        loader=_BoundLoader([str(root) for root in roots]),
        undefined=jinja2.StrictUndefined,
        autoescape=html,  # else the product is Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _compiled(source: str, roots: tuple[Path, ...], *, html: bool) -> jinja2.Template:
    """Compile a template's text once, however many hosts it is rendered for."""
    template = _environment(roots, html=html).from_string(source)
    template.globals = dict(template.globals)  # a chain of mappings would be walked anew for each of many renderings
    return template


def render(
    source: str, words: Mapping[str, object], *, roots: Sequence[Path] = (), path: Path, html: bool = False
) -> str:
    """Render a template's text with the given words; `path` names it in errors, `html` escapes every word for HTML.

    Raises BrokenFile with the line for a syntax error, an unknown word, a missing include or a forbidden act.
    """
    try:
        return _compiled(source, tuple(roots), html=html).render(dict(words))
    except jinja2.TemplateSyntaxError as error:
        raise BrokenFile(path, f"broken template: {error.message}", error.lineno) from error
    except jinja2.TemplateError as error:
        raise BrokenFile(path, f"broken template: {error.message or type(error).__name__}") from error
