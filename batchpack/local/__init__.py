"""The local engine: attempts as processes of this machine, each with a keeper that outlives whoever started it."""
