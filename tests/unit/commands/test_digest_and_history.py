"""`digest` and `history` through the verbs, in both languages."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from aluna_protocol.ids import PersonId
from aluna_sync.answering import Answering
from aluna_sync.journal.digest import Kind, Turn
from aluna_tui.digest_words import HEADINGS
from aluna_tui.texts import use_language
from unit.commands.conftest import PASSPHRASE, Aluna
from unit.commands.fakes import CheapDoors


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes everything written so far another person's, for the digest."""
    from aluna_sync import recounting

    def become() -> None:
        whole = recounting.news_since

        def news(device: Answering, *rest: object) -> object:
            found = whole(device, *rest)  # type: ignore[arg-type]
            return dataclasses.replace(found, me=PersonId(bytes(16)))

        monkeypatch.setattr(recounting, "news_since", news)

    return become


def added(aluna: Aluna, *words: str) -> str:
    said = aluna("add", *words, "--space", "collective")
    assert said.code == 0, said.err
    return str(said.out.strip())


def sealed(home: Path) -> None:
    """Let what was written become entries, as a meeting would."""
    device = CheapDoors().unlock(home, PASSPHRASE, merges=False)
    device.seal(device.collective())
    device.lock()


def kinds(said: dict[str, list[dict[str, object]]]) -> list[object]:
    return [one["kind"] for one in said["sections"]]


@pytest.fixture
def told(founded: Aluna, another: Callable[[], None], tmp_path: Path) -> dict[str, str]:
    """What somebody else wrote in a collective, by what it is for."""
    found = {
        "harm": added(founded, "impact", "Nos quitaron el sueño", "--set", "about=us"),
        "care": added(founded, "care_practice", "Respirar juntas"),
        "coping": added(founded, "coping", "Cocinar para todas"),
        "event": added(founded, "event", "Retén en la salida", "--when", "12 de marzo de 2024"),
        "gentle": added(founded, "event", "Golpes", "--set", "care_note=con alguien al lado"),
    }
    assert founded("link", found["coping"], "sustained", found["harm"]).code == 0
    sealed(tmp_path / "vault")
    another()
    return found


def test_care_comes_first_and_nothing_of_a_harm_unasked(
    founded: Aluna, told: dict[str, str]
) -> None:
    said = founded("digest")
    assert said.code == 0, said.err
    order = [said.out.index(one) for one in ("Care:", "Written meanwhile:", "What sustained us:")]
    assert order == sorted(order)
    assert "Respirar juntas" in said.out
    assert "Cocinar para todas" in said.out
    assert "Retén en la salida" in said.out
    assert "Nos quitaron" not in said.out + said.err
    assert told["harm"][:8] not in said.out + said.err
    assert "aluna digest --harm" in said.out
    assert "Golpes" not in said.out
    assert "con alguien al lado" in said.out
    asked = founded("digest", "--json").json
    assert kinds(asked) == ["care", "texts", "harm_and_coping"]
    assert asked["since"] is None
    assert told["harm"] not in str(asked)
    assert asked["sections"][-1] == {
        "kind": "harm_and_coping",
        "records": [told["coping"]],
        "kept_back": True,
    }


def test_it_can_be_read_in_parts(founded: Aluna, told: dict[str, str]) -> None:
    assert kinds(founded("digest", "--only", "care", "--only", "texts", "--json").json) == [
        "care",
        "texts",
    ]
    said = founded("digest", "--only", "texts", "--limit", "1")
    assert "There is more" in said.out
    assert told["gentle"][:8] not in said.out, "by its own date, what has none comes last"
    assert founded("digest", "--only", "harm").code == 2


def test_who_took_out_what_is_told_when_asked(
    founded: Aluna, told: dict[str, str], tmp_path: Path
) -> None:
    founded("digest", "--seen")
    assert founded("edit", told["care"], "--text", "Caminar juntas").code == 0
    assert founded("edit", told["gentle"], "--text", "Gritos").code == 0
    sealed(tmp_path / "vault")
    said = founded("digest", "--changes")
    assert said.code == 0, said.err
    assert "somebody went on writing in it" in said.out
    assert "Itzel" not in said.out, "her own, but for the one who reads"
    assert "Gritos" not in said.out


def test_asked_for_a_harm_stands_beside_what_sustained_us(
    founded: Aluna, told: dict[str, str]
) -> None:
    lines = founded("resumen", "--harm", lang="es").out.splitlines()
    (at,) = [at for at, line in enumerate(lines) if "Nos quitaron el sueño" in line]
    assert lines[at + 1].strip() == "Lo que nos sostuvo: Cocinar para todas."
    assert "Lo que esto nos hizo, y lo que nos sostuvo:" in lines
    records = founded("digest", "--harm", "--json").json["sections"][-1]["records"]
    assert set(records) == {told["harm"], told["coping"]}


