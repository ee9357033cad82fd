"""`voices`: what waits for my voice, and what asks to be looked at again this month."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.living import look_again_this_month, waits_for_me
from aluna_tui.agreeing_words import request_words
from aluna_tui.commands.grammar import Invocation, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import SHORT_ID, title_words
from aluna_tui.labels import glyph
from aluna_tui.life_words import MINE, again_words
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_sync.agreeing import Request
    from aluna_sync.device import Device


@click.command(
    "voices",
    cls=Verb,
    help=N_(
        "What waits for your voice: agreements, rounds, uses you were asked about, what was handed "
        "over to you, what waits for your yes at the door; and what asks to be looked at again "
        "this month. Only you see the first; nothing is counted, nothing runs out, and while you "
        "rest nothing waits."
    ),
)
@click.pass_obj
def voices_verb(invocation: Invocation) -> None:
    """Tell what waits for this person's voice and what to look at again."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        waits = waits_for_me(device)
        requests = _requests(device)
        again = look_again_this_month(device, dt.date.today())
        if voice.as_json:
            voice.json({
                "waits": [
                    {"record": one.document.hex(), "what": one.what.value, "act": one.act}
                    for one in waits
                ],
                "requests": [
                    {"id": one.id.hex(), "space": space.hex(), "what": one.what, "about": one.about}
                    for space, one in requests
                ],
                "look_again": [
                    {"record": one.document.hex(), "why": one.why.value, "on": one.on or None}
                    for one in again
                ],
            })  # fmt: skip
            return
        if waits:
            voice.data(voice.bold(_("What waits for your voice")) + ":")
        for one in waits:
            voice.data(_line(device, one.document, _(MINE[one.what]), voice))
        if requests:
            voice.data(voice.bold(_("What waits for your yes at the door")) + ":")
        for _space, asked in requests:
            voice.data(f"  {asked.id.hex()[:SHORT_ID]} · {request_words(asked)}")
        if again:
            voice.data(voice.bold(_("To look at again this month")) + ":")
        for each in again:
            voice.data(_line(device, each.document, again_words(each.why, each.on), voice))
        if not waits and not requests and not again:
            voice.talk(_("Nothing waits for you."))


def _requests(device: Device) -> list[tuple[SpaceId, Request]]:
    """Return, with its space, what waits for a yes of this person; while she rests, nothing."""
    from aluna_sync.agreeing import Agreeing, circles_here

    found: list[tuple[SpaceId, Request]] = []
    for collective in device.spaces.of_kind("collective"):
        for one in (Agreeing(device, collective), *circles_here(device, collective)):
            if device.person not in device.spaces.absent(one.space).resting:
                found += [(one.space, asked) for asked in one.requests() if asked.waits_for_me]
    return found


def _line(device: Device, document: DocumentId, said: str, voice: Voice) -> str:
    row = device.store.index.row(document)
    mark = "" if voice.plain or row is None else f"{glyph(row.type)} "
    title = title_words("" if row is None else row.title, 60)
    return f"  {mark}{title} · {document.hex()[:SHORT_ID]} · {said}"
