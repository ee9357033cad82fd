"""Reading: lists a few lines at a time, and one record after what asks for care was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import DocumentId
from aluna_sync.journal.folding import fold
from aluna_sync.journal.rewritten import Rewriting
from aluna_sync.journal.types import Link, Record
from aluna_sync.store.rows import ListRow, Query
from aluna_tui.labels import sentence, type_name, type_plural
from aluna_tui.moments import coarse_date
from aluna_tui.plain import doing
from aluna_tui.plain.errors import BackError
from aluna_tui.plain.offering import Offer, doubt, matching, offers_of, pick, tell
from aluna_tui.plain.session import Session
from aluna_tui.plain.speech import without_sign
from aluna_tui.plain.talk import Talk
from aluna_tui.texts import _, listed, ngettext
from aluna_tui.view_models.choices import type_choices
from aluna_tui.view_models.drafts import UNSAID
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.reader import LinkGroup, ReaderPage, reader_page

if TYPE_CHECKING:
    from aluna_sync.device import Device

ROWS: Final = 8
"""Records said at once."""
LETTERS: Final = 1_500
"""Letters of a text said before asking whether to go on."""
WHOLE: Final = 200_000
TITLE: Final = 80
MORE: Final = ("m", "more", "mas")


def read(session: Session) -> None:
    """Ask what to read, and read it; raises `BackError`."""
    talk = session.talk
    offers = [
        Offer("newest", _("what is newest")),
        Offer("unread", _("what you have not read yet")),
        Offer("kind", _("of one kind")),
        Offer("put-away", _("what was put away")),
        Offer("id", _("one record by the beginning of its id"), ("id",)),
    ]
    with talk.place(_("You are reading. Nothing that hurts opens by itself.")):
        while True:
            chosen = pick(talk, _("What do you want to read"), offers).id
            try:
                if chosen == "id":
                    read_by_id(session)
                else:
                    browse(session, _query(talk, chosen))
            except BackError:
                continue


def _query(talk: Talk, chosen: str) -> Query:
    match chosen:
        case "unread":
            return Query(unread_only=True, order="recent", limit=ROWS)
        case "put-away":
            return Query(put_away=True, order="recent", limit=ROWS)
        case "kind":
            type_ = pick(talk, _("Which kind"), offers_of(type_choices())).id
            return Query(types=(type_,), limit=ROWS)
        case _:
            return Query(order="recent", limit=ROWS)


def read_by_id(session: Session) -> None:
    """Ask for an id and read its record."""
    prefix = session.talk.ask(_("How its id begins"))
    with session.device() as device:
        document = device.find(prefix)
    open_record(session, document)


def search(session: Session) -> None:
    """Ask for words and read what holds them; raises `BackError`."""
    talk = session.talk
    with talk.place(_("You are searching in everything this device can read.")):
        while True:
            words = talk.ask(_("Which words"), _("Accents do not matter."))
            try:
                browse(session, Query(words=words, order="recent", limit=ROWS))
            except BackError:
                continue


def browse(session: Session, query: Query) -> None:
    """Say a list a few records at a time and open those that are chosen; raises `BackError`."""
    talk, offset = session.talk, 0
    while True:
        with session.device() as device:
            page = device.list(replace(query, offset=offset))
        if not page.total:
            talk.say(_("There is nothing here yet."))
            raise BackError
        if not offset:
            words = ngettext("{count} record.", "{count} records.", page.total)
            talk.say(words.format(count=page.total))
        offers = [Offer(row.document.hex(), row_words(row)) for row in page.rows]
        more = page.total > offset + len(page.rows)
        if more:
            offers.append(Offer("", _("more"), MORE))
        chosen = pick(talk, _("Which one"), offers)
        if chosen.id:
            _read_on(session, DocumentId(bytes.fromhex(chosen.id)))
        else:
            offset += ROWS


def _read_on(session: Session, document: DocumentId) -> None:
    try:
        open_record(session, document)
    except BackError:
        return


def row_words(row: ListRow) -> str:
    """Say one record of a list; of what asks for care only what it is."""
    words = "" if row.type in UNSAID else one_line(row.title, TITLE)
    pieces = [type_name(row.type), coarse_date(row.when) if row.when else ""]
    if row.unread:
        pieces.append(_("not read yet"))
    if row.readings:
        pieces.append(_("two readings"))
    about = ", ".join(piece for piece in pieces if piece)
    return f"{words} ({about})" if words else about


# -- one record ----------------------------------------------------------------------------------


def open_record(session: Session, document: DocumentId) -> None:
    """Read a record and ask what to do with it; raises `BackError`."""
    talk = session.talk
    with talk.place(_("You are reading one record.")):
        _read_whole(session, document)
        told: list[Offer] = []
        while True:
            record, links = _standing(session, document)
            offers = [*_link_offers(links), *doing.offers(record)]
            if offers != told:
                tell(talk, offers)
                told = offers
            names = listed([f"“{one.words}”" for one in offers])
            said = talk.ask(
                _("What now"), _("Say a number, or one of {names}.").format(names=names)
            )
            meant = matching(said, offers)
            if len(meant) != 1:
                doubt(talk, said, meant)
                continue
            try:
                _go_on(session, document, meant[0].id)
            except BackError:
                continue


def _go_on(session: Session, document: DocumentId, chosen: str) -> None:
    kind, _colon, rest = chosen.partition(":")
    if kind == "go":
        open_record(session, DocumentId(bytes.fromhex(rest)))
        return
    if kind == "again":
        _read_whole(session, document)
        return
    doing.do(session, document, kind)
    if kind == "take-back":
        with session.device() as device:
            if device.record(document) is None:
                raise BackError


def _standing(session: Session, document: DocumentId) -> tuple[Record, list[Link]]:
    with session.device() as device:
        record = device.record(document)
        if record is None:
            session.talk.say(_("It is not here any more."))
            raise BackError
        return record, list(device.links(document))


def _link_offers(links: Sequence[Link]) -> list[Offer]:
    offers: list[Offer] = []
    for link in links:
        if not link.type or link.taken_back:
            continue
        title = "" if link.type in UNSAID else one_line(link.title, TITLE)
        about = type_name(link.type)
        words = f"{title} ({about})" if title else about
        goes = _("go to: {words}").format(words=words)
        offers.append(Offer(f"go:{link.target.hex()}", goes))
    return offers


def _read_whole(session: Session, document: DocumentId) -> None:
    """Say a record: first whose it is and what asks for care, then its words if they are wanted."""
    talk = session.talk
    record, links = _standing(session, document)
    apart: Sequence[Rewriting] = ()
    if record.hands > 1:
        apart = session.merging(lambda device: device.rewritten(document))
    with session.device() as device:
        page = _page(device, record, links, apart, opened=False)
        _say_head(talk, page)
        talk.say(*_life(device, record))
        if page.closed:
            if record.texts.get("care_note", "").strip():
                talk.say(one_line(record.texts["care_note"]))
            else:
                talk.say(_("To be read in company."))
            if not talk.yes(_("Open it?")):
                _say_sustained(talk, page.sustained)
                raise BackError
            page = _page(device, record, links, apart, opened=True)
        _say_body(talk, page)
        device.mark_read(document)


def _page(
    device: Device,
    record: Record,
    links: Sequence[Link],
    apart: Sequence[Rewriting],
    *,
    opened: bool,
) -> ReaderPage:
    return reader_page(device, record, links, opened=opened, letters=WHOLE, apart=apart)


def _life(device: Device, record: Record) -> list[str]:
    """Say how it stands with a record, and what of it waits for this person's voice."""
    if not record.acts and not record.state:
        return []
    from aluna_sync.living import mine_in
    from aluna_tui.life_words import MINE, life_sentences

    absent = device.spaces.absent(record.space)
    said = life_sentences(record, device.person_name_of, dt.date.today(), absent)
    return [*said, *(_(MINE[one.what]) for one in mine_in(device, record))]


