"""S1-S8 of domain A3 through commands: what people can do, and what nobody can."""

from __future__ import annotations

from unit.commands.rows.conftest import Person


def test_row_s1_lets_people_open_an_emergency_with_no_words_and_tell_it_in_any_order(
    itzel: Person,
) -> None:
    route = itzel.add(
        "protection",
        "Nos vemos en la tienda azul.",
        space="collective",
        where="tienda azul (lugar)",
    )
    opened = itzel.says("anotar", "emergencia", lang="es").strip()
    assert itzel.show(opened)["state"] == "open"
    itzel.act(opened, "do", "avisamos a la abogada")
    itzel.act(opened, "need", "un lugar para dormir", integrity="physical integrity")
    itzel.act(opened, "need", "que alguien nos escuche", integrity="emotional integrity")
    itzel.act(opened, "meet", "hay casa")
    itzel.edit(opened, now="Se llevaron la camioneta.", who_knows="la abogada, la vecina")
    itzel.link(opened, "goes_by", route)
    assert "Nos vemos en la tienda azul." in itzel.told(opened)
    assert "tienda azul" in itzel.told(route)
    assert [one["person"] for one in itzel.json("devices")["devices"]].count("Julia") == 1
    itzel.act(opened, "hand-over", "sigue la noche", persons="Itzel")
    itzel.act(opened, "look-back", "nos encontramos a tiempo")
    assert itzel.show(opened)["state"] == "looked_back"
    itzel.act(opened, "reopen")
    assert itzel.show(opened)["state"] == "open"


def test_row_s1_never_demands_proof_reads_words_for_danger_or_tells_anybody(
    itzel: Person,
) -> None:
    itzel.has_no_field("emergency", "evidence", "severity", "risk", "alert")
    note = itzel.add("note", "Auxilio, nos quieren matar, es una emergencia.")
    shown = itzel.show(note)
    assert (shown["state"], shown["sets"], shown["links"]) == ("", {}, [])
    assert itzel.ids("list") == [note]
    assert itzel.json("voices") == {"waits": [], "requests": [], "look_again": []}
    opened = itzel.aluna("add", "emergency", home="itzel")
    assert "only yours" in opened.err
    for verb in ("alert", "alerta", "notify", "avisar"):
        itzel.refused(verb)


def test_row_s2_lets_people_run_a_process_across_the_four_fields(itzel: Person) -> None:
    process = itzel.add(
        "process", "Mirarnos por dentro", space="collective", strategy="str.organizational",
        aims="aim.recognize_harm, aim.repair_bonds", fields="fld.internal, fld.security",
        agreed_how="Cada quince días, lo dicho se queda aquí.",
    )  # fmt: skip
    itzel.act(process, "begin")
    itzel.act(process, "encounter", "hablamos de los turnos", what_next="los de noche")
    agreed = itzel.add("agreement", "Nadie hace dos noches seguidas.", look_again_on="2020-05")
    itzel.link(agreed, "part_of", process)
    itzel.act(agreed, "ask-review", "no alcanzó")
    assert itzel.ids("list", "--linked", process, "--kind", "part_of") == [agreed]
    assert itzel.show(process)["state"] == "prs.active"
    assert itzel.ids("list", "process", "--term", "fld.internal") == [process]
    balance = itzel.says("picture", "fields")
    assert "Mirarnos por dentro" in balance
    assert "Political project" in balance.partition("not looked at")[2]


def test_row_s2_never_counts_cases_or_measures_how_grown_a_group_is(itzel: Person) -> None:
    itzel.has_no_field(
        "process", "maturity", "score", "cases", "beneficiaries", "progress", "level"
    )
    process = itzel.add("process", "Mirarnos")
    itzel.has_no_act(process, "score", "evaluate", "evaluar")


def test_row_s3_lets_two_people_name_a_harm_together_and_read_it_apart(
    itzel: Person, julia: Person
) -> None:
    event = itzel.add("event", "Retén en la salida", intents="int.spread_terror")
    actor = itzel.add("actor", "La policía de caminos", kinds="act.police_local")
    itzel.link(event, "responsible", actor)
    harm = itzel.add(
        "impact", "Nos quitaron el sueño", about="us", voice="us",
        dimensions="dim.personal, dim.organizational", expressions="exp.body, exp.work",
    )  # fmt: skip
    itzel.link(event, "did", harm)
    itzel.gives(julia)
    julia.edit(harm, still_with_us="yes")
    beside = julia.add("impact", "A mí me dejó rabia", about="me", space="collective")
    julia.link(beside, "beside", harm)
    itzel.edit(harm, still_with_us="rests")
    julia.gives(itzel)
    shown = itzel.show(harm)
    said = {(one["by"], one["value"]) for one in shown["readings"]["still_with_us"]}
    assert said == {("Julia", "yes"), ("Itzel", "rests")}
    assert set(itzel.items(harm, "dimensions")) == {"dim.personal", "dim.organizational"}
    told = itzel.told(harm)
    assert "two readings" in told
    assert "Retén en la salida" in told
    assert "A mí me dejó rabia" in told
    assert "La policía de caminos" in itzel.told(event)


