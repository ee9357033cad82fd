"""Starting work that belongs to a screen or a widget and ends with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from textual.dom import DOMNode
from textual.worker import Worker


def start(
    owner: DOMNode,
    group: str,
    work: Callable[..., Awaitable[Any]],
    *arguments: object,
    exclusive: bool = False,
    fatal: bool = True,
) -> Worker[Any]:
    """Run *work* as a worker of *owner*; *exclusive* ends earlier work of the *group*.

    The coroutine is made only when the worker starts: one that never starts leaves nothing behind.
    """
    task = cast("Callable[[], Any]", partial(work, *arguments))
    return owner.run_worker(task, group=group, exclusive=exclusive, exit_on_error=fatal)
