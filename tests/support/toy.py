"""A small host of the tests' own: files, a program file, and edits in every settings format."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import cast

from batchpack.host import Host

PAGE = '''
"""A toy host."""

from __future__ import annotations

import json
import os
from pathlib import Path

from batchpack.host import Names, Places, find_host, no_files, same_names
from batchpack.markers import hookimpl
from batchpack.values import Capabilities, Check, Edit, File

NAME = "{name}"
TITLE = "Toy {name}"
LITTER = (".gitignore", "node_modules")
PLACES = Places(user=".config/{name}", project={project!r}, litter=LITTER, stubs=(("own.json", "{{}}"),))
TOOLS = {{word: word for word in ("agent", "bash", "read", "write", "edit", "search", "ask")}}
CAPABILITIES = Capabilities(limits=("what agents of {name} read",), own_agents=False)
VERSION = os.environ.get("TOY_VERSION", "1")


def detect(home, search_path=None):
    return find_host("{name}-program", ".config/{name}", home, search_path)


def _below(target, *parts):
    return target.folder.relative_to(target.base).joinpath(*parts).as_posix()


def skill_files(pack, target):
    files = [
        File(_below(target, "skill", "toy", "SKILL.md"), f"# Toy {{VERSION}}\\nrun {{target.program}}\\n"),
        File(_below(target, "skill", "toy", "go.sh"), "#!/bin/sh\\nexit 0\\n", executable=True),
    ]
    if VERSION == "1":
        files.append(File(_below(target, "skill", "old", "SKILL.md"), "# Only in the first version\\n"))
    return files


def agent_files(pack, target):
    return [File(_below(target, "agent", f"{{name}}.md"), f"# {{name}} {{VERSION}}\\n") for name in ("one", "two")]


command_files = no_files
hook_files = no_files


def settings_edits(pack, target):
    if os.environ.get("TOY_EDITS", "1") == "0":
        return []
    edits = [
        Edit(_below(target, "settings.json"), "json", ("depth",), 2, "agents may start agents"),
        Edit(_below(target, "settings.json"), "json", ("hooks", "stop"), {{"run": ["toy"]}}, "metrics", "append"),
        Edit(_below(target, "config.toml"), "toml", ("servers", "toy"), {{"command": "toy", "args": ["a"]}}, "tools"),
        Edit(_below(target, "config.yaml"), "yaml", ("tools", "toy"), {{"on": True, "names": ["a", "b"]}}, "tools"),
    ]
    return edits if VERSION == "1" else [*edits[:3], Edit(edits[0].path, "json", ("fresh",), VERSION, "new")]


agent_names = same_names


def agent_calls(calls):
    return []


def run_command(request):
    return ["{name}-program", request]


def verify(target, names):
    there = (target.folder / "skill" / "toy" / "SKILL.md").is_file()
    wanted = os.environ.get("TOY_CHECK", "ok")
    if wanted == "none":
        return [Check("toy loads its skill", None, "install its program")]
    return [Check("toy loads its skill", there and wanted == "ok", "" if there else "the skill is missing")]


@hookimpl
def batchpack_hosts(register):
    import sys

    register(sys.modules[__name__])
'''


def put_toys(home: Path, *names: str, project: str | None = "default") -> None:
    """Put toy hosts into a home as the user's own plugins."""
    folder = home / ".config" / "batchpack" / "plugins"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ("toy",):
        place = f".{name}" if project == "default" else project
        (folder / f"{name}.py").write_text(PAGE.format(name=name, project=place))


def toy_host(name: str = "toy", *, project: str | None = "default") -> Host:
    """Return a toy host as a module, for tests that need no process."""
    module = ModuleType(f"tests_{name}")
    sys.modules[module.__name__] = module
    exec(PAGE.format(name=name, project=f".{name}" if project == "default" else project), module.__dict__)
    return cast(Host, module)
