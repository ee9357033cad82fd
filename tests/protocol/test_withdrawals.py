"""What its author takes back is gone for ever, and only she can take it (SPEC §6.3, §11.11)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from aluna_protocol import messages
from aluna_protocol.entry import Entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import PeerFaulted, Tick
from aluna_protocol.ids import DocumentId, Head, Lane, LogId
from aluna_protocol.messages import Batch
from aluna_protocol.operations import (
    Remove,
    Suspend,
    Withdraw,
    decode_operation,
    encode_operation,
)
from harness.network import Peer
from harness.pair import Pair
from harness.telling import founded


def faults(peer: Peer) -> set[Fault]:
    return {effect.fault for effect in peer.seen if isinstance(effect, PeerFaulted)}


# -- who may -------------------------------------------------------------------------------------


def test_a_withdrawal_is_read_as_it_was_written() -> None:
    operation = Withdraw(DocumentId(bytes(range(16))))
    assert decode_operation(encode_operation(operation)) == operation
    with pytest.raises(RemoteProtocolError, match="wrong length"):
        decode_operation(encode_operation(Withdraw(DocumentId(bytes(15)))))


def test_c10_4_only_the_person_a_document_is_bound_to_takes_it_back() -> None:
    story = founded("abc")
    story.admits("a", "a2")
    of_a, of_b = story.document("a"), story.document("b")
    hostile = story.withdraws("c", of_a)
    story.withdraws("b", of_b)
    assert story.outcome().withdrawn == {of_b}
    assert story.void() == {hostile}
    story.withdraws("a2", of_a)
    assert story.outcome().withdrawn == {of_a, of_b}, "with any of her devices"
    story.withdraws("x", story.document("x"))
    assert len(story.outcome().withdrawn) == 2, "who never belonged takes nothing back"


def test_a_suspended_device_takes_nothing_back() -> None:
    story = founded("ab")
    story.suspends("b", "a")
    story.withdraws("a", story.document("a"))
    assert not story.outcome().withdrawn


def test_nobody_seconds_or_strikes_a_withdrawal_and_it_strikes_nothing() -> None:
    """What was destroyed cannot be put back: it must not depend on what arrives later."""
    story = founded("abcd")
    seen = story.heads()
    asked = story.removes("a", "b", seen)
    story.seconds("c", asked, [asked])
    taken = story.withdraws("b", story.document("b"), seen)
    after = story.withdraws("b", story.document("b", 1), [asked, "c seconds " + asked])
    story.seconds("a", taken)
    for order in (list(story.acts), list(story.acts)[::-1]):
        outcome = story.outcome(order)
        assert outcome.withdrawn == {story.document("b")}
        assert story.devices(order) == {"a", "c", "d"}
    assert taken not in story.void()
    assert after in story.void()


def test_whose_documents_there_may_be_only_grows() -> None:
    """An admission that is struck seats nobody, and what she wrote is still hers."""
    story = founded("abc")
    seen = story.heads()
    story.admits("b", "f", seen)
    before = story.outcome().authors
    asked = story.removes("a", "b", seen)
    story.seconds("c", asked, [asked])
    outcome = story.outcome()
    assert "f" not in story.devices()
    assert outcome.authors == before
    assert len(before) == 4


def apart(pair: Pair, peers: list[Peer]) -> None:
    for peer in peers:
        for session in list(peer.hub.sessions):
            pair.network.cut(session.connection)
    pair.network.run_until_quiet()
    assert not any(peer.hub.sessions for peer in peers)


# -- how it travels ------------------------------------------------------------------------------


@pytest.fixture
def pair() -> Pair:
    return Pair()


def newcomer(pair: Pair, by: Peer, name: str = "Cleo") -> Peer:
    cleo = pair.network.peer(name)
    by.admit(pair.space, cleo)
    pair.network.run_until_quiet()
    return cleo


def test_c10_4_what_was_taken_back_is_passed_on_as_missing_and_everything_else_whole(
    pair: Pair,
) -> None:
    document = pair.bo.new_document(pair.space)
    pair.bo.write(pair.space, b"canary", b"beside it", documents=[document, DocumentId(bytes(16))])
    pair.ana.write(pair.space, b"canary, edited", documents=[document])
    pair.network.run_until_quiet()
    assert b"canary" in pair.ana.words(pair.space)
    pair.bo.declare(pair.space, Withdraw(document))
    pair.network.run_until_quiet()
    assert [peer.prune(pair.space) for peer in (pair.ana, pair.bo)] == [2, 2]
    cleo = newcomer(pair, pair.ana)
    pair.network.dial(cleo, pair.ana)
    pair.network.run_until_quiet()
    assert cleo.words(pair.space) == {b"by ana", b"by bo", b"beside it"}
    assert cleo.hub.directory.replicas[pair.space].withdrawn == {document}
    assert not faults(cleo) | faults(pair.ana) | faults(pair.bo)
    for peer in (pair.ana, cleo):
        session = peer.hub.session_with((cleo if peer is pair.ana else pair.ana).keys.device)
        assert session is not None
        assert peer.hub.exchange.complete(session)
    dani = newcomer(pair, cleo, "Dani")
    pair.network.dial(dani, cleo)
    pair.network.run_until_quiet()
    assert dani.words(pair.space) == cleo.words(pair.space)
    assert not faults(dani)


def test_who_leaves_out_a_part_that_nobody_took_back_withholds_it(pair: Pair) -> None:
    documents = [pair.bo.new_document(pair.space) for _ in range(2)]
    pair.bo.write(pair.space, b"taken back", b"kept", documents=documents)
    pair.network.run_until_quiet()
    pair.bo.declare(pair.space, Withdraw(documents[0]))
    pair.network.run_until_quiet()
    for log, run in pair.bo.logs.items():
        if log == pair.bos_log:
            run[-1] = replace(run[-1], parts=(None, None))
    cleo = newcomer(pair, pair.ana)
    pair.network.dial(cleo, pair.bo)
    pair.network.run_until_quiet()
    assert faults(cleo) == {Fault.WITHHELD}
    pair.network.dial(cleo, pair.ana)
    pair.network.run_until_quiet()
    assert cleo.words(pair.space) >= {b"kept"}


def test_who_prunes_before_others_heard_of_it_tells_them_first(pair: Pair) -> None:
    """Others are told of new control entries after half a second: not when a batch needs them."""
    cleo = newcomer(pair, pair.ana)
    dani = newcomer(pair, pair.ana, "Dani")
    pair.network.dial(cleo, pair.ana)
    pair.network.run_until_quiet()
    apart(pair, [pair.ana, pair.bo, cleo])
    for one, other in ((cleo, pair.bo), (cleo, dani)):
        pair.network.dial(one, other)
    pair.network.run_until_quiet()
    document = pair.bo.new_document(pair.space)
    pair.bo.write(pair.space, b"canary", documents=[document])
    pair.bo.declare(pair.space, Withdraw(document))
    pair.network.run_until_quiet()
    assert cleo.prune(pair.space) == 1
    assert not dani.hub.directory.replicas[pair.space].withdrawn
    session = cleo.hub.session_with(dani.keys.device)
    assert session is not None
    for said in cleo.hub.exchange.serving.send(session, cleo.logs[pair.bos_log], pair.network.now):
        cleo.perform(said)
    pair.network.run_until_quiet()
    assert not faults(dani)
    assert dani.logs[pair.bos_log] == cleo.logs[pair.bos_log]


def test_a_part_missing_in_what_is_sent_waits_while_its_sender_has_more_to_tell(
    pair: Pair,
) -> None:
    """Pushed unasked, before the control entries that were told: dropped, asked for again."""
    document = pair.bo.new_document(pair.space)
    written = pair.bo.write(pair.space, b"canary", documents=[document])
    pair.network.run_until_quiet()
    assert written in pair.ana.logs[pair.bos_log]
    cleo = newcomer(pair, pair.bo)
    pair.network.dial(cleo, pair.ana)
    pair.network.run_until_quiet()
    [to_ana] = cleo.hub.sessions
    own = pair.ana.hub.session_with(cleo.keys.device)
    assert own is not None
    later = pair.ana.write(pair.space, b"later", documents=[pair.ana.new_document(pair.space)])
    control = pair.ana.control(pair.space)[0].header.log
    told = messages.Have(
        own.our_tag(pair.space),
        ((control.device, 9, Lane.CONTROL, Head(1, later.hash)),),
        last=True,
    )
    bare = replace(later, parts=(None,))
    pair.ana.perform(own.say(told, pair.network.now))
    pair.ana.perform(own.say(batch_of(own.our_tag(pair.space), [bare]), pair.network.now))
    pair.network.run_until_quiet()
    assert not faults(cleo)
    assert to_ana in cleo.hub.sessions


def batch_of(tag: bytes, run: list[Entry]) -> Batch:
    first = run[0].header
    log = first.log
    place = (log.device, log.incarnation, log.lane, first.height, first.previous)
    return Batch(tag, *place, messages.shorten(run))


def test_c10_4_withdrawing_and_editing_apart_end_alike_in_every_order() -> None:
    """Three devices that each did one thing apart meet in every order."""
    for order in itertools.permutations([(0, 1), (1, 2), (0, 2)]):
        pair = Pair()
        cleo = newcomer(pair, pair.ana)
        pair.network.dial(cleo, pair.ana)
        pair.network.run_until_quiet()
        document = pair.ana.new_document(pair.space)
        pair.ana.write(pair.space, b"canary", documents=[document])
        pair.network.run_until_quiet()
        peers = [pair.ana, pair.bo, cleo]
        apart(pair, peers)
        pair.ana.declare(pair.space, Withdraw(document))
        pair.bo.write(pair.space, b"canary, edited", documents=[document])
        cleo.write(pair.space, b"a link to it", documents=[cleo.new_document(pair.space)])
        for one, other in [*order, *order]:
            pair.network.dial(peers[one], peers[other])
            pair.network.run_until_quiet()
            for peer in peers:
                peer.prune(pair.space)
        for peer in peers:
            peer.handle(Tick())
            assert peer.words(pair.space) == {b"by ana", b"by bo", b"a link to it"}
            assert not faults(peer)


def test_a_removal_apart_does_not_bring_back_what_was_destroyed(pair: Pair) -> None:
    cleo = newcomer(pair, pair.ana)
    for one, other in ((cleo, pair.ana), (cleo, pair.bo)):
        pair.network.dial(one, other)
    pair.network.run_until_quiet()
    document = pair.bo.new_document(pair.space)
    pair.bo.write(pair.space, b"canary", documents=[document])
    pair.network.run_until_quiet()
    apart(pair, [pair.ana, pair.bo, cleo])
    pair.bo.declare(pair.space, Withdraw(document))
    pair.ana.declare(pair.space, Suspend(pair.bo.keys.device, ()))
    pair.ana.declare(pair.space, Remove(pair.bo.seat.person, None, ()))
    pair.network.dial(cleo, pair.bo)
    pair.network.run_until_quiet()
    assert cleo.prune(pair.space) == 1
    pair.network.dial(cleo, pair.ana)
    pair.network.run_until_quiet()
    assert pair.ana.prune(pair.space) == 1
    assert not faults(pair.ana) | faults(cleo)
    log = LogId(pair.space, pair.bo.keys.device, 7, Lane.CONTENT)
    assert cleo.logs[log] == pair.ana.logs[log]