def test_row_s3_never_lets_anybody_grade_a_harm_or_give_it_to_another(itzel: Person) -> None:
    itzel.has_no_field(
        "impact", "severity", "symptoms", "checklist", "diagnosis", "person", "whose"
    )
    for about in ("Julia", "her", "member"):
        assert "not one of the answers" in itzel.refused(
            "add", "impact", "x", "--set", f"about={about}"
        )
    itzel.refused("add", "impact", "x", "--set", "authors=Julia")
    harm = itzel.add("impact", "Nos quitaron el sueño", about="us")
    itzel.has_no_act(harm, "consent", "agree", "vote", "resolve")


def test_row_s4_lets_an_agreement_grow_from_harm_and_coping_be_consented_tried_and_reviewed(
    itzel: Person, julia: Person
) -> None:
    harm = itzel.add("impact", "Ya no dormimos", about="us")
    coping = itzel.add("coping", "Dormir en casa de otra")
    agreed = itzel.add(
        "agreement", "Nadie duerme sola la semana de audiencia.", why="Nos lo pidió el cuerpo.",
        trial_until="en un mes", look_again_on="en dos meses",
    )  # fmt: skip
    itzel.link(agreed, "answers", harm)
    itzel.link(agreed, "beside", coping)
    itzel.act(agreed, "propose")
    itzel.act(agreed, "consent")
    itzel.gives(julia)
    assert [one["record"] for one in julia.json("voices")["waits"]] == [agreed]
    julia.act(agreed, "concern", "que no sea siempre la misma casa")
    julia.gives(itzel)
    assert itzel.show(agreed)["state"] == "ags.consented"
    itzel.act(agreed, "in-force")
    assert itzel.show(agreed)["state"] == "ags.in_force"
    itzel.act(agreed, "review", "sirvió, falta comida", outcome="adapt")
    itzel.act(agreed, "amend", "Nadie duerme ni cena sola.", what_changed="la cena")
    assert len(itzel.show(agreed)["acts"]["versions"]) == 2
    assert "Ya no dormimos" in itzel.told(agreed)


def test_row_s4_never_lets_one_approve_or_many_bury_an_objection(
    itzel: Person, julia: Person
) -> None:
    agreed = itzel.add("agreement", "Guardias de noche.")
    itzel.has_no_act(agreed, "approve", "aprobar", "vote", "votar", "close")
    itzel.has_no_field("agreement", "approved_by", "facilitator", "quorum", "deadline")
    itzel.act(agreed, "propose")
    itzel.act(agreed, "consent")
    itzel.gives(julia)
    julia.act(agreed, "object", "de noche no hay camión")
    itzel.act(agreed, "in-force")
    julia.gives(itzel)
    itzel.act(agreed, "lift", "ya está hablado", how="taken_care_of")
    itzel.act(agreed, "in-force")
    assert itzel.show(agreed)["state"] == "ags.objected"
    assert "de noche no hay camión" in itzel.told(agreed)


def test_row_s5_lets_people_say_what_a_fear_warns_of_and_both_its_ends(itzel: Person) -> None:
    fear = itzel.add(
        "impact", "Ya no reaccionamos ante los drones", about="us",
        kinds="fear.risk_denial, fear.overprotection",
        what_it_tells_us="Que nos están midiendo.",
    )  # fmt: skip
    itzel.edit(fear, kinds="fear.altered_alarm: antes corríamos")
    kinds = itzel.items(fear, "kinds")
    assert set(kinds) == {"fear.altered_alarm", "fear.risk_denial", "fear.overprotection"}
    assert kinds["fear.altered_alarm"] == "antes corríamos"
    measure = itzel.add("protection", "Mirar el cielo por turnos.", space="collective")
    itzel.link(measure, "answers", fear)
    rite = itzel.add("care_practice", "Encender una vela", kinds="care.ritual")
    itzel.link(rite, "beside", fear)
    told = itzel.told(fear)
    for words in ("Mirar el cielo", "Encender una vela", "Que nos están midiendo."):
        assert words in told
    assert "Our alarm moved" in itzel.says("picture", "fear")


def test_row_s5_never_measures_fear_or_lists_people_by_it(itzel: Person) -> None:
    itzel.has_no_field("impact", "fear_level", "level", "intensity")
    itzel.has_no_field("member", "fear", "fears", "kinds")
    for option in ("--sort", "--rank", "--group-by"):
        itzel.refused("list", "impact", option, "fear")
    itzel.refused("add", "impact", "x", "--set", "kinds=cowardice")


