"""What the dishonest device says: inventories, wants, batches and bytes that no honest one says."""

from __future__ import annotations

from dataclasses import replace

from aluna_protocol import limits, messages
from aluna_protocol.entry import Entry
from aluna_protocol.ids import EMPTY_LOG, DeviceId, DocumentId, EntryHash, Head, Lane, LogId
from aluna_protocol.messages import Anchors, Batch, Have, Hello, Presence, Want
from aluna_protocol.session import Session
from simulator.machine import MUCH
from simulator.rogue import RogueMachine, misdeed

FLOOD = 60


def _hash(rogue: RogueMachine) -> EntryHash:
    return EntryHash(rogue.world.rng.randbytes(32))


def _rows(log: LogId, *heads: Head) -> tuple[tuple[DeviceId, int, Lane, Head], ...]:
    return tuple((log.device, log.incarnation, log.lane, head) for head in heads)


def _some_log(rogue: RogueMachine) -> LogId:
    heads = rogue.running.store.log.heads(rogue.world.collective)
    return rogue.world.rng.choice(sorted(heads))


def _tell(rogue: RogueMachine, log: LogId, *heads: Head) -> None:
    session = rogue.victim()
    if session is not None:
        rogue.say(session, Have(rogue.tag(session), _rows(log, *heads), last=False))


# -- inventories ---------------------------------------------------------------------------------


@misdeed
def tells_a_log_longer(rogue: RogueMachine) -> None:
    """Say to have more of somebody's log than there is."""
    log = _some_log(rogue)
    height = rogue.running.store.log.head(log).height + rogue.world.rng.choice((1, 5, 2**31))
    _tell(rogue, log, Head(height, _hash(rogue)))


@misdeed
def tells_a_log_shorter(rogue: RogueMachine) -> None:
    """Say to have less of a log than it said before."""
    log = _some_log(rogue)
    first = rogue.running.store.log.entries(log, 0, 1)[0]
    _tell(rogue, log, Head(1, first.hash))


@misdeed
def tells_another_hash(rogue: RogueMachine) -> None:
    """Say to have another entry at the end of a log."""
    log = _some_log(rogue)
    _tell(rogue, log, Head(rogue.running.store.log.head(log).height, _hash(rogue)))


@misdeed
def tells_you_are_an_old_copy(rogue: RogueMachine) -> None:
    """Say to know more of the victim's own log than the victim, or otherwise."""
    session = rogue.victim()
    if session is None or session.device is None:
        return
    heads = rogue.running.store.log.heads(rogue.world.collective)
    own = sorted(log for log in heads if log.device == session.device)
    for log in own:
        height = heads[log].height + rogue.world.rng.choice((0, 1))
        row = _rows(log, Head(height, _hash(rogue)))
        rogue.say(session, Have(rogue.tag(session), row, last=False))


@misdeed
def tells_logs_nobody_has(rogue: RogueMachine) -> None:
    """Name logs of devices that do not exist."""
    session = rogue.victim()
    if session is None:
        return
    rng = rogue.world.rng
    rows = tuple(
        (DeviceId(rng.randbytes(32)), rng.getrandbits(32), Lane(number % 2), Head(9, _hash(rogue)))
        for number in range(rng.choice((1, 40, messages.MAX_LOGS_PER_MESSAGE)))
    )
    rogue.say(session, Have(rogue.tag(session), rows, last=False))


@misdeed
def tells_many_tips(rogue: RogueMachine) -> None:
    """Say that one log has many ends."""
    log = _some_log(rogue)
    _tell(rogue, log, *(Head(7, _hash(rogue)) for _ in range(limits.MAX_BRANCHES + 1)))


@misdeed
def tells_logs_without_end(rogue: RogueMachine) -> None:
    """Name as many logs as messages can hold, again and again."""
    for _ in range(8):
        tells_logs_nobody_has(rogue)


# -- wants ---------------------------------------------------------------------------------------


@misdeed
def wants_everything_again(rogue: RogueMachine) -> None:
    """Ask for all logs from their beginning, many times."""
    session = rogue.victim()
    if session is None:
        return
    heads = rogue.running.store.log.heads(rogue.world.collective)
    rows = tuple(
        (log.device, log.incarnation, log.lane, EMPTY_LOG, head)
        for log, head in sorted(heads.items())
    )
    want = Want(rogue.tag(session), rows[: messages.MAX_LOGS_PER_MESSAGE])
    rogue.say(session, *([want] * FLOOD))


@misdeed
def wants_what_is_not(rogue: RogueMachine) -> None:
    """Ask for places and tips that do not exist."""
    session = rogue.victim()
    if session is None:
        return
    log = _some_log(rogue)
    height = rogue.running.store.log.head(log).height
    rows = tuple(
        (log.device, log.incarnation, log.lane, Head(after, _hash(rogue)), Head(to, _hash(rogue)))
        for after, to in ((0, height), (height, height + 1), (height, 1), (2**31, 2**32))
    )
    rogue.say(session, Want(rogue.tag(session), rows))


@misdeed
def anchors_nowhere(rogue: RogueMachine) -> None:
    """Say from where to ask on, with places that do not exist, without being asked."""
    session = rogue.victim()
    if session is None:
        return
    log = _some_log(rogue)
    tip = rogue.running.store.log.head(log)
    places = (
        Head(tip.height + 3, _hash(rogue)),
        Head(1, _hash(rogue)),
        EMPTY_LOG,
    )
    for end in (tip, Head(tip.height + 9, _hash(rogue))):
        anchors = Anchors(rogue.tag(session), log.device, log.incarnation, log.lane, end, places)
        rogue.say(session, anchors)


# -- batches -------------------------------------------------------------------------------------