def _say_head(talk: Talk, page: ReaderPage) -> None:
    talk.say(page.title, page.facts, _("It is {whose}.").format(whose=page.space), page.authors)
    if page.newer:
        talk.say(page.newer)
    if page.care and not page.closed:
        talk.say(page.care)


def _say_body(talk: Talk, page: ReaderPage) -> None:
    for passage in page.passages:
        if passage.name:
            talk.say(f"{passage.name}:")
        _say_long(talk, passage.text)
    for one in page.apart:
        talk.say(f"{one.name}:", *one.ways)
    for readings in page.readings:
        talk.say(f"{readings.name}, {readings.count}:")
        for number, line in enumerate(readings.lines, start=1):
            by = line.by.removeprefix("— ")
            talk.say(f"{number}. {by}: {line.words}")
    for name, words in page.details:
        talk.say(f"{name}: {words}")
    _say_sustained(talk, page.sustained)
    for group in page.links:
        _say_links(talk, group)


def _say_sustained(talk: Talk, group: LinkGroup | None) -> None:
    if group is None:
        return
    if group.lines:
        _say_links(talk, group)
    else:
        talk.say(f"{group.name}: {_('not spoken yet')}")


def _say_links(talk: Talk, group: LinkGroup) -> None:
    talk.say(f"{group.name}:", *(without_sign(line.words) for line in group.lines))


def _say_long(talk: Talk, text: str) -> None:
    """Say a text page by page; between two pages one may stop."""
    start = 0
    while start < len(text):
        end = _page_end(text, start)
        talk.say(text[start:end])
        start = end
        if start < len(text):
            said = talk.answer(_("There is more. Enter goes on, “no” stops here"), "")
            if fold(said).strip() in ("n", "no"):
                return


def _page_end(text: str, start: int) -> int:
    """Return where the page that begins at *start* ends: after a sentence or word if it can."""
    end = start + LETTERS
    if end >= len(text):
        return len(text)
    for mark in ("\n", ". ", " "):
        found = text.rfind(mark, start + LETTERS // 2, end)
        if found > 0:
            return found + 1
    return end


def read_agreements(session: Session) -> None:
    """Read the agreements; raises `BackError`."""
    session.talk.say(sentence(f"{type_plural('agreement')}:"))
    with session.talk.place(_("You are among the agreements.")):
        browse(session, Query(types=("agreement",), limit=ROWS))
