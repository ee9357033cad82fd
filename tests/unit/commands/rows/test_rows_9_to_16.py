"""S9-S16 of domain A3 through commands: what people can do, and what nobody can."""

from __future__ import annotations

import pytest

from aluna_sync.journal.schema import TYPES
from unit.commands.rows.conftest import Person


def test_row_s9_lets_people_tie_cause_actor_mode_intent_harm_and_what_sustained(
    itzel: Person,
) -> None:
    event = itzel.add(
        "event", "Cerraron el paso", when="primavera de 2024", certainty="cer.lived, cer.public",
        modes="mode.action, mode.complicity", intents="int.occupy_territory",
    )  # fmt: skip
    actor = itzel.add("actor", "La empresa de la presa", kinds="act.business")
    harm = itzel.add("impact", "No hubo siembra", about="us")
    coping = itzel.add("coping", "Sembramos en la parcela de la escuela")
    itzel.link(event, "responsible", actor)
    itzel.link(event, "did", harm)
    itzel.link(coping, "sustained", harm)
    shown = itzel.show(event)
    assert shown["readings"]["when"][0]["value"]["value"] == "2024"
    assert set(itzel.items(event, "certainty")) == {"cer.lived", "cer.public"}
    assert {one["kind"] for one in shown["links"]} == {"did", "responsible"}
    assert "Sembramos en la parcela" in itzel.told(harm)


def test_row_s9_never_demands_proof_or_rates_who_tells(itzel: Person) -> None:
    itzel.has_no_field("event", "proof", "evidence", "witness", "reliability", "credibility")
    itzel.has_no_field("member", "reliability", "credibility")
    itzel.refused("add", "event", "x", "--set", "certainty=reliable witness")
    told = itzel.add("event", term="agr.threat")
    assert itzel.show(told)["texts"] == {}, "one word of the vocabulary is enough"


def test_row_s10_lets_people_make_a_memory_of_what_was_permitted_and_tell_it_twice(
    itzel: Person,
) -> None:
    march = itzel.add("event", "La caminata")
    itzel.edit(march, uses="use.memory")
    book = itzel.add(
        "memory", "Libro de la colectiva", dates="cada 8 de mayo", dedicated_to="a quienes van"
    )
    itzel.link(book, "keeps", march)
    itzel.act(book, "piece", "Así empezó", record=march)
    itzel.act(book, "tell", "Éramos doce.")
    itzel.act(book, "tell", "Éramos veinte, y una niña.")
    assert itzel.acts(book, "versions_told") == ["tell", "tell"]
    told = itzel.told(book)
    for words in ("Éramos doce.", "Éramos veinte", "La caminata", "cada 8 de mayo"):
        assert words in told
    assert "La caminata" in itzel.says("picture", "memory")


def test_row_s10_never_leaves_one_account_or_lets_one_delete_what_another_remembers(
    itzel: Person, julia: Person
) -> None:
    book = itzel.add("memory", "Libro")
    itzel.act(book, "tell", "Éramos doce.")
    itzel.gives(julia)
    julia.act(book, "tell", "Yo conté veinte.")
    julia.gives(itzel)
    itzel.has_no_act(book, "approve", "delete", "choose", "official")
    itzel.has_no_field("memory", "official", "final")
    assert "Only who made a record" in julia.refused("take-back", book, "--yes")

    told = itzel.told(book)
    assert "Éramos doce." in told
    assert "Yo conté veinte." in told
    unasked = itzel.add("event", "Lo que nadie permitió")
    itzel.refused("act", book, "piece", "así fue", "--set", f"record={unasked}")
    itzel.act(book, "piece", "aquí falta algo")
    shown = itzel.says("picture", "memory")
    assert "aquí falta algo" in shown
    assert "Lo que nadie permitió" not in shown


