"""The ledger: append-only facts of what models used, one database a user."""
