"""The state of sync as people say it: who has what, who is here, when you last met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from aluna_tui.labels import limited_words, space_words
from aluna_tui.moments import moment_words
from aluna_tui.texts import _, listed, ngettext

if TYPE_CHECKING:
    from aluna_protocol.ids import PersonId
    from aluna_sync.facts import LackFacts, PeerFacts
    from aluna_sync.standing import SetAsideFacts


def device_words(peer: PeerFacts, me: PersonId | None = None) -> str:
    """Name a device by its person: "Julia's “laptop”"; "your “phone”" when it is of *me*."""
    if peer.person == me:
        return _("your “{device}”").format(device=peer.device_name)
    return _("{person}'s “{device}”").format(person=peer.person_name, device=peer.device_name)


def limits_of_this_device(aside: Iterable[SetAsideFacts]) -> list[str]:
    """Say, for each device, what of it only this one could not read; empty when there is none."""
    counts = Counter((one.person_name, one.device_name) for one in aside if not one.by_lint)
    return [
        limited_words(count, _("{person}'s “{device}”").format(person=person, device=device))
        for (person, device), count in sorted(counts.items())
    ]


def sync_sentence(peer: PeerFacts, now: datetime, me: PersonId | None = None) -> str:
    """Say what *peer* lacks, what it has that is missing here, and when you last met."""
    who = device_words(peer, me)
    if peer.last_met is None and not peer.online and peer.we_lack is None:
        return _("{who} and this device have not met yet").format(who=who)
    clauses = [_lacks_clause(peer, who)]
    if peer.we_lack:
        clauses.append(
            ngettext(
                "it has {count} entry that is missing here",
                "it has {count} entries that are missing here",
                peer.we_lack,
            ).format(count=peer.we_lack)
        )
    if not peer.online and peer.last_met is not None:
        clauses.append(_("you last met {moment}").format(moment=moment_words(peer.last_met, now)))
    return "; ".join(clauses)


def _lacks_clause(peer: PeerFacts, who: str) -> str:
    if peer.online and not peer.lacks:
        return _("{who} is here, up to date").format(who=who)
    if peer.online:
        return ngettext(
            "{who} is here, receiving: {count} record to go",
            "{who} is here, receiving: {count} records to go",
            peer.lacks,
        ).format(who=who, count=peer.lacks)
    if not peer.lacks:
        return _("{who} has everything").format(who=who)
    if len(peer.spaces) > 1:
        missing = [_missing_there(one) for one in peer.spaces if one.lacks]
        return _("{who} lacks {what}").format(who=who, what=listed(missing))
    if peer.lacks_mine:
        return ngettext(
            "{who} lacks {count} of your notes",
            "{who} lacks {count} of your notes",
            peer.lacks_mine,
        ).format(who=who, count=peer.lacks_mine)
    return ngettext(
        "{who} lacks {count} record of others", "{who} lacks {count} records of others", peer.lacks
    ).format(who=who, count=peer.lacks)


def _missing_there(there: LackFacts) -> str:
    space = space_words(there.kind, there.name, there.persons)
    if there.lacks_mine:
        return ngettext(
            "{count} of your notes ({space})", "{count} of your notes ({space})", there.lacks_mine
        ).format(count=there.lacks_mine, space=space)
    return ngettext(
        "{count} record of others ({space})", "{count} records of others ({space})", there.lacks
    ).format(count=there.lacks, space=space)
