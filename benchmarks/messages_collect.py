"""`batchpack messages results` against bare `json.loads` over the same lines, and the SDK iterated and listed.

`python benchmarks/messages_collect.py [ITEMS [ROUNDS]]`. A server on loopback hands out results that were made before.
Each case is a process of its own; seconds count from after its imports, megabytes are its peak. Ours downloads, checks,
parses and stores: raw lines, records, answers in the items' order, each forced to disk. Last comes `messages status`
beside `python -c pass`.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from timing import Command, compare

MODEL = "claude-haiku-5-5"
KEY = "key-of-nobody"
NONCE = "0a1b2c3d"
SHARD = 50_000
USAGE = {
    "input_tokens": 212, "output_tokens": 96, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}, "service_tier": "batch",
}  # fmt: skip


class Source(BaseHTTPRequestHandler):
    """Hands out the results of each batch, all of which have ended."""

    protocol_version = "HTTP/1.1"
    folder: ClassVar[Path]

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        parts = self.path.split("/")
        if parts[-1] == "results":
            return self.stream(self.folder / f"{parts[-2]}.jsonl")
        size = int((self.folder / f"{parts[-1]}.count").read_text())
        counts = {"processing": 0, "succeeded": size, "errored": 0, "canceled": 0, "expired": 0}
        times = dict.fromkeys(("created_at", "expires_at", "ended_at"), "2026-11-21T00:00:00Z")
        url = f"http://{self.headers['host']}/v1/messages/batches/{parts[-1]}/results"
        said = {"id": parts[-1], "type": "message_batch", "processing_status": "ended", "request_counts": counts}
        data = json.dumps(
            {**said, **times, "archived_at": None, "cancel_initiated_at": None, "results_url": url}
        ).encode()
        self.begin(len(data))
        return self.wfile.write(data)

    def stream(self, path: Path) -> None:
        self.begin(path.stat().st_size)
        with path.open("rb") as lines:
            self.connection.sendfile(lines)

    def begin(self, size: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(size))
        self.end_headers()
        self.wfile.flush()


def prepare(folder: Path, count: int, url: str) -> None:
    """Write a job that was sent, and the results that the server will hand out, mixed up within each shard."""
    from batchpack.files import fingerprint
    from batchpack.messages.job import ROOT, Facts, write
    from batchpack.messages.spool import Bounds, Request, Spool

    home = folder / ROOT / "reviews"
    spool = Spool(home / "spool", NONCE, 1, Bounds(SHARD, 10**9))
    for number in range(count):
        spool.add(Request(number, f'"doc-{number}"', b'{"model":"m"}'))
    shards = spool.close()
    items = {"kind": "jsonl", "source": "items.jsonl", "sha256": "0", "count": count, "key": "id"}
    account = fingerprint(KEY.encode())[:12]
    params = {"model": MODEL, "max_tokens": 100}
    facts = Facts(
        "reviews",
        "2026-11-21T00:00:00.000Z",
        "anthropic",
        account,
        url,
        NONCE,
        items,
        {"path": "t", "sha256": "0"},
        params,
        None,
        SHARD,
    )
    job = write(home, facts, shards)
    for row in shards:
        job.record("intent", round=1, shard=row["shard"])
        job.record("created", round=1, shard=row["shard"], batch=f"b{row['shard']}", how="direct")
        lines = [line(row["shard"], slot) for slot in range(row["requests"])]
        random.shuffle(lines)
        (folder / f"b{row['shard']}.jsonl").write_bytes(b"".join(lines))
        (folder / f"b{row['shard']}.count").write_text(str(row["requests"]))


def line(shard: int, slot: int) -> bytes:
    """Return the line of one result, about 870 bytes, as the service writes it."""
    message = {
        "id": f"msg_01{slot:022d}", "type": "message", "role": "assistant", "model": MODEL,
        "content": [{"type": "text", "text": f"{slot} " + "the answer is fine, " * 18}], "stop_reason": "end_turn",
        "stop_sequence": None, "usage": USAGE,
    }  # fmt: skip
    told = {"custom_id": f"{NONCE}-r1-s{shard}-{slot}", "result": {"type": "succeeded", "message": message}}
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"


def batches() -> list[Path]:
    """List the results there are, in order."""
    return sorted(Path().glob("b*.jsonl"), key=lambda path: int(path.stem[1:]))


def lower() -> None:
    """Parse the same lines, and keep nothing."""
    start()
    for path in batches():
        with path.open("rb") as lines:
            for one in lines:
                json.loads(one)


def text_of(one: Any) -> str:
    """Return the line that is kept of one of the SDK's results."""
    return json.dumps({"id": one.custom_id, "text": one.result.message.content[0].text}) + "\n"


