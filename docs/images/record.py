"""Run the demo in a terminal of its own and draw what it showed as docs/images/demo.svg."""

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


def main() -> None:
    """Write the picture."""
    folder = Path(tempfile.mkdtemp(prefix="batchpack-")) / "demo"
    text = last_state(seen([sys.executable, "-m", "batchpack", "demo", "--dir", str(folder)]))
    text = text.replace(str(folder), "~/demo").replace(sys.executable, "python3")
    console = Console(record=True, width=120, file=io.StringIO())
    console.print(Text.from_ansi("$ batchpack demo\n" + text.strip()))
    picture = Path(__file__).with_name("demo.svg")
    picture.write_text(console.export_svg(title="batchpack demo", code_format=FORMAT, unique_id="demo"))


if __name__ == "__main__":
    main()