def test_row_s11_lets_people_write_what_practice_taught_and_keep_each_version(
    itzel: Person,
) -> None:
    process = itzel.add(
        "process", "Acompañar a la radio", strategy="str.systematization", space="collective"
    )
    learned = itzel.add("note", "Primero escuchar.", space="collective")
    itzel.link(learned, "part_of", process)
    itzel.edit(learned, body="Antes de todo, preguntar a quién le toca.")
    history = itzel.says("show", learned, "--history")
    assert "Primero escuchar" in history
    assert "preguntar a quién le toca" in history
    assert "Primero escuchar." in itzel.says("show", learned, "--at", "1.1")
    assert itzel.ids("list", "--linked", process) == [learned]


def test_row_s11_never_makes_a_learning_into_an_indicator(itzel: Person) -> None:
    for type_ in ("note", "process"):
        itzel.has_no_field(type_, "indicator", "kpi", "target", "result", "goal")


def test_row_s12_lets_people_mourn_anything_hold_a_rite_rest_and_return(itzel: Person) -> None:
    loss = itzel.add(
        "mourning", "La radio y su cerro", what_was_lost="loss.life_project",
        conditions="mour.ritual_prevented", dates_to_honour="primer viernes de mayo",
    )  # fmt: skip
    itzel.edit(loss, what_was_lost="loss.place: el cerro")
    itzel.act(loss, "rite", "llevar flores, cuando se pueda")
    itzel.act(loss, "rite", "subir juntas", when="2 de noviembre de 2026")
    for act in ("keep-quietly", "return", "honour", "return"):
        itzel.act(loss, act)
    assert itzel.show(loss)["state"] == "mst.returned"
    assert itzel.items(loss, "what_was_lost") == {"loss.life_project": "", "loss.place": "el cerro"}
    assert "only yours" in itzel.told(loss)
    assert "llevar flores" in itzel.told(loss)
    itzel.says("circle", "new", "duelo", "Julia")
    itzel.says("share", loss, "--to", "circle:duelo")
    assert len(itzel.ids("list", "mourning", "--space", "circle:duelo")) == 1


def test_row_s12_never_gives_mourning_stages_an_end_or_a_reminder(itzel: Person) -> None:
    itzel.has_no_field("mourning", "stage", "phase", "progress", "resolved", "duration", "deadline")
    loss = itzel.add("mourning", "El río", space="collective")
    itzel.has_no_act(loss, "close", "cerrar", "resolve", "end", "done", "review")
    itzel.act(loss, "return", "en la fiesta")
    for lang in ("en", "es"):
        told = itzel.told(loss, lang=lang).casefold()
        assert not [word for word in ("relapse", "recaída", "overdue", "vencid") if word in told]
    assert itzel.json("voices") == {"waits": [], "requests": [], "look_again": []}


def test_row_s13_lets_people_say_how_they_arrive_and_look_at_conditions(itzel: Person) -> None:
    mine = itzel.add("check_in", word="load.heavy")
    assert "only yours" in itzel.told(mine)
    asked = itzel.add(
        "round", "¿Cómo llegamos?", words="con sueño", conditions_we_see="wear.no_time_for_care"
    )
    agreed = itzel.add("agreement", "Los viernes no hay juntas.", kind="care")
    itzel.link(agreed, "changes_condition", asked)
    assert itzel.ids("list", "round", "--term", "wear.no_time_for_care") == [asked]
    assert "Los viernes no hay juntas." in itzel.told(asked)
    over_time = itzel.says("picture", "weariness")
    assert "No time for strengthening" in over_time
    assert "Me pesa" not in over_time


def test_row_s13_never_scores_averages_or_flags_anybody(itzel: Person, julia: Person) -> None:
    itzel.has_no_field("check_in", "score", "burnout", "level", "hours_slept")
    itzel.has_no_field("round", "average", "score", "most_tired")
    itzel.refused("add", "check_in", "x", "--set", "authors=Julia")
    hers = julia.add("check_in", "no puedo más", conditions="wear.reactive_mode")
    julia.gives(itzel)
    assert itzel.ids("list", "check_in") == []
    itzel.refused("show", hers)
    shared = julia.add("check_in", "cansada", space="collective")
    julia.gives(itzel)
    assert "Only who began" in itzel.refused("edit", shared, "--set", "word=load.at_limit")


