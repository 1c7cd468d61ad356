"""Run the demo, and a wait for a batch, in a terminal of their own and draw what they showed in docs/images/."""

from __future__ import annotations

import io
import os
import pty
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
 font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""
"""rich's picture without its web fonts: a page must not fetch anything."""


def seen(argv: list[str]) -> str:
    """Return all that a command writes to its terminal."""
    chunks: list[bytes] = []

    def read(handle: int) -> bytes:
        data = os.read(handle, 65536)
        chunks.append(data)
        return data

    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    os.environ.update(COLUMNS="120", LINES="60", TERM="xterm-256color", PATH=path)
    pty.spawn(argv, read)
    return b"".join(chunks).decode()


def last_state(text: str) -> str:
    """Drop what progress overwrote: each piece that the cursor was sent back over."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        back = line.count("\x1b[1A")
        del lines[len(lines) - back :]
        lines.append(re.sub(r"\x1b\[(\?25[lh]|\d*[AK])", "", line).split("\r")[-1])
    return "\n".join(lines)


def draw(name: str, title: str, text: str) -> None:
    """Write a picture of a terminal."""
    console = Console(record=True, width=120, file=io.StringIO())
    console.print(Text.from_ansi(text))
    picture = Path(__file__).with_name(f"{name}.svg")
    picture.write_text(console.export_svg(title=title, code_format=FORMAT, unique_id=name))


def demo() -> None:
    """Draw the demo at its end."""
    folder = Path(tempfile.mkdtemp(prefix="batchpack-")) / "demo"
    text = last_state(seen([sys.executable, "-m", "batchpack", "demo", "--dir", str(folder)]))
    text = text.replace(str(folder), "~/demo").replace(sys.executable, "python3")
    draw("demo", "batchpack demo", "$ batchpack demo\n" + text.strip())


def wait() -> None:
    """Draw a wait for four shards at the moment when two of them have ended."""
    from tests.support.message_batches import Service

    os.chdir(tempfile.mkdtemp(prefix="batchpack-"))
    Path("items.jsonl").write_text("".join(f'{{"text": "document {number}"}}\n' for number in range(100)))
    words = ["items.jsonl", "--prompt", "Review {{ text }}", "--model", "claude-haiku-5-5", "--max-tokens", "64"]
    with Service(duration=600) as service:
        os.environ.update(ANTHROPIC_API_KEY="a-key", ANTHROPIC_BASE_URL=service.url)
        program = [sys.executable, "-m", "batchpack", "messages"]
        seen([*program, "submit", *words, "--name", "reviews", "--shard-size", "28", "--no-canary"])
        for number, batch in enumerate(service.books.batches.values()):
            batch.ready = service.books.now() + 4 + 5 * number
        text = seen([*program, "wait", "reviews", "--every", "0.5"])
    frames = list(re.finditer(r"[12] of \d+ shards ended, [^\r\n\x1b]*", text))
    moment = next(frame for frame in reversed(frames) if frame.end() < text.index("shard 1-3 ended"))
    draw("wait", "batchpack messages wait", "$ batchpack messages wait reviews\n" + last_state(text[: moment.end()]))


PLAN = """
name: shop
tasks:
  - {id: L1-001, title: One, layer: 1-foundation, command: "echo reading; sleep 1; echo > one.txt"}
  - {id: L1-002, title: Two, layer: 1-foundation, command: "echo first try; sleep 1; test -e two.txt && echo done > two.txt; touch two.txt", verify: [grep -q done two.txt]}
  - {id: L1-006, title: Six, layer: 1-foundation, command: "for n in 1 2 3 4 5 6; do echo module $n of 6; sleep 1; done; echo > six.txt"}
  - {id: L2-001, title: The interface, layer: 2-backend, depends_on: [L1-001], command: "echo writing the interface; sleep 4; echo > api.txt"}
  - {id: L2-002, title: Its tests, layer: 2-backend, depends_on: [L1-006, L2-001], command: "echo > tests.txt"}
"""  # noqa: E501 - a plan, as its author would write it


def run() -> None:
    """Draw a run of work at the moment when its second layer has begun."""
    import subprocess

    folder = tempfile.mkdtemp(prefix="batchpack-")
    os.chdir(folder)
    Path("plan.yaml").write_text(PLAN)
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", *words], check=True)
    text = seen([sys.executable, "-m", "batchpack", "run", "plan.yaml"])
    moment = text.index("module 5 of 6")
    end = text.index("left", moment) + len("left")
    shown = last_state(text[:end]).replace(folder, "~/shop")
    draw("run", "batchpack run", "$ batchpack run plan.yaml\n" + shown.strip())


def main() -> None:
    """Draw those that are named, or all."""
    pictures = {"demo": demo, "wait": wait, "run": run}
    for name in sys.argv[1:] or pictures:
        pictures[name]()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
