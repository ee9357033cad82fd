"""Writing a record: its words, whatever else it may say, then whose eyes will be on it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.journal.folding import fold
from aluna_sync.journal.schema import record_type
from aluna_tui.commands.waiting import run_now
from aluna_tui.labels import type_name
from aluna_tui.plain.errors import BackError
from aluna_tui.plain.filling import Filling, said_of
from aluna_tui.plain.offering import Offer, doubt, matching, offers_of, pick, tell
from aluna_tui.plain.session import Session
from aluna_tui.plain.speech import without_sign
from aluna_tui.plain.talk import NO, YES, Talk
from aluna_tui.texts import _, ngettext
from aluna_tui.view_models.choices import type_choices
from aluna_tui.view_models.drafts import PREFIX, Draft, draft_words, open_drafts
from aluna_tui.view_models.form import FormLine, form_lines
from aluna_tui.view_models.words import space_of

if TYPE_CHECKING:
    from aluna_sync.device import Device

ALL: Final = ("all", "todo", "todos", "todas")
OTHER: Final = "other"


def write(session: Session, type_: str | None = None) -> DocumentId | None:
    """Write something new or go on with a draft; return what was kept. Raises `BackError`."""
    talk = session.talk
    with talk.place(_("You are writing. Nobody reads it before you keep it.")):
        with session.device() as device:
            drafts = open_drafts(device.drafts())
        draft = _draft(talk, drafts) if drafts and type_ is None else None
        if draft is None:
            if type_ is None:
                type_ = pick(talk, _("What do you want to write"), offers_of(type_choices())).id
            draft = _new(type_)
        with session.device() as device:
            return _Writing(talk, device, draft).ask()


def _new(type_: str) -> Draft:
    return Draft(PREFIX + secrets.token_hex(8), type_)


def _draft(talk: Talk, drafts: list[Draft]) -> Draft | None:
    """Offer what was left half written; None for something new."""
    talk.say(_("You left these half written:"))
    offers = [Offer(one.key, without_sign(draft_words(one))) for one in drafts]
    offers.append(Offer("", _("something new"), ("new", "nuevo")))
    types = offers_of(type_choices())
    chosen = pick(talk, _("Which one"), offers, unsaid=types)
    if chosen in types:
        return _new(chosen.id)
    return next((one for one in drafts if one.key == chosen.id), None)


class _Writing:
    """One record on its way, kept as a draft with every answer."""

    def __init__(self, talk: Talk, device: Device, draft: Draft) -> None:
        self._talk = talk
        self._device = device
        self._lines = form_lines(draft.type)
        self._space = SpaceId(bytes.fromhex(draft.space)) if draft.space else None
        self._filling = Filling(talk, device, draft, self._keep)

    @property
    def draft(self) -> Draft:
        """Everything said so far."""
        return self._filling.draft

    def _keep(self, draft: Draft) -> None:
        self._device.save_draft(draft.key, None if draft.empty else draft.packed())

    def ask(self) -> DocumentId | None:
        """Ask until it is kept, left as a draft, or thrown away."""
        talk, type_ = self._talk, self.draft.type
        talk.say(_("A new record: {type}.").format(type=type_name(type_)))
        talk.say(_("Everything may be left out. Each answer is kept on this device at once."))
        main = next((one for one in self._lines if one.field.name == record_type(type_).main), None)
        try:
            if self.draft.empty:
                if main is not None:
                    self._filling.ask(main)
            else:
                self._say_all()
            return self._rest(self._lines)
        except BackError:
            if not self.draft.empty:
                talk.say(_("It stays half written, only on this device."))
            raise

    def _say_all(self) -> None:
        for line in self._lines:
            if said := said_of(self.draft, line, self._device):
                self._talk.say(_("{name}: {said}").format(name=line.name, said=said))

    # -- the rest of the form --------------------------------------------------------------------

    def _rest(self, lines: list[FormLine]) -> DocumentId | None:
        """Ask what else is to be said, until she wants to keep it."""
        talk = self._talk
        offers = [Offer(one.field.name, one.name) for one in lines]
        hint = _("Say a number, a name or “all” to say more; “list” says the names again.")
        if offers:
            count = len(offers)
            said = ngettext(
                "There is {count} more thing it may say. Say its name, or “list”, or “all”.",
                "There are {count} more things it may say. Say a name, or “list”, or “all”.",
                count,
            )
            talk.say(said.format(count=count))
        while True:
            said = talk.answer(_("What else? Enter goes on to keeping it"), hint).strip()
            if not said:
                done, document = self._end()
                if done:
                    return document
            elif fold(said) in ALL:
                self._each(lines)
            elif fold(said) in ("list", "lista", "ver"):
                tell(talk, offers)
            elif len(meant := matching(said, offers)) == 1:
                self._one(next(one for one in lines if one.field.name == meant[0].id))
            else:
                doubt(talk, said, meant)

    def _each(self, lines: list[FormLine]) -> None:
        """Ask for every field in turn; `<` goes to the one before."""
        number = 0
        while number < len(lines):
            try:
                self._filling.ask(lines[number])
            except BackError:
                if number == 0:
                    return
                number -= 1
                continue
            number += 1

    def _one(self, line: FormLine) -> None:
        try:
            self._filling.ask(line)
        except BackError:
            return

    # -- keeping ---------------------------------------------------------------------------------

    def _end(self) -> tuple[bool, DocumentId | None]:
        """Say whose eyes will be on it and ask; return whether the writing is over."""
        talk = self._talk
        if self.draft.empty and not record_type(self.draft.type).may_be_empty:
            talk.say(_("Nothing was said yet, so there is nothing to keep."))
            return False, None
        whose = space_of(self._device, self._target())
        talk.say(_("It will be {whose}.").format(whose=whose))
        hint = _("yes keeps it; no goes on writing; “other” is for other eyes; “<” leaves it here.")
        while True:
            said = fold(talk.ask(_("Keep it? Yes, no, or other"), hint))
            if said in YES:
                return True, self._kept()
            if said in NO:
                return self._not_kept(), None
            if said in (OTHER, "otra", "otras", "otros", "otro"):
                self._choose_space()
                whose = space_of(self._device, self._target())
                talk.say(_("It will be {whose}.").format(whose=whose))
            else:
                talk.say(hint)

    def _target(self) -> SpaceId:
        if self._space is not None:
            return self._space
        return self._device.default_space(self.draft.default_space(), self._device.collective())

    def _choose_space(self) -> None:
        spaces = list(self._device.spaces.rows)
        offers = [Offer(one.hex(), space_of(self._device, one)) for one in spaces]
        try:
            self._space = SpaceId(bytes.fromhex(pick(self._talk, _("Whose is it"), offers).id))
        except BackError:
            return

    def _not_kept(self) -> bool:
        """Ask what becomes of it; return whether the writing is over."""
        offers = [
            Offer("on", _("go on writing"), ("on",)),
            Offer("draft", _("leave it half written, only on this device"), ("draft",)),
            Offer("away", _("throw it away"), ("away",)),
        ]
        try:
            chosen = pick(self._talk, _("What then"), offers).id
        except BackError:
            return False
        if chosen == "away":
            self._device.save_draft(self.draft.key, None)
            self._talk.say(_("It is gone; nobody read it."))
        elif chosen == "draft":
            self._talk.say(_("It stays half written, only on this device."))
        return chosen != "on"

    def _kept(self) -> DocumentId | None:
        draft = self.draft
        try:
            document = run_now(self._device.add(draft.type, draft.edits(), self._target()))
        except AlunaError as error:
            self._talk.trouble(error)
            self._talk.say(_("It stays half written, only on this device."))
            return None
        self._device.save_draft(draft.key, None)
        self._device.mark_read(document)
        self._talk.say(
            _("Written. It is {whose}.").format(whose=space_of(self._device, self._target()))
        )
        return document