def test_row_s14_lets_people_keep_time_for_care_that_nothing_competes_with(itzel: Person) -> None:
    practice = itzel.add("care_practice", "Respirar", kinds="care.body", not_for="con fiebre")
    time = itzel.add(
        "care_time", "Los jueves", when="mañana a las 6 de la tarde", repeats="weekly",
        protected="held", coming="no_answer_needed", hosts="me",
    )  # fmt: skip
    itzel.link(time, "uses_practice", practice)
    itzel.edit(time, afterwards="Nos reímos.", coming="yes")
    shown = itzel.show(time)
    assert shown["readings"]["protected"][0]["value"] == "held"
    assert shown["maps"]["coming"] == [{"person": "Itzel", "value": "yes"}]
    assert "Nos reímos." in itzel.told(time)
    assert "Respirar" in itzel.told(time)


def test_row_s14_never_assigns_care_or_keeps_account_of_it(itzel: Person) -> None:
    itzel.has_no_field("care_time", "streak", "missed", "points", "attendance", "assigned_to")
    refused = itzel.refused("add", "care_time", "x", "--set", "hosts=Julia")
    assert "only put their own name" in refused
    itzel.refused("add", "care_time", "x", "--set", "coming=missed")
    itzel.refused("add", "care_time", "x", "--set", "coming/Julia=yes")


def test_row_s15_lets_people_read_their_context_and_set_it_beside_the_last(itzel: Person) -> None:
    event = itzel.add("event", "Llegó más tropa")
    before = itzel.add("context", "Marzo", when="marzo de 2024", signs="Hay con quién hablar.")
    now = itzel.add(
        "context", "Octubre", economic="Subió el gas.", political="Cambió la alcaldía.",
        social_relations="La gente se encierra.", factors="ctx.militarization",
        intents="int.silence", for_each_field="fld.security: salir de dos en dos",
        since_last="Se cerró la mesa de diálogo.",
    )  # fmt: skip
    itzel.link(now, "reviews", before)
    itzel.link(now, "reads", event)
    told = itzel.told(now)
    for words in ("Marzo", "Llegó más tropa", "Se cerró la mesa", "salir de dos en dos"):
        assert words in told
    side_by_side = itzel.says("picture", "context")
    assert "Hay con quién hablar." in side_by_side
    assert "Se cerró la mesa" in side_by_side


def test_row_s15_never_makes_a_news_feed_or_an_index_of_risk(itzel: Person) -> None:
    itzel.has_no_field("context", "risk_index", "risk", "level", "feed", "source_url", "score")
    for verb in ("news", "noticias", "risk", "riesgo"):
        itzel.refused(verb)
    itzel.refused("add", "context", "x", "--set", "factors=high risk")


def test_row_s16_lets_people_name_who_did_it_in_every_mode_or_that_it_is_not_safe_to(
    itzel: Person,
) -> None:
    event = itzel.add(
        "event", "Detuvieron a tres compañeras", actors="act.police_local, act.organized_crime",
        modes="mode.action, mode.acquiescence, mode.guarantor_failure",
        duty_breached="Presentarlas ante un juez.",
    )  # fmt: skip
    assert len(itzel.items(event, "modes")) == 3
    assert "Presentarlas ante un juez." in itzel.told(event)
    unsafe = itzel.add("event", "Otra vez", actors="act.unknown")
    assert "No se sabe o no es seguro nombrar" in itzel.told(unsafe, lang="es")
    assert "Failure as guarantor" in itzel.says("picture", "responsibility")
    itzel.edit(event, certainty="cer.disputed: hay quien vio otra cosa")
    assert "hay quien vio otra cosa" in itzel.told(event)


