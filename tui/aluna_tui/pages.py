"""The pages one goes to by name, and the orders that are offered everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aluna_tui.screens.belonging import BelongingScreen
from aluna_tui.screens.carrying import CarryingScreen
from aluna_tui.screens.digest import DigestScreen
from aluna_tui.screens.journal import JournalScreen
from aluna_tui.screens.network import NetworkScreen
from aluna_tui.screens.page import Page
from aluna_tui.screens.people import PeopleScreen
from aluna_tui.screens.pictures import PicturesScreen
from aluna_tui.screens.preferences import PreferencesScreen
from aluna_tui.screens.safety import SafetyScreen
from aluna_tui.screens.tray import TrayScreen

ORDERS: Final = (
    "write", "emergency", "search", "home", "journal", "agreements", "digest", "pictures", "people",
    "belonging", "network", "carrying", "tray", "help", "quiet", "enough", "colours", "preferences",
    "safety", "panic", "lock", "leave",
)  # fmt: skip
EMERGENCY: Final = "emergency"
PAGES: Final[dict[str, Callable[[], Page]]] = {
    "journal": JournalScreen,
    "agreements": lambda: JournalScreen(("agreement",)),
    "unread": lambda: JournalScreen(unread=True),
    "people": PeopleScreen,
    "safety": SafetyScreen,
    "belonging": BelongingScreen,
    "carrying": CarryingScreen,
    "network": NetworkScreen,
    "tray": TrayScreen,
    "pictures": PicturesScreen,
    "digest": DigestScreen,
    "preferences": PreferencesScreen,
}
