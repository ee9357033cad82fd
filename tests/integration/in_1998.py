"""The program `aluna` on a machine whose clock says April of 1998; tests start it by path."""

from __future__ import annotations

import datetime
import sys
import time

import msgpack

SAYS = datetime.datetime(1998, 4, 1, tzinfo=datetime.UTC)
BEHIND = time.time() - SAYS.timestamp()
_right = time.time


def _wrong() -> float:
    return _right() - BEHIND


class Wrong(datetime.datetime):
    """What this machine takes the time for."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Wrong:
        """Return the time of the wrong clock."""
        return cls.fromtimestamp(_wrong(), tz)


if __name__ == "__main__":
    assert msgpack.version  # it looks at the real class when it is imported, and so is before
    time.time = _wrong
    datetime.datetime = Wrong  # type: ignore[misc]
    if sys.argv[1:] == ["--clock"]:
        from aluna_sync.founding import _now

        days = (_now().date(), datetime.datetime.fromtimestamp(time.time(), datetime.UTC).date())
        sys.stdout.write(f"{days[0]} {days[1]}\n")
        sys.exit(0)
    from aluna_tui.__main__ import main

    main()
