"""Numbers become words of either language and come back, however they are typed."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest

from aluna_sync.door_words import indices_of, words_for
from aluna_sync.errors import WrongUseError


@pytest.mark.parametrize("language", ["es", "en"])
def test_all_words_of_a_language_come_back_as_their_numbers(language: str) -> None:
    words = words_for(range(2048), language)
    assert len(set(words)) == 2048
    assert all(unicodedata.is_normalized("NFC", word) for word in words)
    assert indices_of(words) == tuple(range(2048))


def test_first_and_last_words_are_those_of_the_lists() -> None:
    assert words_for([0, 2047], "es") == ["ábaco", "zurdo"]
    assert words_for([0, 2047], "en") == ["abandon", "zoo"]


def test_accents_case_spaces_and_composition_do_not_matter() -> None:
    expected = indices_of(words_for([0, 5, 900, 1200, 2000], "es"))
    for typed in (
        [word.upper() for word in words_for(expected, "es")],
        [unicodedata.normalize("NFD", f" {word} ") for word in words_for(expected, "es")],
        ["abaco", *words_for(expected[1:], "es")],
    ):
        assert indices_of(typed) == expected


def test_the_same_numbers_read_in_either_language_open_the_same_door() -> None:
    numbers = (3, 77, 512, 1999, 2047)
    assert indices_of(words_for(numbers, "es")) == indices_of(words_for(numbers, "en")) == numbers


def test_a_locale_chooses_its_language_and_others_read_english() -> None:
    assert words_for([0], "es_CO") == words_for([0], "es-MX") == ["ábaco"]
    assert words_for([0], "pt") == ["abandon"]


def test_words_of_both_lists_follow_the_language_named() -> None:
    typed = ["album", "dragon", "salon", "video", "menu"]
    assert words_for(indices_of(typed, language="en"), "en") == typed
    spanish = ["álbum", "dragón", "salón", "vídeo", "menú"]
    assert words_for(indices_of(typed, language="es"), "es") == spanish
    assert indices_of(typed) == indices_of(typed, language="es")
    assert indices_of(["album", "zoo"]) == indices_of(["album", "zoo"], language="en")


@pytest.mark.parametrize(
    ("typed", "unknown"),
    [
        (["abandon", "zoo", "zzz", "zoo", "zoo"], "zzz"),
        (["ábaco", "zurdo", "Perro1", "zoo"], "Perro1"),
        ([""], ""),
    ],
)
def test_an_unknown_word_is_named_as_it_was_typed(typed: list[str], unknown: str) -> None:
    with pytest.raises(WrongUseError) as raised:
        indices_of(typed)
    assert raised.value.code == "door-words-unknown"
    assert raised.value.fields == {"word": unknown}


def test_the_package_of_the_lists_is_never_imported() -> None:
    program = (
        "import sys\n"
        "from aluna_sync.door_words import words_for\n"
        "assert words_for([0], 'es') == ['\\u00e1baco']\n"
        "assert 'mnemonic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
