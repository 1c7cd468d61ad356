"""The door for `python -m batchpack`."""

from __future__ import annotations

from batchpack.cli import main

if __name__ == "__main__":
    main()
