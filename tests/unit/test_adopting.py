"""What an earlier incarnation said, written again by the one that goes on."""

from __future__ import annotations

from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.adopting import adopted
from aluna_sync.engine.types import Cell, Delete, Operation, Put, Splice, View

OLD, NEW, BO = (ActorId(bytes([number]) * 16) for number in (1, 2, 3))
HERS, HERS_TOO, NOW_HERS, OF_BO = (
    actor[:8].hex() + f"{number:08x}" for actor, number in ((OLD, 1), (OLD, 2), (NEW, 1), (BO, 1))
)


def standing(*own: str) -> View:
    """Return a record where an act stands under each id of *own*."""
    cells = {f"f/acts/{one}": Cell("{}", OLD) for one in own}
    return View(DocumentId(bytes(16)), (ChangeHash(bytes(32)),), {}, cells)


def test_acts_readings_and_values_take_an_id_of_the_new_actor_with_them() -> None:
    found = adopted(
        [Put(f"f/acts/{HERS}", "{}"), Put(f"m/uses/{'0' * 32}/v/{HERS}", "{}"),
         Put(f"r/when/{HERS}", "{}")], None, {OLD}, NEW,
    )  # fmt: skip
    assert [one.key for one in found] == [
        f"f/acts/{NOW_HERS}", f"m/uses/{'0' * 32}/v/{NOW_HERS}", f"r/when/{NOW_HERS}",
    ]  # fmt: skip


def test_what_names_them_names_the_new_id_and_other_ids_stay() -> None:
    found = adopted(
        [Put(f"r/when/{HERS}", '{"after":[]}'),
         Put(f"r/when/{HERS_TOO}", f'{{"after":["{HERS}","{OF_BO}"]}}')], None, {OLD}, NEW,
    )  # fmt: skip
    assert found[1] == Put(
        f"r/when/{NEW[:8].hex()}00000002", f'{{"after":["{NOW_HERS}","{OF_BO}"]}}'
    )


def test_what_still_stands_under_its_first_id_is_named_by_it() -> None:
    (found,) = adopted(
        [Put(f"f/acts/{HERS_TOO}", f'["{HERS}"]')], standing(HERS), {OLD}, NEW
    )  # fmt: skip
    assert found == Put(f"f/acts/{NEW[:8].hex()}00000002", f'["{HERS}"]')


def test_what_was_written_again_before_is_named_by_its_new_id() -> None:
    (found,) = adopted(
        [Put(f"f/acts/{HERS_TOO}", f'["{HERS}"]')], standing(NOW_HERS), {OLD}, NEW
    )  # fmt: skip
    assert found == Put(f"f/acts/{NEW[:8].hex()}00000002", f'["{NOW_HERS}"]')


def test_nobody_says_again_what_another_said_or_takes_it_away() -> None:
    taken: list[Operation] = [Put(f"f/acts/{OF_BO}", "{}"), Delete(f"f/acts/{HERS}")]
    assert adopted(taken, None, {OLD}, NEW) == []


def test_texts_sets_and_what_is_the_new_actors_own_stay_as_they_are() -> None:
    same: list[Operation] = [
        Splice("t/body/0000000000000001", 0, 0, HERS), Put("s/terms/imp.fear", HERS),
        Delete("s/terms/imp.anger"), Put(f"f/acts/{NOW_HERS}", "{}"),
    ]  # fmt: skip
    assert adopted(same, None, {OLD}, NEW) == same