def sdk() -> None:
    """Iterate with the SDK and write the texts."""
    import anthropic

    client = anthropic.Anthropic()
    start()
    found = (one for path in batches() for one in client.messages.batches.results(path.stem))
    with Path("sdk.jsonl").open("w") as out:
        out.writelines(text_of(one) for one in found)


def listed() -> None:
    """Take all results into a list with the SDK, as its examples do, and write the texts."""
    import anthropic

    client = anthropic.Anthropic()
    start()
    found = [one for path in batches() for one in client.messages.batches.results(path.stem)]
    with Path("listed.jsonl").open("w") as out:
        out.writelines(text_of(one) for one in found)


def ours() -> None:
    """Run the command, with its imports done."""
    import anthropic

    from batchpack import cli, manager
    from batchpack.app import App
    from batchpack.commands.messages import results  # noqa: F401

    client = App(manager.load).provider(None, MODEL).connect()
    client.retrieve("b1")
    assert anthropic.__version__
    sys.argv = ["batchpack", "messages", "results", "reviews", "--project", "."]
    start()
    cli.main()


CASES = {"lower": lower, "ours": ours, "sdk": sdk, "listed": listed}
NAMES = {
    "lower": "json.loads over the same lines, nothing kept", "ours": "batchpack messages results",
    "sdk": "the SDK, iterated, texts written", "listed": "the SDK, list(), texts written",
}  # fmt: skip
BEGUN: list[float] = []


def start() -> None:
    """Begin to count."""
    BEGUN.append(time.perf_counter())


def child(name: str) -> None:
    """Be one case; prints seconds and megabytes on standard error."""
    try:
        CASES[name]()
    except SystemExit as error:
        if error.code:
            raise
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.perf_counter() - BEGUN[-1], peak]), file=sys.stderr)


def measure(name: str, folder: Path, url: str) -> tuple[float, float]:
    """Run one case, ours on a job of which nothing is collected."""
    job = folder / ".batchpack" / "messages" / "reviews"
    kept = (job / "journal.jsonl").read_bytes()
    environment = {**os.environ, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY, "HOME": str(folder)}
    words = [sys.executable, str(Path(__file__).resolve()), "--child", name]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stdout}{done.stderr}")
    if name == "ours":
        assert (
            sum(1 for _ in (job / "answers.jsonl").open("rb"))
            == json.loads((job / "job.json").read_text())["items"]["count"]
        )
        subprocess.run(["cp", str(job / "journal.jsonl"), str(job / "journal.done")], check=True)
        (job / "journal.jsonl").write_bytes(kept)
        for path in (job / "results").iterdir():
            path.unlink()
    seconds, peak = json.loads(done.stderr.strip().splitlines()[-1])
    return seconds, peak


def table(folder: Path, url: str, names: list[str], rounds: int) -> None:
    """Print medians and the ratio to the lower bound."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            seen[name].append(measure(name, folder, url))
    base = statistics.median(seconds for seconds, _ in seen["lower"])
    for name in names:
        seconds = statistics.median(one for one, _ in seen[name])
        peak = max(one for _, one in seen[name])
        print(
            f"{NAMES[name]:<46} median {seconds:7.2f} s   peak {peak:5.0f} MB   ratio {seconds / base:5.2f}  n={rounds}"
        )


def main() -> None:
    """Print the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as name:
        folder = Path(name)
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Source,), {"folder": folder}))
        url = f"http://127.0.0.1:{server.server_address[1]}"
        made = os.fork()  # so that what preparing takes is nobody's peak
        if made == 0:
            prepare(folder, count, url)
            os._exit(0)
        os.waitpid(made, 0)
        served = os.fork()
        if served == 0:
            server.serve_forever()
        try:
            print(f"{count:,} results (aim: ours at most 2 x the first; memory flat in the number of results)")
            table(folder, url, ["lower", "ours"] if count > 100_000 else list(CASES), rounds)
        finally:
            os.kill(served, 9)
            os.waitpid(served, 0)
        job = folder / ".batchpack" / "messages" / "reviews"
        (job / "journal.done").replace(job / "journal.jsonl")
        environment = {"PATH": os.environ["PATH"], "HOME": name}
        words = [str(Path(sys.executable).parent / "batchpack"), "messages", "status", "reviews", "--project", name]
        status = Command("batchpack messages status", words, lambda: folder, environment)
        compare(
            status,
            Command("python -c pass", [sys.executable, "-c", "pass"], lambda: folder, environment),
            rounds=15,
            aim=12,
        )


if __name__ == "__main__":
    child(sys.argv[2]) if sys.argv[1:2] == ["--child"] else main()
