"""The home page: who is here, what arrived, what waits; never an impact unasked."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aluna_sync.facts import PeerFacts, Status
from aluna_sync.store.rows import Query
from aluna_tui.keys import KEYS
from aluna_tui.labels import glyph, type_name
from aluna_tui.moments import coarse_date
from aluna_tui.sync_words import sync_sentence
from aluna_tui.texts import _, listed, ngettext
from aluna_tui.view_models.drafts import Draft, draft_words
from aluna_tui.view_models.facade import JournalDevice
from aluna_tui.view_models.home_lines import HomePage, Line, Section
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import NAME_LETTERS, counts_by_type, person_of

CARE_ASKED_FOR: Final = "impact"
_AGREEMENTS: Final = 5
_ARRIVALS_LOOKED_AT: Final = 500


def home_page(
    device: JournalDevice, drafts: list[Draft], now: datetime, today: tuple[Section, ...] = ()
) -> HomePage:
    """Return the page as it stands at *now* (with its zone); *today* is what was looked up."""
    status = device.status(state=False)
    sections = (
        *(today or (_agreements(device),)),
        _arrived(device),
        _writing(device),
        _left_open(drafts),
        _companions(device, now),
        _first_steps(device, status),
        _pages(),
    )
    return HomePage(
        collective=one_line(device.space_name(device.collective()), NAME_LETTERS),
        here=f"{here_words(device)} · {sync_words(status)}",
        sections=tuple(section for section in sections if section.lines),
    )


def here_words(device: JournalDevice) -> str:
    """Say who is here with a device right now."""
    names = dict.fromkeys(
        person_of(device, peer.person)
        for peer in device.peers()
        if peer.online and peer.person != device.person
    )
    if not names:
        return _("only you here")
    if len(names) > 3:
        return ngettext("here: {count} of you", "here: {count} of you", len(names) + 1).format(
            count=len(names) + 1
        )
    return _("here: {names}").format(names=listed([_("you"), *names]))


def sync_words(status: Status) -> str:
    """Say the state of sync in one short sentence."""
    lacking = [peer for peer in status.peers if peer.lacks]
    missing_here = sum(peer.we_lack or 0 for peer in status.peers)
    limited = sum(space.limited for space in status.spaces)
    aside = sum(space.set_aside for space in status.spaces) - limited
    if not status.peers:
        return _("nobody else yet")
    if missing_here:
        return ngettext(
            "{count} entry has still to arrive",
            "{count} entries have still to arrive",
            missing_here,
        ).format(count=missing_here)
    if lacking:
        words = ngettext(
            "{count} device lacks something", "{count} devices lack something", len(lacking)
        ).format(count=len(lacking))
    else:
        words = _("everything has arrived") if limited else _("everything up to date")
    if limited:
        words += ", " + ngettext(
            "{count} not read by this device", "{count} not read by this device", limited
        ).format(count=limited)
    if aside:
        words += ", " + ngettext("{count} set aside", "{count} set aside", aside).format(
            count=aside
        )
    return words


def _agreements(device: JournalDevice) -> Section:
    rows = device.list(Query(types=("agreement",), limit=_AGREEMENTS)).rows
    lines = tuple(
        Line(
            f"{glyph(row.type)} {one_line(row.title) or _('without words yet')}",
            _("two readings") if row.readings else coarse_date(row.when),
            row.document,
        )
        for row in rows
    )
    return Section(_("Agreements"), lines)


def _arrived(device: JournalDevice) -> Section:
    page = device.list(Query(unread_only=True, limit=_ARRIVALS_LOOKED_AT))
    if not page.total:
        return Section("", ())
    words = counts_by_type(row.type for row in page.rows)
    if page.total > len(page.rows):
        words = ngettext("{count} record", "{count} records", page.total).format(count=page.total)
    return Section(
        _("What you have not read yet"), (Line(words, _("Enter, calmly"), page="unread"),)
    )


def _writing(device: JournalDevice) -> Section:
    persons = {peer.device: peer.person for peer in device.peers()}
    lines: list[Line] = []
    for who, document in device.writing().items():
        record = device.record(document)
        if record is None:
            continue
        painful = record.type == CARE_ASKED_FOR
        what = type_name(record.type) if painful else one_line(record.title)
        words = _("{person} is writing in {what}").format(
            person=person_of(device, persons.get(who)), what=f"{glyph(record.type)} {what}"
        )
        lines.append(Line(words, document=document))
    return Section(_("Being written now"), tuple(lines))


def _left_open(drafts: list[Draft]) -> Section:
    return Section(
        _("You left these half written"),
        tuple(
            Line(draft_words(draft), _("only on this device"), draft=draft.key) for draft in drafts
        ),
    )


def _companions(device: JournalDevice, now: datetime) -> Section:
    behind = [peer for peer in device.peers() if peer.lacks or peer.we_lack]
    return Section(
        _("Companions"),
        tuple(Line(companion_words(peer, device, now), page="people") for peer in behind[:3]),
    )


def companion_words(peer: PeerFacts, device: JournalDevice, now: datetime) -> str:
    """Say in a sentence how things stand with one device."""
    words = one_line(sync_sentence(peer, now, device.person), 320)
    return words[:1].upper() + words[1:]


def _first_steps(device: JournalDevice, status: Status) -> Section:
    if any(space.records for space in status.spaces) and status.peers:
        return Section("", ())
    lines = [Line(_("n writes the first note: only yours until you say otherwise"), page="write")]
    if not status.peers:
        lines.append(Line(_("“aluna invite” opens the door to a companion, with five words")))
    return Section(_("To begin"), tuple(lines))


def _pages() -> Section:
    places = ("journal", "digest", "agreements", "pictures", "people")
    return Section(
        _("Go to"), tuple(Line(_(KEYS[id_].words), KEYS[id_].shown, page=id_) for id_ in places)
    )
