"""Settings files that belong to the user: values put in and taken out, with every other byte left as it is."""

from __future__ import annotations

from batchpack.installer.settings.claims import Claim
from batchpack.installer.settings.merge import Merged, merge, take_out, wanted_there

__all__ = ["Claim", "Merged", "merge", "take_out", "wanted_there"]
