"""Pictures of what people hold together, in words: agreements, fields, networks, devices."""

from __future__ import annotations

from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.agreements import Agreements
from aluna_sync.journal.pictures.devices import DeviceLine, WhoHasWhat
from aluna_sync.journal.pictures.fields import FieldsBalance
from aluna_sync.journal.pictures.networks import Ally, Networks
from aluna_tui.describing import term_label
from aluna_tui.labels import choice_name, field_name, sentence, state_words
from aluna_tui.life_words import MINE, again_words
from aluna_tui.moments import coarse_date
from aluna_tui.picture_words.base import INDENT, Names, lane, on_one_line
from aluna_tui.texts import _, listed, ngettext


def agreements(drawn: Agreements, names: Names) -> list[str]:
    """Say agreements by state, what to look at again, and what waits for whoever looks."""
    said: list[str] = []
    for column in drawn.columns:
        if column.records:
            said.append(f"{state_words(column.state)}:")
            said += names.lines(column.records)
    if drawn.again:
        said.append(_("To look at again this month") + ":")
        said += _with(names, [(o.document, again_words(o.why, o.on)) for o in drawn.again])
    if drawn.mine:
        said.append(_("What waits for your voice") + ":")
        said += _with(names, [(one.document, _(MINE[one.what])) for one in drawn.mine])
    return said


def _with(names: Names, told: list[tuple[DocumentId, str]]) -> list[str]:
    return [f"{INDENT}{names.of(document)} · {words}" for document, words in told]


def fields_balance(drawn: FieldsBalance, names: Names) -> list[str]:
    """Say what there is in each field of work, and ask which one nobody has looked at."""
    said: list[str] = []
    for one in drawn.fields:
        if one.field in drawn.not_looked_at:
            continue
        said.append(term_label(one.field))
        said += lane(_("Accompaniments"), one.processes, names)
        said += lane(_("Agreements"), one.agreements, names)
        said += lane(_("Care"), one.care, names)
    if drawn.unplaced:
        said += lane(_("Without a field of work yet"), drawn.unplaced, names, 0)
    said.append(_("Which one have we not looked at?"))
    if drawn.not_looked_at:
        fields = listed([term_label(one) for one in drawn.not_looked_at])
        said.append(INDENT + _("Not spoken yet: {fields}").format(fields=fields))
    return said


def networks(drawn: Networks, names: Names) -> list[str]:
    """Say allies, what each can hold and already holds, and who is tied to whom."""
    return [line for one in drawn.allies for line in _ally(one, names)]


def _ally(one: Ally, names: Names) -> list[str]:
    said = [f"{names.of(one.record)} ({listed([choice_name('with', w) for w in one.with_whom])})"]
    for field, words in (("can_hold", one.can_hold), ("already_holds", one.already_holds)):
        said.append(f"{INDENT}{field_name('bond', field)}: " + on_one_line(words))
    if one.holds_too_much:
        said.append(INDENT + _("Already holds too much: let us ask for less."))
    if one.beside:
        said += lane(_("Tied to"), one.beside, names)
    return said


def who_has_what(drawn: WhoHasWhat) -> list[str]:
    """Say what each device has: which day it was last met, and what waits for it."""
    return [sentence(_device(one)) for one in drawn.devices]


def _device(one: DeviceLine) -> str:
    if one.here:
        met = _("is near")
    elif one.last_met:
        met = _("last met on {day}").format(day=coarse_date(one.last_met))
    else:
        met = _("not met yet")
    waits = ngettext(
        "{count} record waits for it", "{count} records wait for it", one.waiting
    ).format(count=one.waiting)
    parts = [f"{one.of}, {one.name}: {met}", waits if one.waiting else _("has everything")]
    if one.we_wait_for:
        parts.append(_("it has something that we do not"))
    if not one.rotated:
        parts.append(_("the newest keys have not reached it, as far as we know"))
    return " · ".join(parts)
