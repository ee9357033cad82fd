"""What waits for a person's own voice, beside agreements: asked by her alone, counted by nobody."""

from __future__ import annotations

from unit.commands.rows.conftest import Person


def waits(person: Person) -> list[tuple[str, str]]:
    return [(one["what"], one["record"]) for one in person.json("voices")["waits"]]


def test_a_round_waits_for_each_ones_words_until_she_adds_them_or_it_is_gathered(
    itzel: Person, julia: Person
) -> None:
    asked = itzel.add("round", "¿Cómo llegamos?")
    itzel.gives(julia)
    assert waits(julia) == [("her_words", asked)]
    assert "yours too, or not" in julia.says("voices")
    assert "también las tuyas" in julia.says("voces", lang="es")
    assert "yours too, or not" in julia.told(asked)
    julia.edit(asked, words="con sueño")
    assert waits(julia) == []
    assert waits(itzel) == [("her_words", asked)], "hers is still as welcome"
    itzel.edit(asked, conditions_we_see="wear.emergency_overload")
    assert waits(itzel) == [], "the group went on from it: nobody is late"


def test_a_round_of_ones_own_or_put_away_asks_nobody(itzel: Person) -> None:
    itzel.add("round", "¿Cómo llego?", space="private")
    away = itzel.add("round", "¿Cómo llegamos?")
    itzel.act(away, "put-away")
    assert waits(itzel) == []


def test_uses_asked_of_any_record_wait_for_who_wrote_in_it_and_nobody_else(
    itzel: Person, julia: Person
) -> None:
    quoted = julia.add("event", "Lo que nos dijeron en la puerta")
    julia.gives(itzel)
    itzel.act(quoted, "ask-uses", "para el libro", uses="use.memory, use.training")
    itzel.gives(julia)
    assert waits(itzel) == []
    assert waits(julia) == [("uses", quoted)]
    julia.edit(quoted, uses="use.training")
    assert waits(julia) == [], "narrower is an answer"
    itzel.act(quoted, "ask-uses", uses="use.memory", persons="Itzel")
    assert waits(itzel) == [("uses", quoted)]


def test_being_asked_to_take_back_waits_until_she_answers_as_she_likes(
    itzel: Person, julia: Person
) -> None:
    told = julia.add("event", "Retén en la salida")
    julia.gives(itzel)
    itzel.act(told, "ask-withdrawal", "sale el nombre de la calle")
    itzel.gives(julia)
    assert waits(itzel) == []
    assert waits(julia) == [("taking_back", told)]
    julia.act(told, "ask-uses", uses="use.memory")
    assert waits(julia) == [], "what she does there since is her answer"


def test_an_emergency_handed_over_waits_for_who_it_was_handed_to(
    itzel: Person, julia: Person
) -> None:
    now = itzel.add("emergency", "Se llevaron la camioneta.", space="collective")
    itzel.act(now, "hand-over", "ya no puedo más", persons="Julia")
    itzel.gives(julia)
    assert waits(itzel) == []
    assert waits(julia) == [("handed_over", now)]
    assert "handed over to you" in julia.says("voices")
    julia.act(now, "accompany")
    assert waits(julia) == []


def test_what_waits_for_a_yes_at_the_door_is_told_too(itzel: Person, julia: Person) -> None:
    itzel.says("keepers", "--only", "Itzel", "--only", "Julia")
    itzel.gives(julia)
    assert itzel.json("voices")["requests"] == [], "her own yes is said already"
    (asked,) = julia.json("voices")["requests"]
    assert (asked["what"], set(asked)) == ("rules", {"id", "space", "what", "about"})
    assert asked["id"][:8] in julia.says("voices")
    julia.says("second", asked["id"][:8])
    assert julia.json("voices")["requests"] == []


def test_while_she_rests_nothing_waits(itzel: Person, julia: Person) -> None:
    quoted = julia.add("event", "Lo que nos dijeron")
    julia.gives(itzel)
    itzel.act(quoted, "ask-uses", uses="use.memory")
    itzel.add("round", "¿Cómo llegamos?")
    itzel.gives(julia)
    assert len(waits(julia)) == 2
    julia.says("rest")
    assert julia.json("voices") == {"waits": [], "requests": [], "look_again": []}
    julia.says("rest", "--over")
    assert len(waits(julia)) == 2


def test_nothing_about_a_voice_is_a_number_or_a_name_of_another(
    itzel: Person, julia: Person
) -> None:
    itzel.add("round", "¿Cómo llegamos?")
    itzel.gives(julia)
    assert "Itzel" not in julia.says("voices")
    for one in julia.json("voices")["waits"]:
        assert set(one) == {"record", "what", "act"}
        assert all(isinstance(value, str) for value in one.values())