@pytest.mark.parametrize("field", ["parties", "sides", "conflict", "perpetrator_unknown"])
def test_row_s16_never_turns_it_into_a_quarrel_or_lets_the_state_out(
    itzel: Person, field: str
) -> None:
    itzel.has_no_field("event", field)
    for said in ("modes=conflict", "actors=parties in conflict", "actors=both sides"):
        itzel.refused("add", "event", "x", "--set", said)
    modes = TYPES["event"].field("modes")
    actors = TYPES["event"].field("actors")
    assert modes is not None
    assert actors is not None
    assert (modes.groups, actors.groups) == (("state_mode",), ("actor",))


def test_a_memory_keeps_only_what_each_one_concerned_said_yes_to_herself(
    itzel: Person, julia: Person
) -> None:
    march = itzel.add("event", "La caminata")
    book = itzel.add("memory", "Libro")
    itzel.gives(julia)
    julia.edit(march, care_note="con alguien al lado")
    julia.gives(itzel)
    for words in (("act", book, "piece", "Así fue", "--set", f"record={march}"),
                  ("link", book, "keeps", march), ("link", march, "is kept in", book)):  # fmt: skip
        said = itzel.refused(*words)
        assert "The yes of Itzel and Julia is missing" in said
        assert "ask-uses" in said
    assert "Falta el sí de Itzel y Julia" in itzel.refused("link", book, "keeps", march, lang="es")
    assert itzel.show(book)["links"] == []
    itzel.edit(march, uses="use.memory")
    said = itzel.refused("link", book, "keeps", march)
    assert "Julia" in said
    assert "Itzel" not in said, "only whose yes is missing"

    itzel.act(march, "ask-uses", uses="use.memory")
    itzel.gives(julia)
    assert ("uses", march) in [
        (one["what"], one["record"]) for one in julia.json("voices")["waits"]
    ]
    julia.edit(march, uses="use.memory")
    julia.gives(itzel)
    itzel.link(book, "keeps", march)
    itzel.act(book, "piece", "Así fue", record=march)
    assert "La caminata" in itzel.told(book)
    assert "La caminata" in itzel.says("picture", "memory")


def test_a_yes_taken_back_takes_the_record_out_of_the_memory_at_once(
    itzel: Person, julia: Person
) -> None:
    march = itzel.add("event", "La caminata")
    itzel.edit(march, uses="use.memory")
    book = itzel.add("memory", "Libro")
    itzel.link(book, "keeps", march)
    itzel.act(book, "piece", "Así fue", record=march)
    itzel.gives(julia)
    assert "La caminata" in julia.told(book)
    itzel.edit(march, uses="use.inner")
    itzel.gives(julia)
    for person in (itzel, julia):
        assert "La caminata" not in person.told(book)
        assert "La caminata" not in person.says("picture", "memory")
        assert "something kept elsewhere" in person.told(book)
        assert "Así fue" in person.says("picture", "memory"), "the words of who made it stay"
        assert person.show(book)["links"][0]["title"] == ""
        assert "Libro" in person.told(march), "whoever took it back sees where it was kept"
        assert "The yes of Itzel is missing, or was taken back" in person.refused(
            "act", book, "piece", "otra vez", "--set", f"record={march}"
        )
    itzel.edit(march, uses="use.memory")
    assert "La caminata" in itzel.told(book)


def test_who_was_asked_and_did_not_write_is_concerned_too(itzel: Person, julia: Person) -> None:
    harm = itzel.add("impact", "Lo que le hicieron a Julia", about="us")
    itzel.edit(harm, uses="use.memory")
    itzel.act(harm, "ask-uses", uses="use.memory", persons="Julia")
    book = itzel.add("memory", "Libro")
    assert "The yes of Julia is missing" in itzel.refused("link", book, "keeps", harm)
