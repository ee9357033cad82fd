"""What each operation of a change may do, judged run by run (SPEC §6.5.2).

Our engine writes four kinds: put a value under a key of the root map, make a text there, insert
one letter into a text, delete a key or a letter. Each may point only at what its causal past (or
an earlier operation of the same change) really holds; anything else makes Automerge panic or
keeps it from loading what it saved.
"""

from __future__ import annotations

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from aluna_protocol.lint.chunk import Chunk
from aluna_protocol.lint.facts import DocumentFacts, OpId, Spans
from aluna_protocol.lint.table import Ids, Rows, Table
from aluna_protocol.lint.values import Kind

MAX_KEY_BYTES = 256
"""The longest key of a record names a field, a person and a sub key; this is twice that."""
MAX_ROOT_OPS = 4096
"""Keys one change may write: each is looked at by itself."""
_PUT, _DELETE, _MAKE_TEXT = 1, 3, 4


class Walk:
    """One pass over the operations of *chunk*; what it writes is known afterwards."""

    def __init__(self, chunk: Chunk, known: DocumentFacts, clock: dict[ActorId, int]) -> None:
        self._known = known
        self._author = chunk.actor
        self._start = chunk.start_op
        self._limits = {actor: known.last_counter(actor, seq) for actor, seq in clock.items()}
        self._table = Table(chunk)
        self._own_letters: dict[OpId, Spans] = {}
        self._tails: dict[OpId, int] = {}
        """By text, the last letter put into it here."""
        self._root_ops = 0
        self._kind: Kind | None = None
        self.ops = self._table.ops
        self.straight = True
        """Nothing is replaced or deleted, and every text is written from its head to its end."""
        self.kinds: dict[int, Kind] = {}
        """By the row where a run of them starts, what operations may carry."""
        self.inserted: list[tuple[OpId, int, int]] = []
        self.written: dict[int, bytes] = {}
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

    def _root(self, rows: Rows) -> None:
        key = rows.key
        if rows.insert or key is None or not 1 <= len(key) <= MAX_KEY_BYTES:
            raise RemoteProtocolError("not a key of a record")
        try:
            key.decode()
        except UnicodeDecodeError:
            raise RemoteProtocolError("not UTF-8") from None
        self.straight = self.straight and not rows.preds
        self._root_ops += rows.size
        if self._root_ops > MAX_ROOT_OPS:
            raise RemoteProtocolError("too many keys in one change")
        self._carries(rows.row, Kind.SCALAR if rows.action == _PUT else Kind.NOTHING)
        for counter in range(self._start + rows.row, self._start + rows.row + rows.size):
            self._check_preds(rows.preds, key)
            if rows.action == _DELETE:
                if not rows.preds:
                    raise RemoteProtocolError("deletes nothing")
                continue
            if rows.action == _MAKE_TEXT:
                self.made.append(counter)
            elif rows.action != _PUT:
                raise RemoteProtocolError("action not allowed")
            self.written[counter] = key

    def _check_preds(self, count: int, key: bytes) -> None:
        """Take what one operation under *key* replaces: known, of that key, in order."""
        before: tuple[int, ActorId] | None = None
        for actor, first, step, held in self._table.take_preds(count):
            for counter in range(first, first + held) if step == 1 else (first,) * held:
                if before is not None and (counter, actor) <= before:
                    raise RemoteProtocolError("replaced operations out of order")
                before = (counter, actor)
                if actor == self._author and counter >= self._start:
                    found = self.written.get(counter)
                else:
                    self._check_past(actor, counter)
                    found = self._known.key_of((actor, counter))
                if found != key:
                    raise RemoteProtocolError("replaces what is not there")

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
        self._check_letters(letters, text, self._start + rows.row)
        done = 0
        for actor, first, step, held in self._table.take_preds(rows.size):
            same = actor == letters.actor and first == letters.first + letters.step * done
            if not same or (held > 1 and step != letters.step):
                raise RemoteProtocolError("deletes one letter and replaces another")
            done += held

    def _check_letters(self, letters: Ids, text: OpId, own: int) -> None:
        """See that *letters* are in *text*, older than the operations from *own* on naming them."""
        actor, first, step, count = letters
        last = first + step * (count - 1)
        if actor == self._author and not (first < own and last < own + count - 1):
            raise RemoteProtocolError("letter of the future")
        if -1 <= step <= 1 or count == 1:
            self._check_span(actor, min(first, last), max(first, last), text)
            return
        for counter in range(first, last + (1 if step > 0 else -1), step):
            self._check_span(actor, counter, counter, text)

    def _check_span(self, actor: ActorId, low: int, high: int, text: OpId) -> None:
        spans: Spans | None
        if actor == self._author and high >= self._start:
            if low < self._start:
                self._check_span(actor, low, self._start - 1, text)
                low = self._start
            spans = self._own_letters.get(text)
        else:
            self._check_past(actor, high)
            letters = self._known.letters(text)
            spans = letters.get(actor) if letters else None
        if spans is None or not spans.hold(low, high):
            raise RemoteProtocolError("no such letter")

    def _is_text(self, text: OpId) -> bool:
        actor, counter = text
        if actor == self._author and counter >= self._start:
            return counter in self.made
        self._check_past(actor, counter)
        return self._known.letters(text) is not None

    def _check_past(self, actor: ActorId, counter: int) -> None:
        if counter > self._limits.get(actor, 0):
            raise RemoteProtocolError("points outside its past")
