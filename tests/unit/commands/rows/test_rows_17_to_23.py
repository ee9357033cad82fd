"""S17-S23 of domain A3 through commands: what people can do, and what nobody can."""

from __future__ import annotations

from unit.commands.rows.conftest import Person


def test_row_s17_lets_people_say_what_made_a_situation_different(itzel: Person) -> None:
    event = itzel.add(
        "event", "En el retén", intersection_notes="inter.gender: sólo revisaron a las mujeres"
    )
    itzel.edit(event, intersection_notes="inter.other: y a quien habla la lengua")
    assert itzel.items(event, "intersection_notes") == {
        "inter.gender": "sólo revisaron a las mujeres",
        "inter.other": "y a quien habla la lengua",
    }
    assert "sólo revisaron a las mujeres" in itzel.told(event)


def test_row_s17_never_makes_a_profile_of_members_or_a_table_of_them(itzel: Person) -> None:
    itzel.has_no_field(
        "member", "gender", "age", "sexuality", "ethnicity", "class", "intersection_notes"
    )
    card = itzel.add("member", name="Itzel")
    assert itzel.show(card)["sets"] == {}, "a name is enough"
    for verb in ("statistics", "estadística", "count", "profile"):
        itzel.refused(verb)
    itzel.refused("picture", "intersections")


def test_row_s18_lets_people_write_a_bond_for_themselves_and_tie_it_to_living_together(
    itzel: Person,
) -> None:
    bond = itzel.add(
        "bond", "Nos cuesta hablarnos desde la audiencia", **{"with": "organisation"},
        what_moves="bond.organization_fissures", it_gives="risa", limits="no por teléfono",
    )  # fmt: skip
    agreed = itzel.add("agreement", "Hablar antes de la asamblea.", kind="living_together")
    itzel.link(bond, "beside", agreed)
    itzel.edit(bond, what_moves="bond.new_collective: volvimos a cocinar")
    assert "only yours" in itzel.told(bond)
    assert "Hablar antes de la asamblea." in itzel.told(bond)
    assert itzel.items(bond, "what_moves")["bond.new_collective"] == "volvimos a cocinar"


def test_row_s18_never_shows_who_is_at_odds_with_whom(itzel: Person, julia: Person) -> None:
    itzel.has_no_field("bond", "who", "person", "blame", "fault", "members")
    assert "not one of the answers" in itzel.refused("add", "bond", "x", "--set", "with=Julia")
    bond = itzel.add("bond", "Nos cuesta hablarnos", **{"with": "organisation"})
    assert itzel.ids("list", "--space", "collective") == []
    itzel.gives(julia)
    julia.refused("show", bond)
    assert "Nos cuesta" not in itzel.says("picture", "networks")


def test_row_s19_lets_people_keep_what_each_ally_holds_and_where_its_limit_is(
    itzel: Person,
) -> None:
    ally = itzel.add(
        "bond", "La parroquia del barrio", **{"with": "ally"}, can_hold="la cocina",
        already_holds="tres familias", limits="los domingos no", what_moves="bond.network_overload",
    )  # fmt: skip
    assert "of the whole collective" in itzel.told(ally)
    told = itzel.told(ally)
    for words in ("la cocina", "tres familias", "los domingos no"):
        assert words in told
    assert "La parroquia" in itzel.says("picture", "networks")


def test_row_s19_never_becomes_a_book_of_telephone_numbers_and_addresses(itzel: Person) -> None:
    for type_ in ("bond", "member", "actor"):
        itzel.has_no_field(type_, "phone", "telephone", "address", "email", "contact")
    itzel.refused("add", "bond", "x", "--set", "where=19.43, -99.13")


def test_row_s20_lets_people_set_an_accusation_beside_whom_it_serves_and_answer_it(
    itzel: Person,
) -> None:
    speech = itzel.add("event", "Dijeron que algo debíamos", intents="int.shift_blame")
    actor = itzel.add("actor", "El noticiero", kinds="act.mass_media")
    itzel.link(speech, "responsible", actor)
    guilt = itzel.add(
        "impact",
        "Nos preguntamos qué hicimos mal",
        about="us",
        kinds="guilt.induced, stig.criminal_link",
    )
    itzel.link(speech, "did", guilt)
    answer = itzel.add("response", "Nosotras buscamos a los nuestros", horizons="hor.dignity")
    itzel.link(answer, "answers", speech)
    itzel.link(answer, "beside", guilt)
    told = itzel.told(guilt)
    assert "Dijeron que algo debíamos" in told
    assert "Nosotras buscamos" in told
    assert "El noticiero" in itzel.told(speech)


