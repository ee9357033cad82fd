"""Two ways to drive a coroutine from a command: at once, or with a loop when it really waits."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, without importing asyncio, and return its result.

    Raises RuntimeError if it does wait: then it needs `run_in_loop`.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("this coroutine waits for something: it needs a loop")


def run_in_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits for other processes or the network, and return its result."""
    import asyncio

    return asyncio.run(coroutine)