def _batch(rogue: RogueMachine, session: Session, run: list[Entry]) -> Batch:
    first = run[0].header
    log = first.log
    return Batch(
        rogue.tag(session),
        log.device,
        log.incarnation,
        log.lane,
        first.height,
        first.previous,
        messages.shorten(run),
    )


def send(rogue: RogueMachine, session: Session, run: list[Entry]) -> None:
    """Send entries as they are."""
    rogue.say(session, _batch(rogue, session, run))


def _some_run(rogue: RogueMachine) -> list[Entry]:
    return rogue.running.store.log.entries(_some_log(rogue), 0, MUCH)


@misdeed
def sends_what_you_have(rogue: RogueMachine) -> None:
    """Send old entries again, unasked."""
    session = rogue.victim()
    if session is not None:
        run = _some_run(rogue)
        send(rogue, session, run[:20])
        send(rogue, session, run[-1:])


@misdeed
def sends_from_the_middle(rogue: RogueMachine) -> None:
    """Send a run that begins where nobody is."""
    session = rogue.victim()
    if session is not None:
        batch = _batch(rogue, session, _some_run(rogue)[-1:])
        gap = batch.first_height + rogue.world.rng.choice((1, 1000))
        rogue.say(session, replace(batch, first_height=gap))


@misdeed
def sends_a_forged_signature(rogue: RogueMachine) -> None:
    """Send an entry of somebody else that she never signed."""
    session = rogue.victim()
    if session is None:
        return
    run = _some_run(rogue)
    head = Head(run[-1].header.height, run[-1].hash)
    batch = _batch(rogue, session, run[-1:])
    link = replace(batch.links[0], signature=rogue.world.rng.randbytes(64))
    batch = replace(batch, first_height=head.height + 1, previous=head.hash, links=(link,))
    rogue.say(session, batch)


@misdeed
def sends_a_flipped_bit(rogue: RogueMachine) -> None:
    """Send an entry with one bit of a part changed, as if it were the next."""
    session = rogue.victim()
    if session is None:
        return
    batch = _batch(rogue, session, _some_run(rogue)[-1:])
    part = batch.links[0].parts[0]
    if isinstance(part, bytes):
        flipped = bytes([part[0] ^ 1]) + part[1:]
        link = replace(batch.links[0], parts=(flipped, *batch.links[0].parts[1:]))
        rogue.say(session, replace(batch, links=(link,)))


@misdeed
def sends_to_another_log(rogue: RogueMachine) -> None:
    """Send an entry under another incarnation, or the other lane."""
    session = rogue.victim()
    if session is not None:
        batch = _batch(rogue, session, _some_run(rogue)[:1])
        rogue.say(session, replace(batch, incarnation=batch.incarnation ^ 1))
        rogue.say(session, replace(batch, lane=Lane(1 - batch.lane)))


@misdeed
def sends_an_empty_batch(rogue: RogueMachine) -> None:
    """Send a batch with nothing in it."""
    session = rogue.victim()
    if session is not None:
        batch = _batch(rogue, session, _some_run(rogue)[:1])
        rogue.say(session, replace(batch, links=()))


@misdeed
def sends_nothing_any_more(rogue: RogueMachine) -> None:
    """Withhold whatever it is asked for from now on, or stop withholding."""
    rogue.withholds = not rogue.withholds


# -- bytes ---------------------------------------------------------------------------------------


@misdeed
def says_noise(rogue: RogueMachine) -> None:
    """Say bytes that are no message."""
    session = rogue.victim()
    if session is not None:
        rogue.say_bytes(session, rogue.world.rng.randbytes(rogue.world.rng.randrange(1, 300)))


@misdeed
def says_what_nobody_knows(rogue: RogueMachine) -> None:
    """Say something well-formed that is no message of this version, or of the wrong shape."""
    session = rogue.victim()
    if session is not None:
        unknown = (b"\x91\x63", b"\x92\x06\x09", b"\x93\x05\xc0\xc0", b"\x91\xc3", b"\x90", b"\xc0")
        rogue.say_bytes(session, rogue.world.rng.choice(unknown))


@misdeed
def says_a_nest(rogue: RogueMachine) -> None:
    """Say arrays in arrays in arrays."""
    session = rogue.victim()
    if session is not None:
        rogue.say_bytes(session, b"\x91" * 60_000 + b"\xc0")


@misdeed
def says_too_much_at_once(rogue: RogueMachine) -> None:
    """Say one message longer than any may be, as a batch."""
    session = rogue.victim()
    if session is not None:
        rogue.say_bytes(session, b"\x98\x03" + b"\x90" * 300_000)


@misdeed
def greets_twice(rogue: RogueMachine) -> None:
    """Say Hello in the middle of a session."""
    session = rogue.victim()
    if session is not None:
        tags = tuple(sorted(rogue.world.rng.randbytes(16) for _ in range(16)))
        rogue.say(session, Hello("automerge-0.7.2", tags))


@misdeed
def names_a_space_not_shared(rogue: RogueMachine) -> None:
    """Say something of a space the other side does not know."""
    session = rogue.victim()
    if session is not None:
        rogue.say(session, Have(rogue.world.rng.randbytes(16), (), last=True))


@misdeed
def is_everywhere_at_once(rogue: RogueMachine) -> None:
    """Say to be writing in many documents, one after the other."""
    for session in rogue.victims():
        documents = (DocumentId(rogue.world.rng.randbytes(16)) for _ in range(FLOOD))
        rogue.say(session, *(Presence(rogue.tag(session), one) for one in documents))


@misdeed
def pings_without_end(rogue: RogueMachine) -> None:
    """Say Ping and Done many times."""
    for session in rogue.victims():
        for _ in range(FLOOD):
            rogue.say(session, messages.Ping(), messages.Done())
