"""What each operation of a change may do, judged run by run (SPEC §6.5.2).

Our engine writes four kinds: put a value under a key of the root map, make a text there, insert
one letter into a text, delete a key or a letter. Each may point only at what its causal past (or
an earlier operation of the same change) really holds, and replaces exactly what that past shows.
Anything else makes Automerge panic, keeps it from loading what it saved, piles up what costs all
devices dear, or leaves others unable to write there. What is its author's own (her acts, readings
and values) is put once, under an id that begins as her actor does: nobody hides it, or takes it
away.
"""

from __future__ import annotations

from collections import defaultdict

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import OWN_ID_ACTOR_BYTES, OWN_ID_LETTERS, OWN_KEYS, ActorId
from aluna_protocol.lint.chunk import Chunk
from aluna_protocol.lint.facts import ChangeFacts, OpId, Past
from aluna_protocol.lint.letters import Range, Spans, in_order
from aluna_protocol.lint.table import Ids, Rows, Table
from aluna_protocol.lint.values import Kind

MAX_KEY_BYTES = 256
"""The longest key of a record names a field, a person and a sub key; this is twice that."""
MAX_ROOT_OPS = 4096
"""Keys one change may write: each is looked at by itself."""
MAX_KEY_WRITES = 8
"""How often one change may write one key: what a run of thousands takes fits into a few bytes."""
_HEX = frozenset(b"0123456789abcdef")
_PUT, _DELETE, _MAKE_TEXT = 1, 3, 4


