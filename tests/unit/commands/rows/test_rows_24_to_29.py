"""S24-S29 of domain A3 through commands: what people can do, and what nobody can."""

from __future__ import annotations

import io
import sys

import pytest

from unit.commands.rows.conftest import Person


def test_row_s24_lets_people_tell_it_otherwise_later_and_keep_both(itzel: Person) -> None:
    told = itzel.add("impact", "Fue una derrota.", about="us")
    itzel.edit(told, body="Fue cuando aprendimos a juntarnos.", still_with_us="changed")
    history = itzel.says("show", told, "--history")
    assert "una derrota" in history
    assert "Fue una derrota." in itzel.says("show", told, "--at", "1.1")
    assert "aprendimos a juntarnos" in history
    letter = itzel.add("memory", "A quienes vengan", dedicated_to="quienes vengan")
    itzel.act(letter, "tell", "Aquí hubo miedo y hubo pan.")
    step = itzel.add("note", "Hoy volvimos a cantar.", term="cop.hope_paths", space="collective")
    itzel.link(step, "beside", told)
    assert "Hoy volvimos a cantar." in itzel.told(told)


def test_row_s24_never_closes_a_harm_because_it_has_a_meaning_now(itzel: Person) -> None:
    harm = itzel.add("impact", "Nos dejó rabia", about="us")
    itzel.edit(harm, what_it_tells_us="Que nos importa.", still_with_us="rests")
    itzel.has_no_act(harm, "close", "resolve", "heal", "sanar", "end")
    itzel.has_no_field("impact", "resolved", "positive", "lesson", "closed")
    assert itzel.show(harm)["state"] == ""
    assert itzel.ids("list", "impact") == [harm]


def test_row_s25_lets_people_write_why_and_come_back_to_it_in_doubt(itzel: Person) -> None:
    why = itzel.add(
        "agreement", "Estamos para que nadie busque a solas.", fields="fld.political",
        why="Así empezamos.", look_again_on="2020-05",
    )  # fmt: skip
    for act in ("propose", "consent"):
        itzel.act(why, act)
    doubt = itzel.add("impact", "¿Sirve lo que hacemos?", about="us", kinds="imp.loss_of_meaning")
    itzel.link(why, "answers", doubt)
    itzel.act(why, "ask", "¿todavía es esto?")
    assert "¿Sirve lo que hacemos?" in itzel.told(why)
    assert "¿todavía es esto?" in itzel.told(why)
    assert "nadie busque a solas" in itzel.told(doubt)


def test_row_s25_never_measures_commitment(itzel: Person) -> None:
    for type_ in ("member", "agreement", "process"):
        itzel.has_no_field(type_, "commitment", "dedication", "participation", "hours", "loyalty")
    for words in ("participation", "people", "activity"):
        itzel.refused("picture", words)


def test_row_s26_lets_people_agree_turns_money_and_roles_that_end(itzel: Person) -> None:
    turns = itzel.add(
        "agreement", "Las llaves rotan cada mes.", kind="money_and_tasks, living_together"
    )
    task = itzel.add("task", "Guardar las llaves", offered_by="me", by_when="en un mes")
    itzel.link(task, "grew_from", turns)
    card = itzel.add("member", name="Itzel", roles="llaves hasta diciembre")
    asked = itzel.add("round", "¿Qué disentimos?", words="el horario")
    itzel.act(task, "done")
    assert itzel.show(task)["state"] == "done"
    assert "Las llaves rotan" in itzel.told(task)
    assert "llaves hasta diciembre" in itzel.told(card)
    assert "el horario" in itzel.told(asked)
    itzel.edit(card, **{"roles-": "llaves hasta diciembre"})
    assert "llaves" not in itzel.told(card)


def test_row_s26_never_has_a_chief_or_notes_who_read(itzel: Person, julia: Person) -> None:
    assert "Everybody who belongs keeps the door." in itzel.says("keepers")
    itzel.has_no_field("member", "admin", "rank", "permissions")
    note = itzel.add("event", "Lo de ayer")
    itzel.gives(julia)
    spaces = julia.json("status")["spaces"]
    julia.told(note)
    julia.says("list")
    julia.says("search", "ayer")
    after = julia.json("status")["spaces"]
    assert [one["entries"] for one in after] == [one["entries"] for one in spaces]
    assert [one["state"] for one in after] == [one["state"] for one in spaces]


