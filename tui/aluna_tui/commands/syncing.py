"""`sync` and `node`: meeting the devices within reach, once or for as long as it runs."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import click

from aluna_sync.errors import AlunaError, ExitCode, IncompleteError, NobodyError
from aluna_sync.facts import Lan, OtherVersionMet, PeersChanged, RecordsChanged, TakenBack
from aluna_tui.addresses import address_text, parse_address
from aluna_tui.carrying_words import sync_words
from aluna_tui.commands.grammar import Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.people import now
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.labels import lan_words, sentence
from aluna_tui.network_words import probe_words
from aluna_tui.sentences import what_happened
from aluna_tui.sync_words import device_words, sync_sentence
from aluna_tui.taking_back_words import taken_back_words
from aluna_tui.texts import N_, _, listed, ngettext

if TYPE_CHECKING:
    from aluna_protocol.ids import DeviceId
    from aluna_sync.device import Device
    from aluna_sync.facts import Met, News, PeerFacts
    from aluna_sync.node import NodeOptions, SyncReport


@click.command(
    "sync",
    cls=Verb,
    help=N_(
        "Meet every device within reach, and end when nothing is missing on either side, or say "
        "what is. Exit code 4 when there was nobody, 5 when not everything arrived in time."
    ),
)
@click.option(
    "--once", cls=Opt, is_flag=True, help=N_("Meet each device once and end; it always does.")
)
@click.option(
    "--wait", cls=Opt, type=click.FloatRange(min=0), default=20.0, show_default=True,
    metavar=N_("SECONDS"), help=N_("How long to look for devices and let things arrive."),
)  # fmt: skip
@click.option(
    "--peer", "peers", cls=Opt, multiple=True, metavar="HOST:PORT",
    help=N_("Also try this address. May be repeated."),
)  # fmt: skip
@click.option("--no-lan", cls=Opt, is_flag=True, help=N_("Do not look on the local network."))
@click.option("--quiet", cls=Opt, is_flag=True, help=N_("Send nothing but what is asked for here."))
@click.option(
    "--probe", cls=Opt, is_flag=True,
    help=N_(
        "Ask every address around this device, for networks that block announcements. This is a "
        "port scan: a watched network notes it."
    ),
)  # fmt: skip
@click.pass_obj
def sync_verb(
    invocation: Invocation,
    once: bool,
    wait: float,
    peers: tuple[str, ...],
    no_lan: bool,
    quiet: bool,
    probe: bool,
) -> None:
    """Meet the devices within reach."""
    from aluna_sync.node import NodeOptions

    voice = Voice(invocation)
    addresses = tuple(parse_address(text) for text in peers)
    if probe:
        voice.talk(probe_words())
    with open_device(invocation, merges=True) as device:
        options = NodeOptions(
            listen=None if no_lan else NodeOptions().listen,
            lan=not no_lan,
            peers=addresses,
            quiet=quiet,
            probe=probe,
            # Whoever searches can be found as well: two that search at once must meet.
            findable=probe,
        )
        lan = _LanSeen(device)
        report = run_in_loop(_sync(invocation, device, options, wait), device)
        if voice.as_json:
            voice.json(report_as_json(report))
        else:
            _tell(device, report, voice)
        if not report.met and report.update_needed:
            raise AlunaError("update-needed")
        if not report.met and not any(looked.there for looked in report.folders):
            raise NobodyError("nobody", lan=lan_words(lan.last))
        if not report.complete:
            raise IncompleteError("incomplete")


async def _sync(
    invocation: Invocation, device: Device, options: NodeOptions, wait: float
) -> SyncReport:
    return await invocation.doors.node(device, options).sync_once(wait)


class _LanSeen:
    """Remembers what was seen of the network while a node ran; it forgets when it ends."""

    def __init__(self, device: Device) -> None:
        self.last = device.lan
        self._device = device
        device.subscribe(self._heard)

    def _heard(self, news: News) -> None:
        if isinstance(news, PeersChanged) and self._device.lan is not Lan.QUIET:
            self.last = self._device.lan


def report_as_json(report: SyncReport) -> dict[str, object]:
    """Return the object that `sync --json` prints (a contract)."""
    return {
        "met": [
            {
                "device": met.device.hex(),
                "person": met.person,
                "sent": {"entries": met.sent_entries, "bytes": met.sent_bytes},
                "received": {"entries": met.received_entries, "bytes": met.received_bytes},
                "seconds": round(met.seconds, 3),
                "complete": met.complete,
            }
            for met in report.met
        ],
        "unreached": [
            {
                "device": peer.device.hex(),
                "person": peer.person_name,
                "last_met": peer.last_met,
                "lacks": peer.lacks,
                "we_lack": peer.we_lack,
            }
            for peer in report.unreached
        ],
        "folders": [
            {
                "folder": str(looked.path),
                "there": looked.there,
                "read": looked.files,
                "new": looked.new,
                "written": looked.written,
                "complete": looked.whole,
            }
            for looked in report.folders
        ],
        "complete": report.complete,
    }


def _tell(device: Device, report: SyncReport, voice: Voice) -> None:
    names = {peer.device: device_words(peer, device.person) for peer in device.peers()}
    for met in report.met:
        voice.data(sentence(_met_words(met, names.get(met.device, met.person))))
    for looked in report.folders:
        voice.data(sentence(sync_words(looked)))
    for peer in report.unreached:
        voice.data(sentence(_unreached_words(peer, device)))


def _met_words(met: Met, who: str) -> str:
    sent = ngettext("gave {count} entry", "gave {count} entries", met.sent_entries).format(
        count=met.sent_entries
    )
    received = ngettext(
        "received {count} entry", "received {count} entries", met.received_entries
    ).format(count=met.received_entries)
    if not met.sent_entries and not met.received_entries:
        moved = _("nothing was missing")
    else:
        size = _("{bytes} bytes in {seconds} s").format(
            bytes=met.sent_bytes + met.received_bytes, seconds=f"{met.seconds:.1f}"
        )
        moved = f"{listed([sent, received])} ({size})"
    met_words = _("with {who}: {moved}").format(who=who, moved=moved)
    return met_words if met.complete else f"{met_words}; {_('something is still missing')}"


def _unreached_words(peer: PeerFacts, device: Device) -> str:
    state = sync_sentence(peer, now(), device.person)
    return _("not within reach: {state}").format(state=state)


@click.command(
    "node",
    cls=Verb,
    help=N_(
        "Stay and keep in sync with every device that comes within reach, without screens, until "
        "it is stopped. With --json, one line per event."
    ),
)
@click.option(
    "--listen", cls=Opt, metavar="HOST:PORT",
    help=N_("Where to wait for others; without it, any free port of the local network."),
)  # fmt: skip
@click.option(
    "--peer", "peers", cls=Opt, multiple=True, metavar="HOST:PORT",
    help=N_("Also try this address. May be repeated."),
)  # fmt: skip
@click.option("--no-lan", cls=Opt, is_flag=True, help=N_("Do not look on the local network."))
@click.option("--quiet", cls=Opt, is_flag=True, help=N_("Send nothing but what is asked for here."))
@click.option(
    "--findable", cls=Opt, is_flag=True,
    help=N_("Let companions on this network find this device where announcements are blocked."),
)  # fmt: skip
@click.pass_obj
def node_verb(
    invocation: Invocation,
    listen: str | None,
    peers: tuple[str, ...],
    no_lan: bool,
    quiet: bool,
    findable: bool,
) -> int:
    """Stay and keep in sync."""
    from aluna_sync.node import NodeOptions

    voice = Voice(invocation)
    options = NodeOptions(
        listen=parse_address(listen) if listen else NodeOptions().listen,
        lan=not no_lan,
        peers=tuple(parse_address(text) for text in peers),
        quiet=quiet,
        findable=findable,
    )
    with open_device(invocation, merges=True) as device:
        stopped_by = run_in_loop(_stay(invocation, device, options, voice), device)
    if stopped_by == signal.SIGINT:
        return ExitCode.INTERRUPTED
    voice.talk(_("The node has ended; everything is written."))
    return ExitCode.DONE


async def _stay(invocation: Invocation, device: Device, options: NodeOptions, voice: Voice) -> int:
    """Run a node until a signal asks it to end; return which."""
    node = invocation.doors.node(device, options)
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(number: int) -> None:
        if not stopped.done():
            stopped.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    watch = _Watch(device, voice)
    end = device.subscribe(watch.heard)
    try:
        async with node.running():
            watch.tell_address(node.listening)
            return await stopped
    finally:
        end()


class _Watch:
    """Tells who comes and goes, and how many records arrive."""

    def __init__(self, device: Device, voice: Voice) -> None:
        self._device = device
        self._voice = voice
        self._here: set[DeviceId] = set()
        self._lan: Lan | None = None

    def tell_address(self, address: tuple[str, int] | None) -> None:
        """Say where others can find this node."""
        where = address_text(address) if address else None
        if self._voice.as_json:
            self._voice.json({"event": "listening", "address": where})
        elif where:
            self._voice.talk(_("Listening at {address}.").format(address=where))

    def heard(self, news: News) -> None:
        """Tell *news* if it is about people or records."""
        match news:
            case PeersChanged():
                self._tell_lan()
                self._tell_peers()
            case OtherVersionMet():
                if self._voice.as_json:
                    self._voice.json({"event": "other-version"})
                else:
                    self._voice.talk(what_happened(AlunaError("update-needed")))
            case TakenBack(document, by, note):
                name = "" if by is None else self._device.person_name_of(by)
                if self._voice.as_json:
                    found = {"id": document.hex(), "note": note and note.hex()}
                    self._voice.json({"event": "taken-back", "by": name, **found})
                elif by != self._device.person:
                    self._voice.talk(taken_back_words(news, name))
            case RecordsChanged(documents=documents, from_device=device) if device is not None:
                self._tell_records(len(documents))
            case _:
                pass

    def _tell_lan(self) -> None:
        lan, before = self._device.lan, self._lan
        self._lan = lan
        if lan is before:
            return
        if self._voice.as_json:
            self._voice.json({"event": "lan", "lan": lan.value})
        else:
            self._voice.talk(sentence(_("local network: {lan}").format(lan=lan_words(lan))))

    def _tell_peers(self) -> None:
        for peer in self._device.peers():
            was_here = peer.device in self._here
            if peer.online == was_here:
                continue
            (self._here.add if peer.online else self._here.discard)(peer.device)
            if self._voice.as_json:
                event = "here" if peer.online else "gone"
                self._voice.json(
                    {"event": event, "device": peer.device.hex(), "person": peer.person_name}
                )
                continue
            if not sys.stderr.isatty():
                continue  # who meets whom must not end up in the journal of the system
            who = device_words(peer, self._device.person)
            said = _("{who} is here") if peer.online else _("{who} is gone")
            self._voice.talk(sentence(said.format(who=who)))

    def _tell_records(self, count: int) -> None:
        if self._voice.as_json:
            self._voice.json({"event": "records", "count": count})
            return
        self._voice.talk(
            ngettext("{count} record arrived.", "{count} records arrived.", count).format(
                count=count
            )
        )
