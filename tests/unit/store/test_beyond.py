"""What lies beyond a cut: found by what it wrote, whatever else is there."""

from __future__ import annotations

from aluna_protocol.ids import DocumentId
from aluna_sync.store.rows import PartPlace, SetAside
from aluna_sync.store.store import Store
from unit.store.factories import Writer, document, receive, space


def test_the_documents_between_two_heights_of_one_log_are_found(store: Store) -> None:
    itzel, julia = Writer("itzel"), Writer("julia")
    for writer, names in ((itzel, "abcb"), (julia, "xbyz")):
        for name in names:
            receive(store, [writer.write((document(name), [name.encode()]))], [document(name)])

    def between(after: int, last: int) -> set[DocumentId]:
        return store.log.documents_between(itzel.log(), after, last)

    assert between(0, 4) == {document("a"), document("b"), document("c")}
    assert between(1, 3) == {document("b"), document("c")}
    assert between(3, 4) == {document("b")}
    assert between(4, 9) == set()
    assert store.log.documents_between(Writer("nobody").log(), 0, 9) == set()


def test_what_was_never_opened_is_not_among_them(store: Store) -> None:
    writer = Writer("itzel")
    store.log.append([writer.write((document("a"), [b"one"]))])
    assert store.log.documents_between(writer.log(), 0, 9) == set()


def test_documents_are_found_by_why_something_of_them_is_set_aside(store: Store) -> None:
    writer = Writer("itzel")
    for name in "abc":
        receive(store, [writer.write((document(name), [b"one"]))], [document(name)])
    for height, (name, reason) in enumerate((("a", "barred"), ("b", "forked")), start=1):
        place = PartPlace(writer.log(), height, 0)
        store.log.set_aside(SetAside(place, document(name), reason, by_lint=True, changes=(0,)))
    store.log.set_aside(SetAside(PartPlace(writer.log(), 3, 0), None, "barred", by_lint=True))
    wanted = ("barred", "past-barred")
    assert store.log.documents_set_aside(space(), wanted) == {document("a")}
