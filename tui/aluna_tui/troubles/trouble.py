"""What every sentence about trouble is made of."""

from __future__ import annotations

from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_tui.texts import N_


@dataclass(frozen=True, slots=True)
class Trouble:
    """Three sentences about an error; placeholders are the error's fields."""

    what: str
    safe: str
    then: str


NOTHING_LOST: Final = N_("Nothing was changed and nothing was lost.")
SAFE_HERE: Final = N_("Everything you wrote is safe on this device.")
