"""`invite` and `join`: one opens the door, the other comes in with five words."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from aluna_sync.errors import AlunaError, ExitCode, WrongUseError
from aluna_sync.journal.folding import fold
from aluna_tui.addresses import address_text, parse_address
from aluna_tui.commands.closing import choose_removes, panic_removes_option
from aluna_tui.commands.founding import usual_device_name
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import (
    ask,
    given_passphrase,
    home_of,
    new_passphrase,
    open_device,
)
from aluna_tui.commands.output import Voice
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.qr import qr_text
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _, language, ngettext
from aluna_tui.view_models.inviting import entered_words

if TYPE_CHECKING:
    from aluna_protocol.ids import DeviceId
    from aluna_sync.device import Device
    from aluna_sync.facts import News
    from aluna_sync.node import Admitted, Found, Knock, Node, OpenDoor

DOOR_WORDS: Final = 5
HAND_OVER_SECONDS: Final = 60.0
"""How long the one who invited stays to hand over the journal; the rest comes with `sync`."""


@click.command(
    "invite",
    cls=Verb,
    help=N_(
        "Open the door to one new device for some minutes. It shows five words to say aloud or "
        "on the phone; whoever wants to enter writes them with “aluna join”. Then both see the "
        "same four words, and you say yes or no."
    ),
)
@click.option(
    "--minutes", cls=Opt, type=click.FloatRange(min=0.05, max=10), default=10.0,
    show_default=True, metavar="N", help=N_("How long the door stays open."),
)  # fmt: skip
@click.option(
    "--listen", cls=Opt, metavar="HOST:PORT",
    help=N_("Where to wait; without it, any free port of the local network."),
)  # fmt: skip
@click.option(
    "--yes-to", cls=Opt, metavar=N_("NAME"),
    help=N_("Say yes, without asking, to whoever comes with this name; no to others."),
)  # fmt: skip
@click.option(
    "--mine", cls=Opt, is_flag=True,
    help=N_("For another device of mine: it comes in as me, with my private notes and circles."),
)  # fmt: skip
@click.pass_obj
def invite_verb(
    invocation: Invocation, minutes: float, listen: str | None, yes_to: str | None, *, mine: bool
) -> int:
    """Open the door and wait for one newcomer."""
    voice = Voice(invocation)
    address = parse_address(listen) if listen else None
    with open_device(invocation, merges=True) as device:
        keeper = _DoorKeeper(invocation, voice, yes_to, mine=mine)
        admitted = run_in_loop(keeper.wait_at_door(device, address, minutes), device)
    if voice.as_json:
        entered = {"person": admitted.person, "device": admitted.device.hex()} if admitted else None
        voice.json({"admitted": entered})
    if admitted is None:
        voice.talk(what_happened(AlunaError("nobody-came")))
        return ExitCode.NOT_DONE
    if not voice.as_json:
        voice.data(entered_words(admitted.person, mine=mine))
    return ExitCode.DONE


class _DoorKeeper:
    """Shows the door's words, and asks about whoever knocks."""

    def __init__(
        self, invocation: Invocation, voice: Voice, yes_to: str | None, *, mine: bool
    ) -> None:
        self._mine = mine
        self._invocation = invocation
        self._voice = voice
        self._yes_to = yes_to

    async def wait_at_door(
        self, device: Device, address: tuple[str, int] | None, minutes: float
    ) -> Admitted | None:
        """Keep a door open until somebody is in or it closes; together with a node if we may.

        While another program of this person is in touch with others, it passes on whom we admit.
        """
        from aluna_sync.node import NodeOptions

        options = NodeOptions(listen=(address[0], 0)) if address else NodeOptions()
        node = self._invocation.doors.node(device, options)
        try:
            async with node.running():
                return await self._with_node(node, device, address, minutes)
        except AlunaError as error:
            if error.code != "node-already-running":
                raise
        from aluna_sync.node import OpenDoor

        space = device.collective(self._invocation.collective)
        listen = address or ("0.0.0.0", 0)  # noqa: S104 - announced on chosen interfaces alone
        door = await OpenDoor.open(
            device, space, minutes, listen, self._on_knock, None, mine=self._mine
        )
        return await self._at(door, minutes)

    async def _with_node(
        self, node: Node, device: Device, address: tuple[str, int] | None, minutes: float
    ) -> Admitted | None:
        space = device.collective(self._invocation.collective)
        door = await node.open_door(
            minutes, self._on_knock, space=space, listen=address, mine=self._mine
        )
        admitted = await self._at(door, minutes)
        if admitted is not None:
            await _hand_over(node, device, admitted.device)
        return admitted

    async def _at(self, door: OpenDoor, minutes: float) -> Admitted | None:
        self._show(door.words, self._invocation.doors.reachable(door.address), minutes)
        try:
            return await door.wait()
        finally:
            await door.close()

    def _show(self, indices: Sequence[int], address: tuple[str, int], minutes: float) -> None:
        words = self._invocation.doors.words_for(indices, language())
        at = address_text(address)
        voice = self._voice
        if voice.as_json:
            expires = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
            voice.json(
                {"words": words, "address": at, "expires": expires.isoformat(timespec="seconds")}
            )
            return
        voice.data(_("The door is open. The five words are:"))
        for number, word in enumerate(words, start=1):
            voice.data(f"  {number}  {voice.bold(word)}")
        if voice.terminal and not voice.plain:
            voice.data("")
            voice.data(qr_text(f"aluna:{' '.join(words)}@{at}"))
        shown = ngettext("{count} minute", "{count} minutes", round(minutes)).format(
            count=round(minutes, 1) if minutes < 1 else round(minutes)
        )
        voice.talk(_("Say them only to whoever is to come in, aloud or by phone."))
        voice.talk(_("It closes in {minutes}, or when somebody is in.").format(minutes=shown))
        voice.talk(
            _("If the other device does not find it: aluna join {words} --at {address}").format(
                words=" ".join(words), address=at
            )
        )

    async def _on_knock(self, knock: Knock) -> bool:
        voice = self._voice
        safety = self._invocation.doors.words_for(knock.safety_words, language())
        if self._mine:
            said = _("The device “{device}” is at the door, to come in as you.")
        else:
            said = _("{person} is at the door, with the device “{device}”.")
        voice.talk(said.format(person=knock.person_name, device=knock.device_name))
        voice.talk(_("Both of you should see: {words}").format(words=" ".join(safety)))
        if self._yes_to is not None:
            same = fold(knock.person_name) == fold(self._yes_to)
            voice.talk(_("Yes, as you asked.") if same else _("No: it is somebody else."))
            return same
        import asyncio

        # The answer comes from a person: the loop must go on meanwhile.
        question = _("Do they see the same words, and do you let them in? (yes/no) ")
        return await asyncio.to_thread(_ask_yes, question)


