"""Letting in somebody far away: her card read here, its words compared with her by voice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aluna_tui.screens.asking import AskingPage, Question, path_of
from aluna_tui.screens.pick import PickScreen
from aluna_tui.texts import _, language
from aluna_tui.view_models.belonging import sure_choices
from aluna_tui.view_models.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aluna_sync.device import Device


class AdmittingPage(AskingPage):
    """Asks for the file of a card, shows its six words, and lets in once they were compared."""

    def __init__(self, device: Device) -> None:
        self._opened = device
        explained = [
            _("Her card came by any road. She reads you its six words by voice: are they these?"),
            _("The next bundle for everybody, or for her, carries the admission, sealed to her."),
        ]
        question = Question("file", _("Which file is her card?"))
        super().__init__(
            _("Let in somebody far away, by her card"), explained, [question], self._admit
        )

    async def _admit(self, answers: Mapping[str, str]) -> str:
        from aluna_sync.exchange.cards import admit_card, read_card, words_of

        seat = read_card(path_of(answers["file"]))
        said = _("{person}, with the device “{device}”. The words of the card: {words}").format(
            person=one_line(seat.person_name, 40),
            device=one_line(seat.device_name, 40),
            words=_in_words(words_of(seat)),
        )
        question = PickScreen(said, sure_choices(_("She read me these very words.")))
        if await self.app.push_screen_wait(question) != ("yes",):
            return _("Nothing was done.")
        words = admit_card(self._opened, self._opened.collective(), seat)
        name = one_line(seat.person_name, 40)
        return " ".join([
            _("{person} is in.").format(person=name),
            _("Send her a bundle, and read her these words: {words}").format(
                words=_in_words(words)
            ),
        ])  # fmt: skip


def _in_words(indices: Sequence[int]) -> str:
    from aluna_sync.door_words import words_for

    return " ".join(words_for(indices, language()))
