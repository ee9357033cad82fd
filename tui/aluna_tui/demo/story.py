"""The story of three devices, step by step; every step does what it says with real commands."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from aluna_protocol.dataclass import dataclass
from aluna_tui.demo import cast, search
from aluna_tui.demo.ground import Ground
from aluna_tui.demo.member import Member, Work, answer, states, together
from aluna_tui.demo.program import StepFailedError
from aluna_tui.demo.teller import Teller, amount, seconds
from aluna_tui.texts import N_, _, ngettext

SYNC_SECONDS: Final = 25.0
"""Two devices that see each other need about two; one that was away may need a few more."""
CONTROL_WORD: Final = "xyloreadablecontrol"
"""Sent in clear letters at the end, so that the search can be seen to find what is there."""
SHORT_ID: Final = 8
RECORDS_BEFORE, RECORDS_AFTER = 6, 8
"""How many the collective shares before and after the day apart; the private note is no part."""


@dataclass(slots=True)
class Story:
    """What the steps share."""

    ground: Ground
    members: tuple[Member, Member, Member]
    teller: Teller
    folder: Path
    passphrase: str
    van: str = ""
    """The id of the record two of them write on at the same time."""
    state: str = ""
    door_words: list[str] = field(default_factory=list)

    def wait_arrived(self, counts: Sequence[int], began: float) -> float:
        """Return when each node told that so many records arrived since *began*.

        The answer is the seconds that took; raises StepFailedError when they do not arrive.
        """
        end = began + SYNC_SECONDS
        last = began
        for member, count in zip(self.members, counts, strict=False):
            assert member.node is not None
            last = max(last, member.node.wait_records(count, began, end))
        return last - began

    def wait_equal(self, everybody: Sequence[Member]) -> list[dict[str, Any]]:
        """Return what `status` says once all have the same state and nothing is on its way.

        Raises StepFailedError when that does not come to be.
        """
        end = time.monotonic() + SYNC_SECONDS
        while True:
            seen = states(everybody)
            same = len({one["state"] for one in seen}) == 1
            if same and not any(one["pending"] for one in seen):
                return seen
            if time.monotonic() > end:
                counts = ", ".join(str(one["records"]) for one in seen)
                told = _("The journals did not become equal (records: {counts}).")
                raise StepFailedError(told.format(counts=counts))


def found_collective(story: Story) -> None:
    """One person founds the collective."""
    first, name = story.members[0], cast.collective_name()
    words = ["init", name, "--as", first.person, "--device", first.device]
    program = first.start(*words)
    program.finish()
    story.teller.command(program.words)
    story.teller.line(
        _("{person} begins “{name}”. Her vault opens only with her passphrase.").format(
            person=first.person, name=name
        )
    )


def join_collective(story: Story) -> None:
    """The two others come in with five words each."""
    first = story.members[0]
    for newcomer in story.members[1:]:
        options = story.ground.door_options()
        door = first.start("invite", "--yes-to", newcomer.person, "--json", *options)
        opened = door.wait_said()
        began = time.monotonic()
        story.door_words.append(" ".join(opened["words"]))
        way = story.ground.way_to_door(opened["address"])
        named = ["--as", newcomer.person, "--device", newcomer.device]
        joining = newcomer.start("join", *opened["words"], *named, *way, "--yes", "--json")
        try:
            joining.finish()
        except StepFailedError as error:
            door.stop()
            raise StepFailedError(error.what, error.heard + door.heard) from None
        door.finish()
        if (door.said[-1].get("admitted") or {}).get("person") != newcomer.person:
            raise StepFailedError(door.words, door.heard)
        story.teller.command(joining.words.removesuffix(" --yes --json"))
        told = _("{person} is in after {time}, and both saw the same four words.")
        if not way:
            told = _("{person} found the door by itself and is in after {time}.")
        story.teller.line(
            told.format(person=newcomer.person, time=seconds(time.monotonic() - began))
        )


def write(story: Story) -> None:
    """Each one writes on her own device, with nobody in touch."""
    own = [list(writings) for writings in cast.first_writings()]
    own[0].insert(0, cast.van())
    note = cast.private_note()
    for turn in range(max(len(writings) for writings in own)):
        work: list[Work] = [
            (member, ("add", *writings[turn].arguments, "--json"), writings[turn].body)
            for member, writings in zip(story.members, own, strict=True)
        ]
        if turn > 0:
            work.append((story.members[0], ("add", *note.arguments, "--json"), note.body))
        ids = [answer(said)["id"] for said in together(work)]
        story.van = story.van or ids[0][:SHORT_ID]
    story.teller.command("aluna add …")
    for member, writings in zip(story.members, own, strict=True):
        titles = "; ".join(one.quoted_title for one in writings)
        story.teller.line(f"{member.person}: {titles}")
    story.teller.line(
        _("{person} also keeps a note that only she reads.").format(person=story.members[0].person)
    )


def sync(story: Story) -> None:
    """The three devices meet and end with the same journal."""
    began = time.monotonic()
    for member in story.members:
        member.start_node()
    for member in story.members:
        member.wait_node()
    story.teller.command("aluna node")
    took = story.wait_arrived((4, 4, 4), began)
    seen = story.wait_equal(story.members)
    story.state = seen[0]["state"]
    if {one["persons"] for one in seen} != {len(story.members)}:
        raise StepFailedError(_("Not everybody is in the collective."))
    _tell_arrived(story, seen[0]["records"], RECORDS_BEFORE, took)


def _tell_arrived(story: Story, records: int, expected: int, took: float) -> None:
    if records != expected:
        told = _("{count} records are there instead of {expected}.")
        raise StepFailedError(told.format(count=records, expected=expected))
    told = ngettext(
        "After {time} the three hold the same {count} record.",
        "After {time} the three hold the same {count} records.",
        records,
    )
    story.teller.line(told.format(time=seconds(took), count=records))


def cut_off(story: Story) -> None:
    """The third device loses the network."""
    last = story.members[2]
    story.ground.cut(last.host)
    story.teller.line(
        _("{person}'s device is out of reach. Nothing tells it to stop.").format(person=last.person)
    )


def write_apart(story: Story) -> None:
    """Everybody goes on writing, two of them in the same paragraph."""
    first, second, third = story.members
    began = time.monotonic()
    seen = cast.van().body
    hers, theirs = cast.changes()
    coping, chain = cast.writings_apart()
    edit = ("edit", story.van, "--text", "-", "--when")
    said = together(
        [
            (first, ("add", *coping.arguments, "--json"), coping.body),
            (second, (*edit, hers.when), hers.whole(seen)),
            (third, (*edit, theirs.when), theirs.whole(seen)),
        ]
    )
    third.run("add", *chain.arguments, text=chain.body)
    story.wait_arrived((1, 1), began)
    missing = third.start("show", answer(said[0])["id"], "--json")
    near, also_near, far = states(story.members)
    missing.finish(code=2)
    story.teller.line(f"{first.person}: {coping.quoted_title}")
    for member, change in ((second, hers), (third, theirs)):
        told = _("{person} adds to the van, and remembers {when}: “{words}”")
        story.teller.line(told.format(person=member.person, when=change.when, words=change.adds))
    story.teller.line(f"{third.person}: {chain.quoted_title}")
    if near["state"] != also_near["state"]:
        raise StepFailedError(_("The two who are in touch do not have the same journal."))
    if {near["records"], far["records"]} != {RECORDS_BEFORE + 1}:
        raise StepFailedError(_("The device that was cut off received what others wrote."))
    told = _("{first} and {second} have each other's words; {third} has neither's.")
    story.teller.line(told.format(first=first.person, second=second.person, third=third.person))


def meet_again(story: Story) -> None:
    """The third device is back."""
    began = time.monotonic()
    story.ground.join(story.members[2].host)
    took = story.wait_arrived((2, 2, 2), began)
    told = _("After {time} each has received what the others wrote.")
    story.teller.line(told.format(time=seconds(took)))


def same_state(story: Story) -> None:
    """The state of the journal, computed on each device, is the same."""
    seen = story.wait_equal(story.members)
    story.teller.command("aluna status --json")
    for member, one in zip(story.members, seen, strict=True):
        told = _("{person}: {records} records, state {state}…")
        story.teller.line(
            told.format(person=member.person, records=one["records"], state=one["state"][:16])
        )
    if seen[0]["state"] == story.state or {one["records"] for one in seen} != {RECORDS_AFTER}:
        raise StepFailedError(_("Not everything arrived."))
    if any(one["set_aside"] for one in seen):
        raise StepFailedError(_("Something was set aside."))


def both_readings(story: Story) -> None:
    """Both days are shown, and the paragraph holds what both wrote."""
    first, second, third = story.members
    show = ("show", story.van)
    *in_json, whole = together(
        [*((member, (*show, "--json"), None) for member in (second, third)), (first, show, None)]
    )
    if not all(change.adds in whole for change in cast.changes()):
        raise StepFailedError(_("The paragraph lacks what somebody wrote."), whole)
    for said in in_json:
        record: dict[str, Any] = answer(said)
        authors = {one["by"] for one in record["readings"]["when"]}
        if authors != {second.person, third.person}:
            raise StepFailedError(_("Not both readings are there."), said)
        body = record["texts"]["body"]
        if not all(change.adds in body for change in cast.changes()):
            raise StepFailedError(_("The paragraph lacks what somebody wrote."), body)
    story.teller.command(f"aluna {' '.join(show)}")
    story.teller.quote(whole)


def nothing_readable(story: Story) -> None:
    """No word of the story can be read on the disks, nor in what went over the cable."""
    words = search.canaries(
        [*cast.everything_said(), story.passphrase, *story.door_words, CONTROL_WORD]
    )
    control = story.folder / "control"
    search.write_control(control, words)
    in_control = search.search_bytes([control.read_bytes()], words, control.name).found
    if missed := [word for word in words if word not in in_control]:
        raise StepFailedError(
            _("The search does not find what it should: {words}").format(words=", ".join(missed))
        )
    story.ground.send(CONTROL_WORD)
    story.ground.wait_noted(CONTROL_WORD)
    carried = search.search_bytes(story.ground.traffic(), words, _("the traffic"))
    if CONTROL_WORD not in carried.found:
        raise StepFailedError(_("The traffic was not noted down."))
    disks = [search.search_folder(member.folder, words) for member in story.members]
    readable = {word: where for disk in disks for word, where in disk.found.items()}
    readable |= {word: at for word, at in carried.found.items() if word != CONTROL_WORD}
    if readable:
        told = [f"{word} ({where})" for word, where in readable.items()]
        raise StepFailedError(_("This can be read: {words}").format(words=", ".join(told)))
    _tell_search(story, words, disks)


def _tell_search(story: Story, words: list[str], disks: list[search.Searched]) -> None:
    story.teller.line(
        _("{count} words and phrases were looked for: names, titles, texts, passphrase.").format(
            count=len(words)
        )
    )
    story.teller.line(
        _("On the three disks, {bytes} bytes in {files} files: none can be read.").format(
            bytes=amount(sum(disk.bytes for disk in disks)),
            files=sum(disk.files for disk in disks),
        )
    )
    story.teller.line(
        _("In the traffic, {bytes} bytes: none can be read.").format(
            bytes=amount(story.ground.carried())
        )
    )
    story.teller.line(
        _("In a control file, and in one word sent in clear letters: all were found.")
    )


Step = tuple[str, str, Callable[[Story], None]]

STEPS: Final[tuple[Step, ...]] = (
    ("found", N_("A collective is founded"), found_collective),
    ("join", N_("Two others come in with five words"), join_collective),
    ("write", N_("All three write, each on her own"), write),
    ("sync", N_("They meet"), sync),
    ("cut", N_("One of them loses the network"), cut_off),
    ("write-apart", N_("Everybody goes on writing, two in the same record"), write_apart),
    ("meet-again", N_("They meet again"), meet_again),
    ("same-state", N_("The three have the same journal"), same_state),
    ("both-readings", N_("Both readings stand side by side"), both_readings),
    ("nothing-readable", N_("Nobody else could have read it"), nothing_readable),
)
