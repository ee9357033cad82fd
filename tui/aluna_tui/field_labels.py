"""Names of fields and of what can be chosen in them, as people read them.

English here, every other language in the catalogue; the words of domain A4.
"""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_

FIELDS: Final = {
    # every record
    "title": N_("Title"),
    "body": N_("Words"),
    "voice": N_("In whose voice"),
    "authors": N_("Written by"),
    "terms": N_("Words that name it"),
    "own_terms": N_("Our own words"),
    "when": N_("When"),
    "where": N_("Where"),
    "certainty": N_("How we know"),
    "care_note": N_("Before reading"),
    "uses": N_("What it may be used for"),
    "links": N_("Links"),
    "replies": N_("Words from companions"),
    "replies_welcome": N_("Are words from companions welcome?"),
    "acts": N_("Steps taken"),
    # event
    "aggressions": N_("Kinds of aggression"),
    "violence": N_("Forms of violence"),
    "actors": N_("Who is responsible"),
    "modes": N_("Responsibility of the State"),
    "duty_breached": N_("Duty that was breached"),
    "intents": N_("What it was meant to do"),
    "against": N_("Against whom"),
    "shaping": N_("What shaped how it was lived"),
    "integrity": N_("What it touched"),
    "intersection_notes": N_("What made it different for some"),
    "answers_given": N_("How it was answered"),
    # impact
    "kinds": N_("Kinds"),
    "shape": N_("Shape"),
    "dimensions": N_("Where it is lived"),
    "expressions": N_("Where it shows"),
    "fields": N_("Fields of work"),
    "about": N_("About whom"),
    "arises_from": N_("Where it arises from"),
    "what_it_tells_us": N_("What it tells us"),
    "what_sustained_us": N_("What sustained us"),
    "still_with_us": N_("Is it still with us?"),
    # coping
    "mechanisms": N_("What it was"),
    "who": N_("Who sustained"),
    "what_it_cost": N_("What it cost"),
    "would_we_repeat": N_("Would we do it again?"),
    "can_be_passed_on": N_("Can it be passed on?"),
    # care
    "how": N_("How it is done"),
    "needs": N_("What it needs"),
    "good_for": N_("Good for"),
    "not_for": N_("When not to do it"),
    "learned_from": N_("Learned from"),
    # agreement
    "text": N_("Wording"),
    "versions": N_("Wordings"),
    "kind": N_("Kind of agreement"),
    "why": N_("Why"),
    "asked": N_("Who was asked"),
    "positions": N_("What each one says"),
    "stages": N_("Rounds opened"),
    "trial_until": N_("On trial until"),
    "look_again_on": N_("To look at again on"),
    "who_cares_for_it": N_("Who looks after it"),
    "reviews": N_("What we saw when we looked again"),
    "ended_because": N_("Why it ended"),
    # time for care
    "how_long": N_("How long"),
    "repeats": N_("How often it comes back"),
    "coming": N_("Who comes"),
    "hosts": N_("Who hosts"),
    "protected": N_("Is this time kept free?"),
    "afterwards": N_("Afterwards"),
    # member
    "name": N_("Name"),
    "how_to_treat_me": N_("How to treat me"),
    "roles": N_("What I look after, and until when"),
    "reach": N_("How to reach me"),
    "ask_me_anyway": N_("What to ask me even while I rest"),
    "devices": N_("Devices"),
    # task
    "what": N_("What there is to do"),
    "offered_by": N_("Who offered"),
    "by_when": N_("By when"),
    # marker
    "marks": N_("What it marks"),
    "since": N_("Since"),
    # actor
    "known_as": N_("Known as"),
    "structures": N_("Systems it is part of"),
    "public_source": N_("Where this is public"),
    # context
    "factors": N_("What weighs"),
    "economic": N_("Economic"),
    "political": N_("Political"),
    "social_relations": N_("Relations among people"),
    "signs": N_("What worsened, what opened"),
    "for_each_field": N_("What it means for each field"),
    "since_last": N_("Since the last reading"),
    # process
    "strategy": N_("Strategy"),
    "aims": N_("What we work on"),
    "taking_part": N_("Who takes part"),
    "with": N_("With whom"),
    "agreed_how": N_("How we agreed to do it"),
    "encounters": N_("Encounters"),
    "where_we_were": N_("Where we were"),
    # emergency
    "now": N_("What is happening"),
    "who_knows": N_("Who knows"),
    "doing": N_("What is being done"),
    "looked_back": N_("Looking back"),
    # mourning
    "what_was_lost": N_("What was lost"),
    "conditions": N_("What makes it harder"),
    "whose": N_("Whose it is"),
    "rites": N_("Rites"),
    "dates_to_honour": N_("Dates to honour"),
    "returns": N_("When it came back"),
    "what_accompanies": N_("What accompanies"),
    # check-in
    "how_i_arrive": N_("How I arrive"),
    "word": N_("In one word"),
    "what_i_carry": N_("What I carry"),
    "i_need": N_("What I need"),
    "ask_me": N_("May others ask me about it?"),
    # round
    "question": N_("Question"),
    "words": N_("What each one shared"),
    "spoken_totals": N_("What was said aloud, as who wrote it down heard it"),
    "conditions_we_see": N_("Conditions we see in the organisation"),
    # bond
    "what_moves": N_("What moves in it"),
    "it_gives": N_("What it gives"),
    "it_costs": N_("What it costs"),
    "limits": N_("Limits"),
    "can_hold": N_("What they can hold"),
    "already_holds": N_("What they already hold"),
    # protection
    "threat": N_("What threatens"),
    "prevent": N_("To prevent it"),
    "respond": N_("If it happens"),
    "review_after": N_("Look again after"),
    # response
    "to": N_("To whom"),
    "demand": N_("What we demand"),
    "horizons": N_("Towards what"),
    "answers": N_("Answers, and silences"),
    "what_moved": N_("What moved"),
    # memory
    "pieces": N_("Pieces"),
    "versions_told": N_("As it was told"),
    "dates": N_("Dates"),
    "dedicated_to": N_("Dedicated to"),
}

