from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import Instant
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.neighbours import (
    MAX_TTL_SECONDS,
    MAX_TXT_TOTAL,
    SERVICE_TYPE,
    Address,
    Found,
    Gone,
    Heard,
    Location,
    Neighbours,
    Pointer,
    Text,
    parse_txt,
)

LINK = Interface("eth0", "192.168.1.2", 24)
NOW = Instant(1000.0)
TXT = b"\x03v=1"


def label(number: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(letters[number >> 5 * place & 31] for place in range(12))


def packet(
    number: int, *, ttl: float = 240.0, txt: bytes = TXT, address: str = "192.168.1.9"
) -> list[Heard]:
    service, host = f"{label(number)}.{SERVICE_TYPE}", f"{label(number + 10**6)}.local."
    return [
        Pointer(service, ttl),
        Location(service, host, 4000),
        Text(service, txt),
        Address(host, address),
    ]


@pytest.fixture
def heard() -> Neighbours:
    return Neighbours(LINK)


def test_one_complete_packet_is_a_find(heard: Neighbours) -> None:
    assert heard.hear(packet(1), NOW) == [
        Found(label(1), "eth0", ("192.168.1.9",), 4000, {b"v": b"1"})
    ]
    assert len(heard) == 1


def test_the_order_of_records_does_not_matter(heard: Neighbours) -> None:
    assert heard.hear(reversed(packet(1)), NOW) == Neighbours(LINK).hear(packet(1), NOW)


def test_records_of_several_packets_come_together(heard: Neighbours) -> None:
    pointer, location, text, address = packet(1)
    for record in (address, pointer, text):
        assert heard.hear([record], NOW) == []
    assert [type(news) for news in heard.hear([location], NOW)] == [Found]


def test_hearing_the_same_again_is_no_news(heard: Neighbours) -> None:
    heard.hear(packet(1), NOW)
    assert heard.hear(packet(1), NOW) == []


def test_a_new_text_of_a_known_instance_is_news(heard: Neighbours) -> None:
    heard.hear(packet(1), NOW)
    (news,) = heard.hear(packet(1, txt=b"\x03v=2"), NOW)
    assert isinstance(news, Found)
    assert news.txt == {b"v": b"2"}


def test_a_goodbye_is_a_loss_once(heard: Neighbours) -> None:
    heard.hear(packet(1), NOW)
    goodbye: list[Heard] = [Pointer(f"{label(1)}.{SERVICE_TYPE}", 0.0)]
    assert heard.hear(goodbye, NOW) == [Gone(label(1))]
    assert heard.hear(goodbye, NOW) == []


def test_silence_is_a_loss_however_long_a_life_was_claimed(heard: Neighbours) -> None:
    heard.hear(packet(1, ttl=10**9), NOW)
    assert heard.expire(Instant(NOW + MAX_TTL_SECONDS - 1)) == []
    assert heard.expire(Instant(NOW + MAX_TTL_SECONDS)) == [Gone(label(1))]


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "192.168.2.9", "127.0.0.1", "10.0.0.1", "169.254.1.1", "junk"]
)
def test_l2_an_address_off_the_link_is_never_dialled(heard: Neighbours, address: str) -> None:
    assert heard.hear(packet(1, address=address), NOW) == []


@pytest.mark.parametrize(
    "name",
    [
        f"short.{SERVICE_TYPE}",
        f"anas-computer.{SERVICE_TYPE}",
        f"\x1b[2Jabcdefgh.{SERVICE_TYPE}",
        f"{'a' * 13}.{SERVICE_TYPE}",
        f"aaaaaaaaaaaa.x.{SERVICE_TYPE}",
        "aaaaaaaaaaaa._ipp._tcp.local.",
        SERVICE_TYPE,
        "",
    ],
)
def test_l7_names_unlike_ours_are_not_remembered(heard: Neighbours, name: str) -> None:
    host = "bbbbbbbbbbbb.local."
    records: list[Heard] = [
        Pointer(name, 240.0),
        Location(name, host, 1),
        Text(name, TXT),
        Address(host, "192.168.1.9"),
    ]
    assert heard.hear(records, NOW) == []
    assert len(heard) == 0


def test_l1_ten_thousand_false_announcements_leave_sixty_four_in_bounded_memory() -> None:
    heard = Neighbours(LINK)
    tracemalloc.start()
    try:
        for number in range(10_000):
            heard.hear(packet(number, txt=bytes(1200)), Instant(NOW + number))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(heard) <= 64
    assert peak < 1_000_000


