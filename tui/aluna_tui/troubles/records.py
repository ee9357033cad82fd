"""Trouble with what somebody wants to write or read."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, Trouble

RECORDS: Final = {
    "no-such-record": Trouble(
        N_("No record here has an id that starts with “{id}”."),
        NOTHING_LOST,
        N_("Look for its id with “aluna list” or “aluna search”."),
    ),
    "memory-not-permitted": Trouble(
        N_("The yes of {names} is missing, or was taken back: a memory cannot keep this."),
        NOTHING_LOST,
        N_(
            "Each one answers only for herself: “aluna act {id} ask-uses --set uses=use.memory” "
            "asks, “aluna edit {id} --set uses=use.memory” says yes. Words of your own can stand "
            "in the memory without the record."
        ),
    ),
    "item-in-note": Trouble(
        N_("In “{field}”, “{item}” could be part of the note before it, or a thing of its own."),
        NOTHING_LOST,
        N_(
            "A semicolon ends a note: “item: a note; {item}”. A semicolon behind it all says that "
            "all of it is the note."
        ),
    ),
    "several-records": Trouble(
        N_("Several records have an id that starts with “{id}”."),
        NOTHING_LOST,
        N_("Write more of the id."),
    ),
    "unknown-type": Trouble(
        N_("“{type}” is not a kind of record."),
        NOTHING_LOST,
        N_("Choose one of: {types}."),
    ),
    "unknown-field": Trouble(
        N_("There is no field “{field}” in this kind of record."),
        NOTHING_LOST,
        N_("“aluna add TYPE --fields” lists the fields of each kind."),
    ),
    "field-is-not-that-kind": Trouble(
        N_("The field “{field}” cannot be written that way."),
        NOTHING_LOST,
        N_("“aluna add TYPE --fields” says how each field is written."),
    ),
    "unknown-choice": Trouble(
        N_("“{choice}” is not one of the answers of “{field}”."),
        NOTHING_LOST,
        N_("Choose one of: {choices}."),
    ),
    "unknown-term": Trouble(
        N_("“{term}” is not in the vocabulary."),
        NOTHING_LOST,
        N_("Near it: {near}. “aluna vocabulary” shows all the words."),
    ),
    "several-terms": Trouble(
        N_("“{term}” can be several words of the vocabulary."),
        NOTHING_LOST,
        N_("Say which by its id: {near}."),
    ),
    "term-of-another-group": Trouble(
        N_("The word “{term}” does not belong in “{field}”."),
        NOTHING_LOST,
        N_("Its words are in the groups {groups}: see “aluna vocabulary GROUP”."),
    ),
    "unknown-group": Trouble(
        N_("“{group}” is not a group of the vocabulary."),
        NOTHING_LOST,
        N_("“aluna vocabulary” lists the groups."),
    ),
    "only-oneself": Trouble(
        N_("In “{field}” each person can only put their own name."),
        NOTHING_LOST,
        N_("Let the other person write it from their own device."),
    ),
    "not-an-item": Trouble(
        N_("This cannot be an item of “{field}”."),
        NOTHING_LOST,
        N_("Write it as a few plain words on one line."),
    ),
    "empty-value": Trouble(
        N_("There is nothing to write in “{field}”."),
        NOTHING_LOST,
        N_("Give some words, or leave the field out."),
    ),
    "empty-record": Trouble(
        N_("There are no words and no term to write."),
        NOTHING_LOST,
        N_("Give a text, “-” to read it from stdin, or a --term."),
    ),
    "no-coordinates": Trouble(
        N_("Coordinates are not kept here, so that nobody can be found through the journal."),
        NOTHING_LOST,
        N_("Give the place a name that the group understands."),
    ),
    "value-of-another-shape": Trouble(
        N_("The value of “{field}” does not have the right form ({shape})."),
        NOTHING_LOST,
        N_("“aluna add TYPE --fields” says how each field is written."),
    ),
    "not-a-date": Trouble(
        N_("The value of “{field}” is not a date."),
        NOTHING_LOST,
        N_("Say it as “yesterday”, “12 March 2024”, “March 2024”, “2024” or “12/03/2024”."),
    ),
    "date-not-understood": Trouble(
        N_("“{words}” could not be read as a date."),
        NOTHING_LOST,
        N_(
            "Say it as “yesterday”, “two weeks ago”, “last Monday”, “12 March 2024”, “March 2024”, "
            "“early 2024” or “12/03/2024” (the day first). Words between quotes, “'when it "
            "rained'”, are kept as they are."
        ),
    ),
    "not-an-assignment": Trouble(
        N_("What follows --set does not say field=value."),
        NOTHING_LOST,
        N_("Write it as --set field=value."),
    ),
    "no-such-reading": Trouble(
        N_("That reading of “{field}” is not there any more."),
        NOTHING_LOST,
        N_("Look at the record again: somebody answered it meanwhile."),
    ),
    "unknown-link": Trouble(
        N_("“{kind}” is not a kind of link."),
        NOTHING_LOST,
        N_("Choose one of: {kinds}."),
    ),
    "link-to-itself": Trouble(
        N_("A record cannot be linked to itself."),
        NOTHING_LOST,
        N_("Check the two ids."),
    ),
    "unknown-act": Trouble(
        N_("“{act}” is nothing that can be done with this record."),
        NOTHING_LOST,
        N_("Choose one of: {acts}."),
    ),
    "unknown-part": Trouble(
        N_("“{part}” is nothing that can be said when doing “{act}”."),
        NOTHING_LOST,
        N_("“aluna act ID” lists what can be done, and what can be said with it."),
    ),
    "part-of-another-shape": Trouble(
        N_("What was said for “{part}” does not have the right form."),
        NOTHING_LOST,
        N_("“aluna act ID” lists what can be done, and what can be said with it."),
    ),
    "part-needed": Trouble(
        N_("To do “{act}”, “{part}” has to be there."),
        NOTHING_LOST,
        N_("Write the text first, or say it with --set {part}=…."),
    ),
    "no-such-sitting": Trouble(
        N_("There is no “{sitting}” in the history of this record."),
        NOTHING_LOST,
        N_("“aluna history ID” numbers what can be read."),
    ),
    "record-without-a-date": Trouble(
        N_("That record does not say a date."),
        NOTHING_LOST,
        N_("Say the date with --since."),
    ),
    "no-such-act": Trouble(
        N_("There is nothing here that this could answer."),
        NOTHING_LOST,
        N_("It answers one of these: {acts}. Look at the record with “aluna show”."),
    ),
    "nothing-apart": Trouble(
        N_("Nothing in this record was written apart that is still open."),
        NOTHING_LOST,
        N_("Look at it with “aluna show”."),
    ),
    "only-its-author": Trouble(
        N_("Only who began this record writes in it."),
        NOTHING_LOST,
        N_("Answer it with an act or a link, or write a record of your own beside it."),
    ),
    "not-your-link": Trouble(
        N_("Somebody else drew this link."),
        NOTHING_LOST,
        N_("Say in a reply or beside it how you see it; who drew it can take it away."),
    ),
    "written-by-the-program": Trouble(
        N_("Records of the kind “{type}” are written by the program alone."),
        NOTHING_LOST,
        N_("Choose another kind."),
    ),
    "too-long": Trouble(
        N_("This is longer than “{field}” can hold ({at_most} letters)."),
        NOTHING_LOST,
        N_("Make it shorter, or write it as several records and link them."),
    ),
    "nothing-to-change": Trouble(
        N_("There is nothing to change."),
        NOTHING_LOST,
        N_("Say what with --text, --set, --term or --when."),
    ),
    "stdin-not-text": Trouble(
        N_("What came through stdin is not text in UTF-8."),
        NOTHING_LOST,
        N_("Check the file or the program it comes from."),
    ),
    "id-too-short": Trouble(
        N_("That beginning of an id is too short."),
        NOTHING_LOST,
        N_("Write at least {least} of its letters and digits."),
    ),
    "taken-back": Trouble(
        N_("Who made this record took it back."),
        NOTHING_LOST,
        N_("If you had written in it too, your words are with you, in a private note."),
    ),
    "nothing-of-yours": Trouble(
        N_("There is nothing in that record that you wrote and that could be taken out."),
        NOTHING_LOST,
        N_("“aluna history ID” says who changed it."),
    ),
    "not-yours-to-take-back": Trouble(
        N_("Only who made a record can take it back whole."),
        NOTHING_LOST,
        N_("What you wrote in it yourself goes with “aluna take-back ID --mine”."),
    ),
    "document-of-another-space": Trouble(
        N_("That record lives in another space."),
        NOTHING_LOST,
        N_("Look at it with “aluna show”."),
    ),
}