class Walk:
    """One pass over the operations of *chunk*; what it writes is known afterwards."""

    def __init__(self, chunk: Chunk, past: Past) -> None:
        self._chunk = chunk
        self._past = past
        self._author = chunk.actor
        self._start = chunk.start_op
        self._table = Table(chunk)
        self._own_letters: dict[OpId, Spans] = {}
        self._gone: defaultdict[tuple[OpId, ActorId], list[Range]] = defaultdict(list)
        self._tails: dict[OpId, int] = {}
        """By text, the last letter put into it here."""
        self._root_ops = 0
        self._key_writes: defaultdict[bytes, int] = defaultdict(int)
        self._shown: dict[bytes, list[tuple[int, ActorId]]] = {}
        """By key, what stands there as of here."""
        self.inserted: list[tuple[OpId, int, int]] = []
        """Letters put into texts: the text, first and last counter."""
        self._deleted: list[tuple[OpId, ActorId, tuple[Range, ...]]] = []
        self._kind: Kind | None = None
        self.ops = self._table.ops
        self.straight = True
        """Nothing is replaced or deleted, and every text is written from its head to its end."""
        self.kinds: dict[int, Kind] = {}
        """By the row where a run of them starts, what operations may carry."""
        self.written: dict[int, bytes] = {}
        """By counter, the keys of all values and texts."""
        self.made: list[int] = []

    def run(self) -> None:
        """Judge every operation; raise `RemoteProtocolError` at the first that may not be."""
        for rows in self._table.rows():
            if rows.text is None:
                self._root(rows)
            elif not self._is_text(rows.text):
                raise RemoteProtocolError("no such text")
            elif rows.insert:
                self._insert(rows, rows.text)
            else:
                self._delete_letters(rows, rows.text)
        for (text, actor), ranges in self._gone.items():
            joined = in_order(ranges)
            if joined is None or self._past.misses(text, actor, joined):
                raise RemoteProtocolError("deletes what is gone")
            self._deleted.append((text, actor, joined))

    def facts(self) -> ChangeFacts:
        """Return what others need to know of the change, once it was judged."""
        chunk = self._chunk
        left = [(key, shown[0][0] if shown else 0) for key, shown in self._shown.items()]
        return ChangeFacts(
            hash=chunk.hash,
            actor=chunk.actor,
            seq=chunk.seq,
            start_op=chunk.start_op,
            max_op=chunk.start_op + self.ops - 1,
            deps=chunk.deps,
            ops=self.ops,
            inserted=tuple(self.inserted),
            deleted=tuple(self._deleted),
            written=tuple(left),
            made=tuple(self.made),
        )

    def _root(self, rows: Rows) -> None:
        key = rows.key
        if rows.insert or key is None or not 1 <= len(key) <= MAX_KEY_BYTES:
            raise RemoteProtocolError("not a key of a record")
        try:
            key.decode()
        except UnicodeDecodeError:
            raise RemoteProtocolError("not UTF-8") from None
        if rows.action not in (_PUT, _DELETE, _MAKE_TEXT):
            raise RemoteProtocolError("action not allowed")
        if key[:2] in OWN_KEYS:
            self._own(rows, key)
        self._root_ops += rows.size
        self._key_writes[key] += rows.size
        if self._root_ops > MAX_ROOT_OPS or self._key_writes[key] > MAX_KEY_WRITES:
            raise RemoteProtocolError("too many keys in one change")
        self.straight = self.straight and not rows.preds
        self._carries(rows.row, Kind.SCALAR if rows.action == _PUT else Kind.NOTHING)
        for counter in range(self._start + rows.row, self._start + rows.row + rows.size):
            self._replace(rows.preds, key)
            if rows.action == _DELETE:
                if not rows.preds:
                    raise RemoteProtocolError("deletes nothing")
                self._shown[key] = []
                continue
            if rows.action == _MAKE_TEXT:
                self.made.append(counter)
            self.written[counter] = key
            self._shown[key] = [(counter, self._author)]

    def _own(self, rows: Rows, key: bytes) -> None:
        """See that *rows* put what is its author's own, and put it for the first time."""
        own_id = key.rpartition(b"/")[2]
        mine = self._author[:OWN_ID_ACTOR_BYTES].hex().encode()
        if len(own_id) != OWN_ID_LETTERS or not own_id.startswith(mine) or set(own_id) - _HEX:
            raise RemoteProtocolError("an own key of another")
        if rows.action != _PUT or rows.preds:
            raise RemoteProtocolError("own words are put once")

    def _replace(self, count: int, key: bytes) -> None:
        """Take what one operation under *key* replaces: all that stands there, in order."""
        shown = self._shown.get(key)
        if shown is None:
            shown = self._past.shown(key)
        if count != len(shown):
            raise RemoteProtocolError("does not replace what is there")
        named: list[tuple[int, ActorId]] = []
        for actor, first, _, size in self._table.take_preds(count):
            # An actor has one value there at most: of a run, whatever its step, the rest is wrong.
            named += [(first, actor)] * size
        if named != shown:
            raise RemoteProtocolError("does not replace what is there")

    def _insert(self, rows: Rows, text: OpId) -> None:
        if rows.action != _PUT or rows.preds:
            raise RemoteProtocolError("action not allowed")
        self._carries(rows.row, Kind.LETTER)
        own = self._start + rows.row
        last = own + rows.size - 1
        tail = self._tails.get(text)
        self._tails[text] = last
        self._own_letters.setdefault(text, Spans()).add(own, last)
        self.inserted.append((text, own, last))
        if self._follow(rows, tail, own):
            return
        self.straight = False
        if rows.letters is not None:
            self._check_letters(rows.letters, text, own)

    def _follow(self, rows: Rows, tail: int | None, own: int) -> bool:
        """Tell whether *rows* go on, letter by letter, where *tail* is the last one, None: none."""
        if rows.letters is None:
            return tail is None and rows.size == 1
        actor, first, step, count = rows.letters
        if actor != self._author or first != tail:
            return False
        return count == 1 or (step == 1 and first == own - 1)

    def _carries(self, row: int, kind: Kind) -> None:
        """Note that operations from *row* on may carry *kind*."""
        if kind is not self._kind:
            self.kinds[row] = self._kind = kind

    def _delete_letters(self, rows: Rows, text: OpId) -> None:
        letters = rows.letters
        if rows.action != _DELETE or rows.preds != 1 or letters is None:
            raise RemoteProtocolError("action not allowed")
        self._carries(rows.row, Kind.NOTHING)
        self.straight = False
        self._gone[text, letters.actor] += self._check_letters(
            letters, text, self._start + rows.row
        )
        done = 0
        for actor, first, step, held in self._table.take_preds(rows.size):
            same = actor == letters.actor and first == letters.first + letters.step * done
            if not same or (held > 1 and step != letters.step):
                raise RemoteProtocolError("deletes one letter and replaces another")
            done += held

    def _check_letters(self, letters: Ids, text: OpId, own: int) -> list[Range]:
        """See that *letters* are in *text*, older than the operations from *own* on naming them.

        Returns them in ranges; one that is named twice is there twice.
        """
        actor, first, step, count = letters
        last = first + step * (count - 1)
        if actor == self._author and not (first < own and last < own + count - 1):
            raise RemoteProtocolError("letter of the future")
        if abs(step) == 1 or count == 1:
            ranges = [(min(first, last), max(first, last))]
        elif step == 0:
            ranges = [(first, first)] * 2
        else:
            ranges = [(counter, counter) for counter in range(first, last + step, step)]
        for low, high in ranges:
            self._check_span(actor, low, high, text)
        return ranges

    def _check_span(self, actor: ActorId, low: int, high: int, text: OpId) -> None:
        if actor == self._author and high >= self._start:
            if low < self._start:
                self._check_span(actor, low, self._start - 1, text)
                low = self._start
            spans = self._own_letters.get(text)
            found = spans is not None and spans.hold(low, high)
        else:
            found = self._past.has_letters(text, actor, (low, high))
        if not found:
            raise RemoteProtocolError("no such letter")

    def _is_text(self, text: OpId) -> bool:
        actor, counter = text
        if actor == self._author and counter >= self._start:
            return counter in self.made
        return self._past.has_text(text)