def test_l1_a_flood_costs_a_bounded_number_of_looks_per_second(heard: Neighbours) -> None:
    finds = 0
    for number in range(5_000):
        finds += sum(isinstance(news, Found) for news in heard.hear(packet(number), NOW))
    assert finds == 64
    for number in range(5_000, 10_000):
        news = heard.hear(packet(number), Instant(NOW + 1))
        finds += sum(isinstance(each, Found) for each in news)
    assert finds == 64 + 20


def test_l1_an_instance_that_changes_all_the_time_is_as_bounded_as_a_flood(
    heard: Neighbours,
) -> None:
    finds = 0
    for number in range(1_000):
        finds += len(heard.hear(packet(1, txt=b"\x05v=%03d" % number), NOW))
    assert finds == 64


def test_l1_a_flood_never_pushes_out_whom_we_know(heard: Neighbours) -> None:
    heard.hear(packet(0), NOW)
    heard.recognise(label(0))
    for number in range(1, 500):
        heard.hear(packet(number), Instant(NOW + number))
    assert label(0) in heard
    assert label(1) not in heard
    assert label(499) in heard


def test_l1_all_texts_together_are_bounded(heard: Neighbours) -> None:
    gone: list[Found | Gone] = []
    for number in range(20):
        gone += heard.hear(packet(number, txt=b"\xff" + bytes(1200)), NOW)
    assert gone.count(Gone(label(0))) == 1
    assert len(heard) == MAX_TXT_TOTAL // 1201


def test_l7_an_oversized_text_is_not_taken(heard: Neighbours) -> None:
    assert heard.hear(packet(1, txt=bytes(1301)), NOW) == []


def test_binary_values_survive() -> None:
    value = bytes(range(251))
    assert parse_txt(bytes([254]) + b"t1=" + value) == {b"t1": value}


def test_l7_a_thousand_empty_strings_are_not_read() -> None:
    assert parse_txt(bytes(1000) + b"\x03a=1") == {}


def test_of_equal_keys_the_first_holds_and_rubbish_is_left_out() -> None:
    assert parse_txt(b"\x03a=1\x03a=2\x00\x02=x\x01b\x09c=cut") == {b"a": b"1"}


@given(st.binary(max_size=400))
def test_l7_any_text_parses_within_its_size(data: bytes) -> None:
    pairs = parse_txt(data)
    assert sum(len(key) + len(value) + 2 for key, value in pairs.items()) <= len(data)


names = st.one_of(st.text(max_size=80), st.sampled_from([p.service for p in packet(1)[:3]]))  # type: ignore[union-attr]
records = st.one_of(
    st.builds(Pointer, names, st.floats(0, 1e12)),
    st.builds(Location, names, st.text(max_size=80), st.integers(0, 65535)),
    st.builds(Text, names, st.binary(max_size=1400)),
    st.builds(Address, st.text(max_size=80), st.text(max_size=40)),
)


@given(st.lists(st.lists(records, max_size=8), max_size=12))
def test_l7_no_packet_raises_and_every_loss_was_found_before(packets: list[list[Heard]]) -> None:
    heard, present = Neighbours(LINK), set[str]()
    for each in packets:
        for news in heard.hear(each, NOW):
            if isinstance(news, Gone):
                assert news.instance in present
                present.remove(news.instance)
            else:
                present.add(news.instance)
    assert {gone.instance for gone in heard.clear()} == present


def test_l6_who_answers_alone_and_is_never_heard_is_cut_off_from_what_is_said_to_all(
    heard: Neighbours,
) -> None:
    heard.hear(packet(1), Instant(100.0), asked=True)
    assert len(heard) == 0, "it was not heard among what is said to everybody"
    assert not heard.unheard(Instant(200.0)), "it may be anybody"
    heard.recognise(label(1))
    assert not heard.unheard(Instant(99.0)), "it has just answered"
    assert heard.unheard(Instant(100.0))
    heard.hear(packet(1), Instant(130.0), asked=True)
    assert heard.unheard(Instant(100.0)), "asking again does not begin anew"
    heard.hear(packet(1), Instant(131.0))
    assert not heard.unheard(Instant(200.0))
    assert len(heard) == 1


def test_l6_who_was_heard_first_is_not_cut_off_when_it_answers(heard: Neighbours) -> None:
    heard.hear(packet(1), Instant(100.0))
    heard.recognise(label(1))
    heard.hear(packet(1), Instant(101.0), asked=True)
    assert not heard.unheard(Instant(200.0))


def test_l2_an_answer_of_one_machine_is_bounded_as_every_announcement(heard: Neighbours) -> None:
    for number in range(1000):
        heard.hear(packet(number), Instant(100.0), asked=True)
    known = sum(label(number) in heard for number in range(1000))
    assert known <= 64
