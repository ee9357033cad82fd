"""Write the vectors of encoding, entries, membership, epochs, messages and state beside this file.

Run it only when the specification changes: `python protocol/vectors/make_vectors.py`. Every value
is hexadecimal unless it is a number, a boolean, a name or an error. What is wrong is wrong in one
place only. Parts are deflated as stored blocks, because compressors differ from one another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vectors import make_entry_vectors, make_membership_vectors, make_message_vectors


def all_vectors() -> dict[str, Any]:
    """Return what belongs into each file, by its name."""
    return {
        "encoding": make_entry_vectors.encoding_vectors(),
        "entries": make_entry_vectors.entry_vectors(),
        "membership": {
            "bodies": make_membership_vectors.body_vectors(),
            "outcomes": make_membership_vectors.outcome_vectors(),
        },
        "epochs": make_membership_vectors.epoch_vectors(),
        "messages": make_message_vectors.message_vectors(),
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