def test_row_s20_never_asks_what_they_could_have_done_or_makes_guilt_a_trait(
    itzel: Person,
) -> None:
    itzel.has_no_field("member", "guilt", "kinds", "terms_of_guilt")
    itzel.has_no_field("impact", "what_could_have_been_done", "mistake", "responsible_person")
    for lang, words in (
        ("en", ("could have", "should have")),
        ("es", ("hubiera", "pudimos haber")),
    ):
        for type_ in ("impact", "event", "emergency", "check_in", "round"):
            asked = itzel.says("add", type_, "--fields", lang=lang).casefold()
            assert not [one for one in words if one in asked], type_


def test_row_s21_lets_people_see_demands_silences_and_what_was_won_meanwhile(
    itzel: Person,
) -> None:
    demand = itzel.add(
        "response", "Que entreguen el expediente", to="el juzgado", when="enero de 2024"
    )
    itzel.act(demand, "no-answer-yet", "tercera vuelta", when="marzo de 2024")
    itzel.edit(demand, what_moved="Otras familias se acercaron.")
    tried = itzel.add(
        "coping", "Pedirlo por escrito cada viernes", mechanisms="cop.legal_strategies"
    )
    itzel.link(tried, "beside", demand)
    assert itzel.ids("list", "response", "--until", "2024") == [demand]
    told = itzel.told(demand)
    for words in ("tercera vuelta", "Otras familias", "cada viernes", "March 2024"):
        assert words in told


def test_row_s21_never_closes_what_an_authority_closed(itzel: Person) -> None:
    demand = itzel.add("response", "Que investiguen")
    itzel.act(demand, "answer", "archivaron el expediente", when="ayer", **{"from": "la fiscalía"})
    itzel.has_no_act(demand, "close", "cerrar", "resolve", "end", "archive")
    itzel.has_no_field("response", "status", "closed", "resolved", "outcome")
    assert itzel.show(demand)["state"] == ""
    assert itzel.ids("list", "response") == [demand]


def test_row_s22_lets_people_record_what_helped_its_cost_and_see_it_with_the_harm(
    itzel: Person,
) -> None:
    harm = itzel.add("impact", "Nos quitaron el sueño", about="us", dimensions="dim.organizational")
    assert "What sustained us: not spoken yet" in itzel.told(harm)
    coping = itzel.add(
        "coping", "Cocinar para todas", mechanisms="cop.support_networks",
        dimensions="dim.organizational", what_it_cost="dos domingos",
        would_we_repeat="sí, con ayuda", can_be_passed_on="adapted",
    )  # fmt: skip
    itzel.link(coping, "sustained", harm)
    assert "Cocinar para todas" in itzel.told(harm)
    weave = itzel.says("picture", "weave")
    assert "Nos quitaron el sueño" in weave
    assert "Cocinar para todas" in weave
    assert "dos domingos" in itzel.told(coping)


def test_row_s22_never_rates_coping_or_says_which_is_healthy(itzel: Person) -> None:
    itzel.has_no_field("coping", "success", "effectiveness", "healthy", "rating", "worked")
    itzel.refused("add", "coping", "x", "--set", "can_be_passed_on/score=5")
    itzel.refused("add", "coping", "x", "--set", "mechanisms=healthy coping")


def test_row_s23_lets_people_agree_how_to_protect_each_other_and_look_again(
    itzel: Person, julia: Person
) -> None:
    measure = itzel.add(
        "protection", "Salir de dos en dos.", space="collective", threat="Nos siguen al salir.",
        prevent="Cambiar de ruta.", respond="Decir «ya puse el café».", who_knows="la abogada",
        review_after="cada incidente", where="casa azul (lugar)",
    )  # fmt: skip
    itzel.edit(measure, terms="fear.relocation_temporary")
    itzel.act(measure, "propose")
    itzel.act(measure, "for-now")
    itzel.gives(julia)
    julia.act(measure, "for-now")
    julia.gives(itzel)
    assert "In force for now" in itzel.told(measure)
    event = itzel.add("event", "Nos siguió una camioneta")
    itzel.link(measure, "answers", event)
    itzel.act(measure, "ask-review", "cambió la ruta")
    assert "Nos siguió una camioneta" in itzel.told(measure)
    again = itzel.json("voices")["look_again"]
    assert measure in [one["record"] for one in again]


def test_row_s23_never_keeps_an_address_or_where_somebody_is(itzel: Person) -> None:
    for type_ in ("protection", "member", "emergency"):
        itzel.has_no_field(type_, "address", "location", "latitude", "live_location")
    for place in ("19.43, -99.13", "76F2CVM8+QP", "https://maps.app.goo.gl/x"):
        itzel.refused("add", "protection", "x", "--set", f"where={place}")
    measure = itzel.add("protection", "Salir de dos en dos.")
    assert itzel.show(measure)["readings"] == {}, "nothing about a place that nobody wrote"