def test_seen_is_kept_only_when_said(founded: Aluna, told: dict[str, str]) -> None:
    assert kinds(founded("digest", "--json").json)
    assert kinds(founded("digest", "--json").json), "reading it keeps nothing"
    assert founded("digest", "--json", "--seen").json["seen"] is True
    after = founded("digest", "--json").json
    assert (after["sections"], after["since"] is None) == ([], False)
    assert "Nothing happened here" in founded("digest").err
    assert kinds(founded("digest", "--json", "--since", "ayer").json)
    assert founded("digest", "--json", "--meeting", told["event"]).json["since"] == "2024-03-12"
    assert kinds(founded("digest", "--json", "--meeting", told["event"]).json)


def test_a_moment_nobody_understands_is_said(founded: Aluna, told: dict[str, str]) -> None:
    assert founded("digest", "--since", "cuando llovió").code == 2
    assert founded("digest", "--meeting", told["care"]).code == 2
    assert founded("digest", "--meeting", told["event"], "--since", "ayer").code == 2


def test_every_section_has_a_heading_in_both_languages() -> None:
    assert set(HEADINGS) == set(Kind)
    from aluna_tui import digest_words
    from aluna_tui.texts import _

    for language in ("es", "en"):
        use_language(language)
        assert len({_(one) for one in HEADINGS.values()}) == len(Kind)
        assert {*digest_words._TURNS} == {*Turn}
    use_language("es")


def test_a_history_tells_sittings_and_every_earlier_text(founded: Aluna) -> None:
    document = added(founded, "event", "Llegaron al amanecer")
    founded("edit", document, "--text", "Llegaron de noche")
    founded("edit", document, "--text", "Llegaron tarde")
    founded("edit", document, "--set", "where=la oficina")
    said = founded("historia", document, lang="es")
    assert said.code == 0, said.err
    (sitting,) = founded("history", document, "--json").json["sittings"]
    assert (sitting["by"], sitting["here"]) == ("Itzel", True)
    assert sitting["texts"]["body"] == "Llegaron tarde"
    assert [one["body"] for one in sitting["within"]] == [
        "Llegaron al amanecer",
        "Llegaron de noche",
    ]
    assert "«al amanecer»" in said.out
    whole = founded("history", document, "--at", "1.1").out
    assert "Llegaron al amanecer" in whole
    assert "Llegaron tarde" in founded("history", document, "--at", "1").out
    for wrong in ("0", "2", "1.3", "1.0", "-1", "x", "1.x"):
        assert founded("history", document, f"--at={wrong}").code == 2


def test_what_is_named_with_a_word_i_hide_is_told_without_its_words(
    founded: Aluna, told: dict[str, str], tmp_path: Path
) -> None:
    assert founded("edit", told["event"], "--term", "imp.fear").code == 0
    assert founded("edit", told["coping"], "--term", "imp.fear").code == 0
    assert founded("vocabulary", "hide", "imp.fear").code == 0
    sealed(tmp_path / "vault")
    for more in ((), ("--harm",), ("--changes", "--harm")):
        said = founded("digest", *more)
        assert said.code == 0, said.err
        assert "Retén" not in said.out
        assert "Cocinar" not in said.out
        assert "Fear" not in said.out
        assert f"(with a word you keep hidden) · {told['event'][:8]}" in said.out
        assert "told here without its own words" in said.out
    assert "Nos quitaron el sueño" in founded("digest", "--harm").out
    asked = founded("digest", "--json").json["sections"]
    hidden = {one["kind"]: one.get("with_hidden_word") for one in asked}
    assert hidden == {"care": None, "texts": [told["event"]], "harm_and_coping": [told["coping"]]}
    assert told["event"] in next(one for one in asked if one["kind"] == "texts")["records"]
    assert "Retén" in founded("show", told["event"]).out, "whoever opens it reads it"
    founded("vocabulary", "unhide", "imp.fear")
    assert "Retén" in founded("digest").out


def test_the_digest_says_what_was_put_away(
    founded: Aluna, told: dict[str, str], tmp_path: Path
) -> None:
    assert founded("act", told["event"], "put-away").code == 0
    sealed(tmp_path / "vault")
    (line,) = [one for one in founded("digest").out.splitlines() if told["event"][:8] in one]
    assert line.endswith("put away")