FIELDS_OF_TYPE: Final = {
    ("impact", "kinds"): N_("What this did to us"),
    ("care_practice", "kinds"): N_("Kinds of care"),
    ("note", "body"): N_("Note"),
    ("actor", "kinds"): N_("What it is"),
    ("emergency", "needs"): N_("What is needed"),
    ("check_in", "conditions"): N_("What weighs on the work"),
    ("protection", "kind"): N_("Kind of agreement"),
}

AGREEMENT_KINDS: Final = {
    "care": N_("care of each other"),
    "security": N_("security"),
    "decision": N_("how we decide"),
    "money_and_tasks": N_("money and tasks"),
    "living_together": N_("living together"),
    "confidentiality": N_("what stays among us"),
    "outside": N_("towards the outside"),
}

CHOICES: Final = {
    "voice": {"me": N_("mine"), "us": N_("ours"), "told": N_("someone told us")},
    "about": {"me": N_("me"), "us": N_("us"), "surroundings": N_("what is around us")},
    "still_with_us": {
        "yes": N_("yes, it is still with us"),
        "changed": N_("it changed"),
        "rests": N_("it rests"),
    },
    "replies_welcome": {"yes": N_("yes"), "no": N_("no")},
    "can_be_passed_on": {
        "yes": N_("yes"),
        "adapted": N_("yes, adapted"),
        "not_yet": N_("not yet"),
    },
    "where": {
        "place": N_("a place"),
        "municipality": N_("a municipality"),
        "region": N_("a region"),
        "country": N_("a country"),
        "network": N_("a network"),
        "kept_back": N_("we keep it to ourselves"),
    },
    "shape": {
        "tension": N_("tension"),
        "loss": N_("loss"),
        "change": N_("change"),
        "harm": N_("harm"),
    },
    "arises_from": {
        "context": N_("the context"),
        "accompanying": N_("accompanying others"),
        "direct_aggression": N_("direct aggression"),
    },
    "against": {
        "person": N_("a person we do not name"),
        "collective": N_("the collective"),
        "family": N_("a family"),
        "community": N_("a community"),
        "movement": N_("a movement"),
        "media": N_("a medium"),
    },
    "who": {
        "persons": N_("some of us"),
        "organisation": N_("the organisation"),
        "network": N_("a network"),
        "community": N_("the community"),
    },
    "kind": AGREEMENT_KINDS,
    "ask_me_anyway": AGREEMENT_KINDS,
    "repeats": {
        "once": N_("only once"),
        "weekly": N_("every week"),
        "fortnightly": N_("every two weeks"),
        "monthly": N_("every month"),
    },
    "coming": {
        "yes": N_("I come"),
        "perhaps": N_("perhaps"),
        "not_this_time": N_("not this time"),
        "no_answer_needed": N_("no answer needed"),
    },
    "protected": {
        "held": N_("yes, nothing else goes here"),
        "movable": N_("it can be moved"),
    },
    "marks": {
        "outage": N_("while we were apart"),
        "empty_place": N_("an empty place"),
        "seal": N_("a seal"),
    },
    "whose": {"mine": N_("mine"), "ours": N_("ours"), "family": N_("of a family, with their yes")},
    "ask_me": {"yes": N_("yes"), "no": N_("no")},
    "with": {
        "family": N_("family"),
        "organisation": N_("our organisation"),
        "ally": N_("an ally"),
        "community": N_("a community"),
        "institution": N_("an institution"),
        "project": N_("a project"),
        "place": N_("a place"),
    },
}
