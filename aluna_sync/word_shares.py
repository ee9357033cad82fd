"""The one door to `shamir_mnemonic`: a key as three lists of words, two of which give it back.

SLIP-39, with its English list of 1,024 words: each is told from all others by its first four
letters, so four letters are enough when they are typed. The words themselves check what was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aluna_sync.errors import WrongUseError

if TYPE_CHECKING:
    # It costs 45 ms, which only splitting and joining are worth.
    from shamir_mnemonic import Share

KEY_BYTES: Final = 16
"""128 bits: twenty words a share. A share alone says nothing about the key."""
SHARES: Final = 3
NEEDED: Final = 2
WORDS: Final = 20
_TELLING_LETTERS: Final = 4


def split(key: bytes) -> list[str]:
    """Return *key* as three shares of twenty words."""
    import shamir_mnemonic

    # No passphrase and the least work: the key is random, there is nothing to guess slowly.
    [shares] = shamir_mnemonic.generate_mnemonics(1, [(NEEDED, SHARES)], key, iteration_exponent=0)
    return list(shares)


def join(shares: Sequence[str]) -> bytes:
    """Return the key of two *shares*, typed in any case, whole or by the first four letters.

    Raises WrongUseError share-length, share-word-unknown, share-mistyped (each with the number of
    the share), share-twice, shares-of-different-keys.
    """
    import shamir_mnemonic

    found = [_one(number, words) for number, words in enumerate(shares, start=1)]
    if len({one.index for one in found}) != len(found):
        raise WrongUseError("share-twice")
    try:
        key = shamir_mnemonic.combine_mnemonics(one.mnemonic() for one in found)
    except shamir_mnemonic.MnemonicError:
        raise WrongUseError("shares-of-different-keys") from None
    if len(key) != KEY_BYTES:
        raise WrongUseError("shares-of-different-keys")
    return bytes(key)


def check(number: int, words: str) -> None:
    """Refuse a share that cannot be one, as `join` would; *number* is 1 or 2."""
    _one(number, words)


def _one(number: int, words: str) -> Share:
    import shamir_mnemonic

    typed = words.lower().split()
    if len(typed) != WORDS:
        raise WrongUseError("share-length", number=number, count=len(typed), needed=WORDS)
    known = {word[:_TELLING_LETTERS]: word for word in _list()}
    for place, word in enumerate(typed, start=1):
        whole = known.get(word[:_TELLING_LETTERS])
        if whole is None or not whole.startswith(word):
            raise WrongUseError("share-word-unknown", number=number, place=place)
    whole_words = " ".join(known[word[:_TELLING_LETTERS]] for word in typed)
    try:
        return shamir_mnemonic.Share.from_mnemonic(whole_words)
    except shamir_mnemonic.MnemonicError:
        raise WrongUseError("share-mistyped", number=number) from None


def _list() -> list[str]:
    from shamir_mnemonic.wordlist import WORDLIST

    return list(WORDLIST)
