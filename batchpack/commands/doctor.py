"""`batchpack doctor`: is everything that is installed as it should be, and does the machine have what it needs."""

from __future__ import annotations

import click

from batchpack.app import App
from batchpack.output import say, say_json


@click.command(short_help="Check this machine and all installs.")
@click.option("--json", "as_json", is_flag=True, help="Print facts for programs.")
@click.pass_obj
def command(app: App, as_json: bool) -> None:
    """Check Python, PATH, git, folders and plugins, then every install: files, settings, and what its host says."""
    from batchpack.content import load_pack
    from batchpack.installer import diagnosis, report, state

    state.check_home()
    sections = []
    for section in diagnosis.diagnose(app, load_pack(app.content_roots)):
        sections.append(section)
        if not as_json:
            lines = report.brief_lines if section.is_install else report.check_lines
            for line in [f"{section.title}:", *lines(section.checks), *report.limit_lines(section.limits)]:
                say(report.short_in(line))
    failed = any(section.failed for section in sections)
    if as_json:
        say_json({"ok": not failed, "sections": [section.to_json() for section in sections]})
    elif len(sections) == 1:
        say("Nothing is installed yet: batchpack install")
    click.get_current_context().exit(1 if failed else 0)
