"""Write the vectors of every structure beside this file, and what is refused of each.

Run it only when the specification changes: `python protocol/vectors/make_vectors.py`. Every value
is hexadecimal unless it is a number, a boolean, a name or an error. What is wrong is wrong in one
place only. Parts are deflated as stored blocks, because compressors differ from one another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vectors import (
    make_announce_refusal_vectors,
    make_barring_vectors,
    make_bundle_vectors,
    make_door_refusal_vectors,
    make_entry_vectors,
    make_epoch_vectors,
    make_lint_vectors,
    make_membership_vectors,
    make_message_vectors,
    make_outcome_vectors,
    make_refusal_vectors,
    make_run_vectors,
    make_session_vectors,
)


def all_vectors() -> dict[str, Any]:
    """Return what belongs into each file, by its name."""
    return {
        "encoding": make_entry_vectors.encoding_vectors(),
        "entries": make_entry_vectors.entry_vectors(),
        "runs": make_run_vectors.whole_entry_vectors(),
        "membership": {
            "bodies": make_membership_vectors.body_vectors(),
            "outcomes": make_outcome_vectors.outcome_vectors(),
        },
        "barring": make_barring_vectors.barring_vectors(),
        "epochs": make_epoch_vectors.epoch_vectors(),
        "messages": make_message_vectors.message_vectors(),
        **make_refusal_vectors.all_vectors(),
        **make_door_refusal_vectors.all_vectors(),
        "announce_refused": make_announce_refusal_vectors.announce_refusals(),
        "lint": make_lint_vectors.lint_vectors(),
        "bundles": make_bundle_vectors.bundle_vectors(),
        "sessions": make_session_vectors.session_vectors(),
        "state": make_message_vectors.state_vectors(),
    }


def text_of(vectors: object) -> str:
    """Return the text of a file."""
    return json.dumps(vectors, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the files."""
    for name, vectors in all_vectors().items():
        path = Path(__file__).parent / f"{name}.json"
        path.write_text(text_of(vectors), encoding="utf-8")


if __name__ == "__main__":
    main()
