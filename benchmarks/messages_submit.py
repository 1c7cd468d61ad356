"""`batchpack messages submit` against rendering and writing the same JSON, the SDK used naively, and steadybatch.

`python benchmarks/messages_submit.py [ITEMS [ROUNDS]]`. A server on loopback swallows the bodies.
Each case is a process of its own; seconds are counted after its imports, megabytes are its peak. steadybatch is in the
table where it is installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TEMPLATE = "Review this text and answer in one word.\n\n{{ text }}\n"
MODEL = "claude-haiku-5-5"


class Sink(BaseHTTPRequestHandler):
    """Takes every body and says that a batch was made of it."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # an answer in two packets would wait for the first to be acknowledged

    def log_message(self, *_: object) -> None:
        return

    def do_POST(self) -> None:
        left = int(self.headers.get("content-length") or 0)
        while left:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        if self.path.endswith("count_tokens"):
            return self.answer({"input_tokens": 250})
        counts = {"processing": 1, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        name = f"msgbatch_{time.monotonic_ns()}"
        times = {"created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z"}
        nothing = dict.fromkeys(("ended_at", "archived_at", "cancel_initiated_at", "results_url"))
        status = {"type": "message_batch", "processing_status": "in_progress", "request_counts": counts}
        return self.answer({"id": name, **status, **times, **nothing})

    def do_GET(self) -> None:
        self.answer({"data": [], "has_more": False, "first_id": None, "last_id": None})

    def answer(self, said: dict[str, object]) -> None:
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def items() -> Iterator[dict[str, str]]:
    """Read the items line by line."""
    with Path("items.jsonl").open() as lines:
        for line in lines:
            yield json.loads(line)


def lower() -> None:
    """Render and write the same JSON, and keep nothing."""
    import jinja2

    template = jinja2.Template(TEMPLATE)
    start()
    with Path("lower.json").open("w") as out:
        out.write('{"requests":[\n')
        for number, item in enumerate(items()):
            out.write(",\n" if number else "")
            out.write(json.dumps(request(number, template.render(item)), ensure_ascii=False))
        out.write("\n]}\n")


def request(number: int, text: str) -> dict[str, object]:
    """Return a request."""
    params = {"model": MODEL, "max_tokens": 50, "messages": [{"role": "user", "content": text}]}
    return {"custom_id": f"44280e89-r1-s2-{number}", "params": params}


def naive() -> None:
    """Hand the SDK a list of dictionaries."""
    import anthropic
    import jinja2

    template, client = jinja2.Template(TEMPLATE), anthropic.Anthropic()
    start()
    client.messages.batches.create(requests=[request(n, template.render(item)) for n, item in enumerate(items())])


def ours() -> None:
    """Run the command, with its imports done."""
    import anthropic
    import jinja2  # noqa: F401

    from batchpack import cli, manager
    from batchpack.app import App
    from batchpack.commands.messages import submit  # noqa: F401

    client = App(manager.load).provider(None, MODEL).connect()
    client.count_tokens({"model": MODEL, "messages": [{"role": "user", "content": "x"}]})
    assert anthropic.__version__
    words = ["items.jsonl", "--template", "t.j2", "--model", MODEL, "--max-tokens", "50", "--key", "id"]
    sys.argv = ["batchpack", "messages", "submit", *words, "--no-canary", "--shard-size", sys.argv[2], "--again"]
    sys.argv += ["--queue-limit", str(10**9)]  # what is measured is sending, not waiting for room
    start()
    cli.main()


def steady() -> None:
    """Let steadybatch send the same; it is stopped when it begins to ask how its batches stand."""
    import jinja2
    from steadybatch import Request, Runner
    from steadybatch.providers.anthropic_batch import AnthropicBatch

    class Sender(AnthropicBatch):
        def status(self, batch_id: str) -> object:  # noqa: ARG002 - its signature
            raise SystemExit(0)

    template = jinja2.Template(TEMPLATE)
    Path("steady.sqlite").unlink(missing_ok=True)
    runner = Runner(Sender(), MODEL, checkpoint="steady.sqlite")
    start()
    rows = ((item["id"], [{"role": "user", "content": template.render(item)}]) for item in items())
    runner.run([Request(key=key, messages=messages, max_tokens=50) for key, messages in rows])


CASES = {"lower": lower, "naive": naive, "ours": ours, "steady": steady}
BEGUN: list[float] = []


def start() -> None:
    """Begin to count."""
    BEGUN.extend((time.perf_counter(), time.process_time()))


def child(name: str) -> None:
    """Be one case; prints seconds and megabytes on standard error."""
    try:
        CASES[name]()
    except SystemExit as error:
        if error.code:
            raise
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = time.perf_counter() - BEGUN[0], time.process_time() - BEGUN[1]
    print(json.dumps([*spent, peak]), file=sys.stderr)


def measure(name: str, folder: str, url: str, size: str) -> tuple[float, float, float]:
    """Run one case; returns seconds by the clock, seconds of the processor, and megabytes."""
    environment = {**os.environ, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "key-of-nobody", "HOME": folder}
    command = [sys.executable, __file__, f"case-{name}", size]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr + done.stdout)
    seconds, worked, peak = json.loads(done.stderr.splitlines()[-1])
    return seconds, worked, peak


def main(count: int, rounds: int) -> None:
    """Measure all cases in turn and print the table."""
    server = subprocess.Popen([sys.executable, __file__, "sink"], stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().strip()
    names = {
        "lower": "render and write the same JSON",
        "ours": "batchpack messages submit (one shard)",
        "small": "batchpack messages submit (shards of 10,000)",
        "naive": "SDK, list of dictionaries",
    }
    if importlib.util.find_spec("steadybatch"):
        names["steady"] = "steadybatch"
    with tempfile.TemporaryDirectory() as folder:
        rows = ({"id": f"doc-{number}", "text": f"{number} " + "lorem ipsum " * 80} for number in range(count))
        with Path(folder, "items.jsonl").open("w") as out:
            out.writelines(f"{json.dumps(row)}\n" for row in rows)
        Path(folder, "t.j2").write_text(TEMPLATE)
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
        for _ in range(rounds + 1):
            for name in names:
                size = "10000" if name == "small" else "100000"
                found[name].append(measure("ours" if name == "small" else name, folder, url, size))
    server.kill()
    print(f"{count:,} items of 1 kB, {rounds} rounds after a warm-up, medians")
    base = [statistics.median(one[at] for one in found["lower"][1:]) for at in (0, 1)]
    for name, text in names.items():
        clock, worked = (statistics.median(one[at] for one in found[name][1:]) for at in (0, 1))
        peak = max(one[2] for one in found[name][1:])
        print(
            f"{text:<46} {clock:7.2f} s {clock / base[0]:5.2f} x"
            f"   processor {worked:6.2f} s {worked / base[1]:5.2f} x   {peak:5.0f} MB"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["sink"]:
        sink = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
        print(f"http://127.0.0.1:{sink.server_address[1]}", flush=True)
        sink.serve_forever()
    elif sys.argv[1:2] and sys.argv[1].startswith("case-"):
        child(sys.argv[1].removeprefix("case-"))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
