"""The executor `claude`: one task by `claude -p`, with no more rights than the work needs."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from batchpack import process
from batchpack.executor import Answer, Launch, Order, Pause, Usage, asked_to_wait, events, last_words
from batchpack.places import home
from batchpack.protected import PROTECTED_FILES, PROTECTED_FOLDERS, SECRET_FILES

if TYPE_CHECKING:
    from batchpack.host import Host

NAME = "claude"
HOST = "claude_code"
TITLE = "Claude Code, headless"
AGENT = True
PROGRAM = "claude"

GIT_ALLOWED = ("add", "commit", "diff", "log", "show", "status")
GIT_DENIED = ("checkout", "config", "push", "rebase", "reset", "stash", "switch", "worktree")
"""What would leave the branch, touch what worktrees share, or reach another machine."""
READ_RUNS = "Read(//**/.batchpack/**)"
"""The evidence of earlier attempts lies in the main work tree, which is outside for a session in a linked one."""
ENVIRONMENT: Mapping[str, str | None] = {
    "CLAUDECODE": None,  # a session inside another one is refused
    "CLAUDE_CODE_ENTRYPOINT": None,
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",  # what runs in the background may be lost at the end
    "DISABLE_AUTOUPDATER": "1",
}
RETRIES = "CLAUDE_CODE_MAX_RETRIES"
FEW_RETRIES = "3"
"""How often a refused request is repeated: after that the pause that all attempts share is better."""
SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BUSY = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
CLOSED = frozenset({401, 402, 403, 404})
LIMITS = re.compile(r"(?i)usage limit|session limit|weekly limit|rate limit|overloaded|hit your limit")
ACCOUNT = re.compile(
    r"not logged in|invalid api key|credit balance|run /login|selected model|oauth token", re.IGNORECASE
)
MENDS: Mapping[str, str] = {
    "--agent 'batchpack:": "; `batchpack install --host claude_code` brings the agents of the pack",
    "Not logged in": "; start `claude` and log in there, or set ANTHROPIC_API_KEY",
}
LOST = re.compile(
    r"connection error|fetch failed|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|timed? ?out", re.IGNORECASE
)


def missing() -> str:
    """Say how to get the program if it is not there."""
    if process.find(PROGRAM):
        return ""
    return f"the program `{PROGRAM}` is not on PATH; npm install -g @anthropic-ai/claude-code brings it"


def launch(order: Order) -> Launch:
    """Return `claude -p` with the prompt on standard input: edits in its folder, git's commits and the given commands.

    What the user's own settings allow is allowed beside it, what ours deny stays denied. A session is gone on with
    where Claude Code still has it.
    """
    argv = [PROGRAM, "-p", "--output-format", "stream-json", "--verbose", "--permission-mode", "acceptEdits"]
    argv += ["--settings", json.dumps({"permissions": permissions(order.commands)})]
    argv += [f"--model={order.model}"] if order.model else []
    argv += [f"--agent={_agent(order)}"] if order.agent else []
    argv += [f"--resume={order.session}"] if _is_there(order.session) else []
    few = {} if RETRIES in os.environ else {RETRIES: FEW_RETRIES}
    return Launch(tuple(argv), {**ENVIRONMENT, **few, "PWD": str(order.folder)}, order.prompt)


def _agent(order: Order) -> str:
    """Return the name under which Claude Code knows a role: the user's own agent, else the pack's."""
    page = cast("Host", sys.modules[str(__package__)])
    return page.agent_names([order.agent], order.folder, home())[order.agent]


def permissions(commands: Iterable[str]) -> dict[str, list[str]]:
    """Return the rules for a session; a rule with a whole line allows just that line."""
    allowed = [f"Bash(git {verb}:*)" for verb in GIT_ALLOWED] + [f"Bash({line})" for line in commands if line.strip()]
    allowed.append(READ_RUNS)
    denied = [f"Bash(git {verb}:*)" for verb in GIT_DENIED]
    denied += [f"{tool}(**/{path})" for path in SECRET_FILES for tool in ("Read", "Edit")]
    denied += [f"Edit(**/{path})" for path in PROTECTED_FILES]
    denied += [f"Edit({root}{folder}/**)" for folder in PROTECTED_FOLDERS for root in ("", "**/")]
    return {"allow": allowed, "deny": denied}


def _is_there(session: str) -> bool:
    """Tell whether Claude Code has the record of a session."""
    if not SESSION.fullmatch(session):
        return False
    folder = Path(os.environ.get("CLAUDE_CONFIG_DIR") or home() / ".claude")
    return any(folder.glob(f"projects/*/{session}.jsonl"))


def read(order: Order, out: Path, err: Path, code: int) -> Answer:
    """Read the stream of events: the last words, the session, what it used, and what was in its way."""
    found = _Stream()
    for event in events(out):
        found.take(event)
    text = str(found.result.get("result") or found.said) if found.result else found.said
    return Answer(text, found.usage(), found.session, found.pause(last_words(err), code))


class _Stream:
    """What a session's events come to."""

    def __init__(self) -> None:
        self.session = self.said = ""
        self.result: dict[str, Any] = {}
        self.worked = False
        self._models: dict[str, list[float]] = {}
        self._messages: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._resets: float | None = None

    def take(self, event: Mapping[str, Any]) -> None:
        """Take in one event; unknown ones are passed over."""
        self.session = str(event.get("session_id") or self.session)
        match event.get("type"):
            case "assistant":
                self._assistant(event)
            case "result":
                self.result = dict(event)
                self._count(event)
            case "rate_limit_event":
                info = event.get("rate_limit_info")
                resets = info.get("resetsAt") if isinstance(info, dict) and info.get("status") == "rejected" else None
                self._resets = resets if isinstance(resets, int | float) else self._resets

    def _assistant(self, event: Mapping[str, Any]) -> None:
        """Take in a message: its text if it is the session's own, its usage by its id."""
        message = event.get("message")
        if not isinstance(message, dict) or message.get("model") == "<synthetic>":
            return
        self.worked = True
        if isinstance(usage := message.get("usage"), dict):
            self._messages[str(message.get("id"))] = (str(message.get("model", "")), usage)
        parts = message.get("content")
        parts = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
        texts = [str(part.get("text")) for part in parts if part.get("type") == "text"]
        if texts and not event.get("parent_tool_use_id"):
            self.said = "\n".join(texts)

    def _count(self, event: Mapping[str, Any]) -> None:
        """Add what a result says was used since the one before; older versions say it for the whole process."""
        since = event.get("model_usage_since_last_result")
        if not isinstance(since, dict):
            since, self._models = event.get("modelUsage"), {}
        for model, used in since.items() if isinstance(since, dict) else ():
            if isinstance(used, dict):
                kinds = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens", "costUSD")
                before = self._models.get(model, [0.0] * len(kinds))
                self._models[model] = [old + _number(used.get(kind)) for old, kind in zip(before, kinds, strict=True)]

    def usage(self) -> Usage | None:
        """Return what was used: by the host's own sum, or where it was ended before that, by messages, unpriced."""
        if self._models:
            summed = [sum(column) for column in zip(*self._models.values(), strict=True)]
            most = max(self._models, key=lambda model: self._models[model][1])
            dollars = summed[4] if summed[4] or not sum(summed[:4]) else None
            return _usage(summed, dollars, most)
        if self.result and not self._messages:
            return Usage(dollars=_number(self.result.get("total_cost_usd")))
        if not self._messages:
            return None
        kinds = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        sums = [sum(_number(usage.get(kind)) for _, usage in self._messages.values()) for kind in kinds]
        return _usage(sums, None, next(reversed(self._messages.values()))[0])

    def pause(self, err: str, code: int) -> Pause | None:
        """Say what was in the way of the work, if anything but the work was."""
        if not self.result:
            return (
                None
                if self.worked or code <= 0
                else Pause(_line(err) or f"Claude Code: it ended with exit code {code}", mends=False)
            )
        if not self.result.get("is_error"):
            return None
        said, status = str(self.result.get("result") or err), self.result.get("api_error_status")
        if ACCOUNT.search(said) or status in CLOSED:
            return Pause(_line(said), mends=False)
        if status in BUSY or (status is None and (LIMITS.search(said) or LOST.search(said))):
            return Pause(_line(said), self._wait(said))
        return None

    def _wait(self, said: str) -> float | None:
        """Return how many seconds to wait, where it was said."""
        return asked_to_wait(said) if self._resets is None else max(0.0, self._resets - time.time())


def _usage(tokens: Sequence[float], dollars: float | None, model: str) -> Usage:
    """Return tokens by kind, in the order of Usage."""
    return Usage(int(tokens[0]), int(tokens[1]), int(tokens[2]), int(tokens[3]), dollars, model)


def _number(value: object) -> float:
    """Return a number as it stands in the records, else 0."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _line(text: str) -> str:
    """Return the last line of a text that says something, and what to do where that is known."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    mend = next((do for words, do in MENDS.items() if lines and words in lines[-1]), "")
    return f"Claude Code: {lines[-1][:300]}{mend}" if lines else ""
