"""The page of the network: what is seen of it, how this device behaves there, where it is."""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_tui.labels import lan_words
from aluna_tui.network_words import findable_words, quiet_words, what_to_do
from aluna_tui.texts import _
from aluna_tui.view_models.facade import JournalDevice


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """What the page of the network shows."""

    state: str
    advice: str
    ways: tuple[str, ...]
    """How this device behaves here, a sentence each."""
    addresses: tuple[str, ...]
    """Where companions can meet this device, as they type it."""


def network_page(device: JournalDevice) -> NetworkPage:
    """Return the page as it stands now."""
    lan = device.status(state=False).lan.value
    return NetworkPage(
        state=_("network: {state}").format(state=lan_words(lan)),
        advice=what_to_do(lan),
        ways=(quiet_words(on=device.quiet), findable_words(on=device.findable)),
        addresses=tuple(_typed(host, port) for host, port in device.listening),
    )


def _typed(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
