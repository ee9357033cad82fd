"""The plain conversation of a real process, whose node stays on 127.0.0.1; run by the tests."""

from __future__ import annotations

import sys
from pathlib import Path

from aluna_tui.commands.grammar import Invocation
from aluna_tui.plain.conversation import run
from aluna_tui.texts import bind_libraries, language_from_environment, use_language

use_language(language_from_environment())
bind_libraries()
home, *node = sys.argv[1:]
invocation = Invocation(home=Path(home), plain=True, color=False)
sys.exit(run(invocation, None, node_arguments=["--no-lan", *node]))