async def _hand_over(node: Node, device: Device, newcomer: DeviceId) -> None:
    """Stay while the newcomer receives the journal; end when it has it, or has left."""
    import asyncio

    left = asyncio.Event()

    def heard(_news: News | None = None) -> None:
        met = any(peer.device == newcomer and peer.last_met for peer in device.peers())
        if met and newcomer not in device.online:
            left.set()

    heard()
    unsubscribe = device.subscribe(heard)
    waits = [
        asyncio.ensure_future(node.wait_until_settled(HAND_OVER_SECONDS)),
        asyncio.ensure_future(left.wait()),
    ]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        unsubscribe()
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def _ask_yes(question: str) -> bool:
    try:
        answer = click.prompt(question, default="", show_default=False, prompt_suffix="", err=True)
    except click.Abort:
        return False
    return fold(str(answer)) in {"y", "yes", "s", "si"}


@click.command(
    "join",
    cls=Verb,
    help=N_(
        "Enter a collective through a door somebody opened with “aluna invite”. Write the five "
        "words in their order, with or without accents. Then both see the same four words; on a "
        "terminal you are asked whether they are the same."
    ),
)
@click.argument("words", cls=Arg, nargs=-1, required=True, metavar=N_("WORD WORD WORD WORD WORD"))
@click.option(
    "--as", "person", cls=Opt, metavar=N_("PERSON"),
    help=N_("How you want to be called."),
)  # fmt: skip
@click.option(
    "--mine", cls=Opt, is_flag=True,
    help=N_("As another device of yours, through a door opened with “invite --mine”."),
)  # fmt: skip
@click.option(
    "--device", "device_name", cls=Opt, metavar=N_("NAME"),
    help=N_("What your companions call this device."),
)  # fmt: skip
@click.option(
    "--at", cls=Opt, metavar="HOST:PORT",
    help=N_("Where the door is, when this device does not find it by itself."),
)  # fmt: skip
@click.option(
    "--yes", "yes", cls=Opt, is_flag=True,
    help=N_("Go in without being asked whether the four words are the same."),
)  # fmt: skip
@panic_removes_option
@click.pass_obj
def join_verb(
    invocation: Invocation,
    words: tuple[str, ...],
    person: str | None,
    device_name: str | None,
    at: str | None,
    panic_removes: str | None,
    *,
    yes: bool,
    mine: bool,
) -> None:
    """Enter through an open door."""
    voice = Voice(invocation)
    if (person is None) != mine:
        raise WrongUseError("as-or-mine")
    typed = [word for argument in words for word in argument.split()]
    if at is None and len(typed) == DOOR_WORDS + 1 and ":" in typed[-1]:
        at = typed.pop()  # as the screens say where the door is
    if len(typed) != DOOR_WORDS:
        raise WrongUseError("not-five-words", count=len(typed))
    indices = invocation.doors.indices_of(typed, language())
    address = parse_address(at) if at else None
    home = home_of(invocation)
    if invocation.doors.vault_exists(home):
        passphrase = given_passphrase(invocation) or ask(_("Passphrase: "))
    else:
        passphrase = new_passphrase(invocation, voice)

    async def on_found(found: Found) -> bool:
        safety = invocation.doors.words_for(found.safety_words, language())
        voice.talk(_("The door was found: {person} opens it.").format(person=found.person_name))
        voice.talk(_("Both of you should see: {words}").format(words=" ".join(safety)))
        same = yes or await _words_are_the_same(voice)
        if same:
            voice.talk(_("Now wait for their yes."))
        return same

    device = run_in_loop(
        invocation.doors.join(
            home,
            passphrase,
            indices,
            # Until it takes hers, a device of mine is called by what it is.
            person=person or device_name or usual_device_name(),
            device_name=device_name or usual_device_name(),
            at=address,
            on_found=on_found,
            mine=mine,
        )
    )
    try:
        choose_removes(invocation, voice, device, panic_removes)
        _tell_entered(device, device.person_name, voice)
    finally:
        device.lock()


async def _words_are_the_same(voice: Voice) -> bool:
    """Ask the person where one can be asked; elsewhere say what to do (scripts go on)."""
    if voice.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        voice.talk(_("Nobody is asked here. Compare them: if they differ, somebody is in between."))
        return True
    import asyncio

    question = _("Are they the same on the other screen? (yes/no) ")
    return await asyncio.to_thread(_ask_yes, question)


def _tell_entered(device: Device, person: str, voice: Voice) -> None:
    space = device.collective()
    records = sum(one.records for one in device.status().spaces)
    if voice.as_json:
        voice.json({"space": space.hex(), "person": person, "records": records})
        return
    voice.data(
        _("You are in “{name}”, {person}.").format(name=device.space_name(space), person=person)
    )
    voice.talk(_("What is next: “aluna sync” to receive the journal, “aluna” to open it."))