def test_row_s6_lets_people_keep_a_workshop_and_turn_a_learning_into_an_agreement(
    itzel: Person,
) -> None:
    workshop = itzel.add("process", "Taller de turnos", strategy="str.training", space="collective")
    plan = itzel.add("note", "Abrir en círculo; mapa del cuerpo; cierre.", space="collective")
    itzel.link(plan, "part_of", workshop)
    itzel.act(workshop, "encounter", "¿qué hacemos cuando nadie contesta?", what_next="ensayarlo")
    learned = itzel.add("note", "Aprendimos que llamar dos veces basta.", space="collective")
    itzel.link(learned, "part_of", workshop)
    agreed = itzel.add(
        "agreement", "Llamamos dos veces y vamos.", why="Lo aprendimos en el taller."
    )
    itzel.link(agreed, "beside", learned)
    held = set(itzel.ids("list", "--linked", workshop, "--kind", "part_of"))
    assert held == {plan, learned}
    assert "nadie contesta" in itzel.told(workshop)
    assert "llamar dos veces" in itzel.told(agreed)


def test_row_s6_never_takes_a_roll_tests_or_certifies(itzel: Person) -> None:
    itzel.has_no_field("process", "attendance", "grade", "certificate", "hours", "test")
    workshop = itzel.add("process", "Taller", strategy="str.training")
    refused = itzel.refused("edit", workshop, "--set", "taking_part=Julia")
    assert "only put their own name" in refused
    itzel.has_no_act(workshop, "attend", "pass", "fail")


def test_row_s7_lets_people_share_methods_ask_for_a_yes_and_write_their_own_wear(
    itzel: Person,
) -> None:
    method = itzel.add("care_practice", "Mapa del cuerpo", how="De pie, en silencio.")
    itzel.act(method, "ask-uses", "para el taller", uses="use.training", persons="me, Julia")
    itzel.edit(method, uses="use.training")
    assert itzel.show(method)["maps"]["uses"] == [{"person": "Itzel", "value": ["use.training"]}]
    worn = itzel.add("impact", "Acompañar también cansa", about="us", arises_from="accompanying")
    assert "accompanying" in itzel.items(worn, "arises_from")


def test_row_s7_never_takes_a_story_without_the_yes_of_its_people(
    itzel: Person, julia: Person
) -> None:
    story = julia.add("event", "Lo que vivió mi familia")
    julia.gives(itzel)
    itzel.act(story, "ask-uses", uses="use.training", persons="Julia")
    itzel.edit(story, uses="use.training")
    for said in itzel.show(story)["maps"]["uses"]:
        assert said["person"] == "Itzel", "a yes is said by oneself alone"
    itzel.refused("edit", story, "--set", "uses/Julia=use.training")
    itzel.gives(julia)
    assert "You were asked what this may be used for." in julia.told(story)


def test_row_s8_lets_people_follow_what_they_demand_and_every_silence(itzel: Person) -> None:
    event = itzel.add("event", "Entraron a la oficina", modes="mode.no_response")
    demand = itzel.add(
        "response", "Que investiguen y den con la computadora", to="la fiscalía",
        horizons="hor.truth, hor.justice",
    )  # fmt: skip
    itzel.link(demand, "answers", event)
    itzel.act(demand, "no-answer-yet", "fuimos y no había nadie", when="hace dos semanas")
    itzel.act(demand, "answer", "una hoja con un sello", when="ayer", **{"from": "la fiscalía"})
    itzel.edit(demand, what_moved="Ya saben que somos muchas.")
    assert itzel.acts(demand, "answers") == ["no_answer_yet", "answer"]
    itzel.act(event, "ask-uses", "para el comunicado", uses="use.advocacy_anon", persons="me")
    itzel.edit(event, uses="use.advocacy_anon")
    told = itzel.told(demand)
    assert "fuimos y no había nadie" in told
    assert "Entraron a la oficina" in told


def test_row_s8_never_lets_one_person_send_something_out_or_count_without_who_did_it(
    itzel: Person,
) -> None:
    outside = itzel.add("agreement", "Publicamos el comunicado.", kind="outside")
    itzel.act(outside, "propose")
    itzel.act(outside, "consent")
    itzel.act(outside, "in-force")
    assert itzel.show(outside)["state"] == "ags.proposed", "Julia has not spoken"
    itzel.has_no_field("event", "count", "number", "victims")
    itzel.has_no_field("response", "count", "victims")
    note = itzel.add("event", "Lo de la oficina")
    assert itzel.show(note)["maps"] == {}, "nothing is permitted that nobody permitted"