def test_row_s27_lets_people_pause_meet_briefly_and_find_where_they_were(itzel: Person) -> None:
    process = itzel.add("process", "Con la radio", space="collective")
    itzel.act(process, "begin")
    itzel.act(process, "encounter", "cinco minutos en la banqueta", what_next="llevarles pan")
    itzel.act(process, "pause", "hay audiencias")
    assert itzel.show(process)["state"] == "prs.paused"
    itzel.edit(process, where_we_were="Faltaba hablar de los turnos.")
    itzel.act(process, "resume")
    told = itzel.told(process)
    for words in ("cinco minutos", "llevarles pan", "Faltaba hablar de los turnos."):
        assert words in told
    assert itzel.show(process)["state"] == "prs.resumed"


def test_row_s27_never_calls_a_pause_overdue_or_abandoned(itzel: Person) -> None:
    itzel.has_no_field("process", "deadline", "due", "overdue", "expires", "duration")
    process = itzel.add("process", "Con la radio", when="marzo de 2019", space="collective")
    itzel.act(process, "pause")
    assert itzel.json("voices") == {"waits": [], "requests": [], "look_again": []}
    for lang in ("en", "es"):
        told = itzel.told(process, lang=lang).casefold()
        assert not [
            word for word in ("overdue", "abandon", "inactive", "vencid", "inactiv") if word in told
        ]
    itzel.has_no_act(process, "abandon", "abandonar", "expire", "fail")


def test_row_s28_lets_people_write_late_from_paper_apart_and_carry_it_on_a_stick(
    itzel: Person, julia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = io.TextIOWrapper(io.BytesIO(b"Del cuaderno: se fue la luz.\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", paper)
    late = itzel.says("add", "event", "-", "--when", "hace dos semanas").strip()
    apart = julia.add("coping", "Pusimos velas")
    itzel.gives(julia)
    julia.gives(itzel)
    assert set(itzel.ids("list")) == set(julia.ids("list")) == {late, apart}
    assert "se fue la luz" in julia.told(late)
    digest = itzel.says("digest")
    assert "Pusimos velas" in digest


def test_row_s28_never_takes_absence_for_a_yes_or_calls_it_by_a_bad_name(itzel: Person) -> None:
    agreed = itzel.add("agreement", "Cambiar la reunión.")
    itzel.act(agreed, "propose")
    itzel.act(agreed, "consent")
    itzel.act(agreed, "in-force")
    assert itzel.show(agreed)["state"] == "ags.proposed", "Julia may be without light for weeks"
    for lang in ("en", "es"):
        told = (itzel.says("people", lang=lang) + itzel.says("devices", lang=lang)).casefold()
        assert not [word for word in ("inactiv", "missing", "ausent", "late") if word in told]
    itzel.has_no_act(agreed, "expire", "timeout")


def newcomer(itzel: Person, julia: Person) -> Person:
    """Agree that who comes reads from then on, and let Marta in by her card, with a bundle."""
    itzel.says("keepers", "--from-now")
    itzel.gives(julia)
    (request,) = julia.json("keepers")["requests"]
    julia.says("second", request["id"][:12])
    julia.gives(itzel)
    marta = Person("marta", itzel.aluna, itzel.folder)
    card = str(itzel.folder / "tarjeta")
    marta.says("card", card, "--as", "Marta", "--device", "laptop")
    itzel.says("admit", card, "--yes")
    itzel.gives(marta)
    return marta


def test_row_s29_lets_somebody_new_receive_a_chosen_part_and_its_reasons(
    itzel: Person, julia: Person
) -> None:
    agreed = itzel.add("agreement", "Nunca sola.", why="Por lo del retén, en marzo.")
    itzel.add("impact", "Lo que no es para el primer día", about="us")
    marta = newcomer(itzel, julia)
    itzel.says("circle", "new", "bienvenida", "Marta")
    itzel.says("share", agreed, "--to", "circle:bienvenida")
    role = itzel.add("task", "Las llaves pasan a Marta", space="circle:bienvenida")
    itzel.gives(marta)
    given = marta.ids("list")
    assert role in given
    assert len(given) == 2
    (chosen,) = marta.ids("list", "agreement")
    assert "Por lo del retén, en marzo." in marta.told(chosen)


def test_row_s29_never_hands_the_whole_past_where_the_group_said_from_now(
    itzel: Person, julia: Person
) -> None:
    before = itzel.add("event", "Antes de que llegara")
    marta = newcomer(itzel, julia)
    after = itzel.add("event", "Desde que llegó")
    itzel.gives(marta)
    assert marta.ids("list") == [after]
    marta.refused("show", before)
    assert marta.ids("search", "antes") == []
