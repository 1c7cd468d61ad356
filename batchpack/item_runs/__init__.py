"""Items worked on by programs without a conversation: each a call of its own, claimed, judged, recorded, acted on."""
