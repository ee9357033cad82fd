"""`doctor`, `locate`, `completion` and `demo`: looking after this device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aluna_sync.errors import AlunaError, ExitCode
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import home_of, open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.labels import aside_reason, sentence
from aluna_tui.sync_words import limits_of_this_device
from aluna_tui.texts import N_, _, ngettext

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.selfcheck import Part
    from aluna_sync.standing import SetAsideFacts


@click.command("locate", cls=Verb, help=N_("Say where this device keeps its data."))
@click.pass_obj
def locate_verb(invocation: Invocation) -> None:
    """Say where the data is."""
    voice = Voice(invocation)
    home = home_of(invocation)
    exists = invocation.doors.vault_exists(home)
    if invocation.as_json:
        voice.json({"home": str(home), "vault": exists})
        return
    voice.data(str(home))
    if not exists:
        voice.talk(_("There is no vault there yet."))


@click.command(
    "completion",
    cls=Verb,
    help=N_(
        "Print the script with which SHELL completes the words of aluna. For bash, put "
        '“eval "$(aluna completion bash)"” in ~/.bashrc.'
    ),
)
@click.argument(
    "shell", cls=Arg, type=click.Choice(["bash", "zsh", "fish"]), metavar="bash|zsh|fish"
)
@click.pass_context
def completion_verb(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    if completion is None:
        raise AlunaError("unknown-shell", shell=shell)
    root = context.find_root().command
    click.echo(completion(root, {}, "aluna", "_ALUNA_COMPLETE").source())


@click.command(
    "demo",
    cls=Verb,
    help=N_(
        "Three devices of an invented collective, as three programs on this computer: they meet, "
        "write apart and meet again. Nothing of yours is touched."
    ),
)
@click.pass_obj
def demo_verb(invocation: Invocation) -> int:
    """Tell the story of three devices."""
    if invocation.fronts is None:
        raise RuntimeError("the demo was not given to the commands")
    return invocation.fronts.demo(as_json=invocation.as_json, plain=invocation.plain)


@click.command(
    "doctor",
    cls=Verb,
    help=N_(
        "Check that the parts of the program fit, that the store opens and that every signature "
        "holds. With --rebuild, make the index again from what was written."
    ),
)
@click.option(
    "--rebuild", cls=Opt, is_flag=True,
    help=N_("Drop what can be made again (index, search, views) and make it from the log."),
)  # fmt: skip
@click.pass_obj
def doctor_verb(invocation: Invocation, rebuild: bool) -> int:
    """Check that everything is well."""
    from aluna_sync.selfcheck import check_parts

    voice = Voice(invocation)
    parts = check_parts()
    if not invocation.as_json:
        _tell_parts(parts, voice)
    with open_device(invocation, merges=rebuild) as device:
        report = _look(device, voice, rebuild=rebuild)
    if invocation.as_json:
        voice.json({"parts": [_part_as_json(part) for part in parts], **report})
    well = report["ok"] and all(part.fits for part in parts)
    if not invocation.as_json:
        voice.data(_("All is well.") if well else _("Not all is well; what was written is kept."))
    return ExitCode.DONE if well else ExitCode.NOT_DONE


def _tell_parts(parts: list[Part], voice: Voice) -> None:
    wrong = [part for part in parts if not part.fits]
    if not wrong:
        voice.data(_("The parts of the program fit each other."))
    for part in wrong:
        voice.data(
            _("{part}: {found} is installed, {wanted} is needed.").format(
                part=part.name, found=part.found or _("nothing"), wanted=part.wanted
            )
        )


def _part_as_json(part: Part) -> dict[str, object]:
    return {"name": part.name, "found": part.found, "wanted": part.wanted, "fits": part.fits}


def _look(device: Device, voice: Voice, *, rebuild: bool) -> dict[str, object]:
    """Look at the open store; tell what was seen and return it for --json."""
    from aluna_sync.checkup import check_store

    checkup = check_store(device)
    bad = checkup.bad
    rebuilt = run_in_loop(device.rebuild(_Progress(voice)), device) if rebuild else None
    status = device.status()
    aside = device.set_aside()
    records = sum(space.records for space in status.spaces)
    report: dict[str, object] = {
        "records": records,
        "entries": checkup.entries,
        "bad_entries": bad,
        "store_whole": checkup.store_whole,
        "set_aside": len(aside),
        "set_aside_here_only": sum(not one.by_lint for one in aside),
        "ok": bad == 0 and checkup.store_whole,
    }
    if rebuild:
        report["rebuilt"] = rebuilt
    if not voice.as_json:
        _tell_records(voice, records, bad, store_whole=checkup.store_whole)
        _tell_aside(voice, aside, rebuild=rebuild)
        if rebuild:
            _tell_rebuilt(voice, int(str(report["rebuilt"])))
    return report


def _tell_records(voice: Voice, records: int, bad: int, *, store_whole: bool) -> None:
    voice.data(
        ngettext("{count} record can be read.", "{count} records can be read.", records).format(
            count=records
        )
    )
    if not store_whole:
        voice.data(_("Some pages of the store are damaged."))
    if bad:
        voice.data(
            ngettext(
                "{count} entry does not carry the signature it should; it is not used.",
                "{count} entries do not carry the signature they should; they are not used.",
                bad,
            ).format(count=bad)
        )
    else:
        voice.data(_("Every signature holds."))


def _tell_aside(voice: Voice, aside: Sequence[SetAsideFacts], *, rebuild: bool) -> None:
    for one in aside:
        voice.data(
            sentence(
                _("set aside, from {person}'s “{device}”: {title} ({reason})").format(
                    person=one.person_name,
                    device=one.device_name,
                    title=one.title or _("(no words yet)"),
                    reason=aside_reason(one.reason),
                )
            )
        )
    for words in limits_of_this_device(aside):
        voice.data(sentence(words))
    if any(not one.by_lint for one in aside) and not rebuild:
        voice.talk(_("“aluna doctor --rebuild” tries to read it again."))


def _tell_rebuilt(voice: Voice, count: int) -> None:
    voice.data(
        ngettext(
            "The index was made again: {count} record.",
            "The index was made again: {count} records.",
            count,
        ).format(count=count)
    )


class _Progress:
    """Tells how far a rebuild is, at most once for each tenth."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._tenths = 0

    def __call__(self, done: int, total: int) -> None:
        tenths = done * 10 // total if total else 10
        if tenths > self._tenths and total > 1000:
            self._tenths = tenths
            self._voice.talk(_("{done} of {total}").format(done=done, total=total))
