"""What bundles and folders did, in sentences for commands and screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from aluna_sync.store.folders import Carried, FolderRow, Seen
from aluna_tui.texts import _, listed, ngettext

if TYPE_CHECKING:
    from aluna_protocol.ids import DeviceId, PersonId
    from aluna_sync.exchange.folder import Looked
    from aluna_sync.exchange.taking import Taken
    from aluna_sync.exchange.writing import Written


class Knowing(Protocol):
    """What is asked of a device: who holds which."""

    def person_with(self, device: DeviceId) -> PersonId | None:
        """Return the person who holds *device*."""
        ...

    def person_name_of(self, person: PersonId) -> str:
        """Return the name of a person."""
        ...


def _people(device: Knowing, devices: Sequence[DeviceId]) -> str:
    persons = [device.person_with(one) for one in devices]
    names = [device.person_name_of(one) for one in persons if one is not None]
    return listed(sorted(set(names), key=str.casefold))


def size_words(size: int) -> str:
    """Return a size as people say it."""
    if size < 1_000_000:
        return _("{size} kB").format(size=max(1, round(size / 1000)))
    return _("{size} MB").format(size=f"{size / 1_000_000:.1f}")


def written_words(device: Knowing, written: Written, waiting: int) -> list[str]:
    """Say what a bundle that was written holds, and for whom."""
    what = ngettext("{count} entry", "{count} entries", written.entries).format(
        count=written.entries
    )
    said = [
        _("Written: {what}, {size}, sealed for {people}.").format(
            what=what, size=size_words(written.size), people=_people(device, written.readers)
        )
    ]
    if not written.entries:
        said.append(
            _("They are known to have everything; it only tells them what this device has.")
        )
    if waiting:
        said.append(
            ngettext(
                "{count} edit waits here: there is no key yet to write it under.",
                "{count} edits wait here: there is no key yet to write them under.",
                waiting,
            ).format(count=waiting)
        )
    return said


def taken_words(device: Knowing, taken: Taken) -> list[str]:
    """Say what a bundle brought."""
    writers = _people(device, sorted(taken.writers))
    new = ngettext("{count} new entry", "{count} new entries", taken.new).format(count=taken.new)
    if not taken.new:
        new = _("nothing new")
    said = [_("From {people}: {what}.").format(people=writers, what=new)] if writers else []
    if not writers:
        said = [_("It brought {what}.").format(what=new)]
    if taken.waiting:
        said.append(
            ngettext(
                "{count} entry waits for others that are not here yet; they come with another "
                "bundle, or when you meet.",
                "{count} entries wait for others that are not here yet; they come with another "
                "bundle, or when you meet.",
                taken.waiting,
            ).format(count=taken.waiting)
        )
    if taken.refused:
        said.append(
            ngettext(
                "{count} entry does not hold and was not taken.",
                "{count} entries do not hold and were not taken.",
                taken.refused,
            ).format(count=taken.refused)
        )
    return said


def looked_words(row: FolderRow, collective: str, files: Sequence[Carried]) -> list[str]:
    """Say what is known of a folder."""
    if not row.path.is_dir():
        return [_("{path} ({collective}): not there now.").format(
            path=row.path, collective=collective
        )]  # fmt: skip
    own = sum(file.state is Seen.OWN for file in files)
    others = sum(file.state in (Seen.READ, Seen.WAITING, Seen.CUT_SHORT) for file in files)
    words = _("{path} ({collective}): {own} of this device, {others} of others.").format(
        path=row.path,
        collective=collective,
        own=ngettext("{count} file", "{count} files", own).format(count=own),
        others=ngettext("{count} file", "{count} files", others).format(count=others),
    )
    said = [words]
    unfinished = sum(file.state in (Seen.WAITING, Seen.CUT_SHORT) for file in files)
    if unfinished:
        said.append(
            ngettext(
                "{count} of them has not come whole yet.",
                "{count} of them have not come whole yet.",
                unfinished,
            ).format(count=unfinished)
        )
    return said


def sync_words(looked: Looked) -> str:
    """Say what one meeting did in a folder."""
    if not looked.there:
        return _("{path} is not there now").format(path=looked.path)
    read = ngettext("{count} new entry", "{count} new entries", looked.new).format(count=looked.new)
    if looked.trouble is not None:
        return _("{path}: {read}; nothing could be written there").format(
            path=looked.path, read=read
        )
    wrote = ngettext("{count} file written", "{count} files written", looked.written).format(
        count=looked.written
    )
    words = _("{path}: {read}, {wrote}").format(path=looked.path, read=read, wrote=wrote)
    if looked.waiting or looked.cut_short:
        words += "; " + _("some files there have not come whole yet")
    return words
