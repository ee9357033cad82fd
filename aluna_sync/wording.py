"""Words of one's own: coining them, saying that two are the same, hiding some, naming filters."""

from __future__ import annotations

from typing import Final

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.device import Device
from aluna_sync.errors import WrongUseError
from aluna_sync.journal import mine as own_things
from aluna_sync.journal.edit_kinds import (
    AddMember,
    Edit,
    RemoveMember,
    SetReading,
    SetText,
)
from aluna_sync.journal.filters import Filter
from aluna_sync.journal.folding import fold
from aluna_sync.journal.mine import HIDDEN, VIEWS, Mine
from aluna_sync.journal.own_words import SAME, TYPE, WORDS, OwnWord, id_of
from aluna_sync.journal.values import is_own
from aluna_sync.journal.vocabulary import OWN_GROUP

MAX_WORD: Final = 80
"""Letters of a word: a list of words stays readable."""
MAX_VIEW: Final = 80


async def coin(
    device: Device,
    space: SpaceId,
    names: dict[str, str],
    *,
    group: str = "",
    meaning: str = "",
) -> str:
    """Add a word to *space*, called *names* by language, and return its id.

    Raises WrongUseError word-not-usable, word-exists (near=its id), unknown-choice.
    """
    edits = _naming(names)
    for said in names.values():
        for word in device.own_words():
            if word.space == space and fold(said) in (fold(word.es), fold(word.en)):
                raise WrongUseError("word-exists", term=said, near=[word.id])
    if group and group != OWN_GROUP.id:
        edits.append(SetReading("group", group))
    if meaning.strip():
        edits.append(SetText("body", meaning))
    return id_of(await device.add(TYPE, edits, space))


async def rename(device: Device, term: str, names: dict[str, str], meaning: str | None) -> None:
    """Call an own word otherwise; done apart by two people, both names stay.

    Raises WrongUseError not-an-own-word, word-not-usable.
    """
    word = _own(device, term)
    edits = _naming(names) if names else []
    if meaning is not None:
        edits.append(SetText("body", meaning))
    await device.edit(word.document, edits)


def _naming(names: dict[str, str]) -> list[Edit]:
    edits: list[Edit] = []
    for lang, said in sorted(names.items()):
        plain = " ".join(said.split())
        if not plain or len(plain) > MAX_WORD or is_own(plain):
            raise WrongUseError("word-not-usable", at_most=MAX_WORD)
        edits.append(SetReading(WORDS[lang], plain))
    return edits


async def say_same(device: Device, term: str, other: str) -> None:
    """Say that the own word *term* is the same as *other*, which is shown from now on.

    Raises WrongUseError not-an-own-word, unknown-term, same-word, word-kept-elsewhere.
    """
    word = _own(device, term)
    known = device.vocabulary()
    if known.term(other) is None:
        raise WrongUseError("unknown-term", term=other, near=known.near(other))
    if other == word.id:
        raise WrongUseError("same-word")
    if is_own(other):
        # Whoever reads the one word must be able to read the one it is shown as.
        wider = _own(device, other).space
        if wider not in (word.space, device.spaces.rows[word.space].collective):
            raise WrongUseError("word-kept-elsewhere")
    await device.edit(word.document, [AddMember(SAME, other)])


async def say_apart(device: Device, term: str, other: str) -> None:
    """Say that two words are not the same after all; WrongUseError words-not-joined."""
    joined = False
    for one, another in ((term, other), (other, term)):
        if is_own(one) and another in _own(device, one).same:
            await device.edit(_own(device, one).document, [RemoveMember(SAME, another)])
            joined = True
    if not joined:
        raise WrongUseError("words-not-joined")


def _own(device: Device, term: str) -> OwnWord:
    for word in device.own_words():
        if word.id == term:
            return word
    raise WrongUseError("not-an-own-word", term=term)


# -- what is only mine -----------------------------------------------------------------------------


async def hide(device: Device, private: SpaceId, term: str) -> None:
    """Hide *term*, and what is the same, from this person's lists of words; only she knows."""
    await _keep(device, private, [AddMember(HIDDEN, device.vocabulary().shown(term))])


async def show_again(device: Device, private: SpaceId, term: str) -> None:
    """Let *term* be seen again; WrongUseError not-hidden."""
    kept = device.mine(private)
    same = [one for one in device.vocabulary().same(term) if one in kept.hidden]
    if not same:
        raise WrongUseError("not-hidden", term=term)
    for one in same:
        await _drop(device, kept.hidden[one], RemoveMember(HIDDEN, one))


async def save_view(device: Device, private: SpaceId, name: str, said: Filter) -> None:
    """Keep a filter as *name*, in place of one of that name; WrongUseError view-name-not-usable."""
    plain = " ".join(name.split())
    if not plain or len(plain) > MAX_VIEW or "/" in plain:
        raise WrongUseError("view-name-not-usable", at_most=MAX_VIEW)
    edit = AddMember(VIEWS, plain, said.kept())
    before = device.mine(private).view(plain)
    if before is not None and before.name != plain:
        await _drop(device, before.documents, RemoveMember(VIEWS, before.name))
    if before is not None and before.name == plain:
        for document in before.documents:
            await device.edit(document, [edit])
        return
    await _keep(device, private, [edit])


async def delete_view(device: Device, private: SpaceId, name: str) -> None:
    """Forget the filter called *name*; WrongUseError no-such-view."""
    kept = device.mine(private)
    view = kept.view(name)
    if view is None:
        raise WrongUseError("no-such-view", name=name, names=[one.name for one in kept.views])
    await _drop(device, view.documents, RemoveMember(VIEWS, view.name))


async def _keep(device: Device, private: SpaceId, edits: list[Edit]) -> None:
    kept: Mine = device.mine(private)
    if kept.documents:
        await device.edit(kept.documents[0], edits)
    else:
        await device.add(own_things.TYPE, edits, private)


async def _drop(device: Device, documents: tuple[DocumentId, ...], edit: Edit) -> None:
    for document in documents:
        await device.edit(document, [edit])
