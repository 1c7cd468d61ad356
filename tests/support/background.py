"""An open session of a host that has all agents in the background, whatever the calls say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.support.model import Answer, Call, Conversation, Message
from tests.support.orchestrator import Obedient

FLAG = "run_in_background"


@dataclass
class Backgrounded:
    """An obedient model whose calls of agents are made in the background, and that does not know."""

    obedient: Obedient

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as the model would, but for where its agents work."""
        answer = self.obedient(replace(conversation, messages=tuple(map(_asked, conversation.messages))))
        return replace(answer, calls=tuple(_set(call, background=True) for call in answer.calls))


def _asked(message: Message) -> Message:
    """Return a message as the model remembers it."""
    tool = None if message.tool is None else _set(message.tool, background=False)
    return replace(message, calls=tuple(_set(call, background=False) for call in message.calls), tool=tool)


def _set(call: Call, *, background: bool) -> Call:
    """Return a call with another place for its agent; those of other tools stay."""
    return Call(call.name, {**call.arguments, FLAG: background}) if FLAG in call.arguments else call
