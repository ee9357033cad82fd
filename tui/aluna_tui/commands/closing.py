"""`lock`, `panic` and `safety`: closing, destroying, and what was chosen about both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from aluna_sync.errors import AlunaError, ExitCode
from aluna_sync.vault_layout import Removes
from aluna_sync.vault_secrets import IDLE_MINUTES
from aluna_tui.commands.grammar import Invocation, Opt, Verb
from aluna_tui.commands.opening import ask, given_passphrase, home_of, on_terminal, open_device
from aluna_tui.commands.output import Voice
from aluna_tui.honest import (
    PARTS,
    REMOVES_CODES,
    limits,
    minutes_words,
    panic_limits,
    removes_words,
)
from aluna_tui.texts import N_, _, ngettext

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.panic import Destroyed

PANIC_SECONDS: Final = 5
REMOVES_BY_CODE: Final = {code: removes for removes, code in REMOVES_CODES.items()}


@click.command(
    "lock",
    cls=Verb,
    help=N_(
        "Close every program that has this vault open: screens keep what is typed, nodes say "
        "goodbye. Each command asks for the passphrase and closes the vault when it ends, so "
        "nothing stays open between commands."
    ),
)
@click.pass_obj
def lock_verb(invocation: Invocation) -> int:
    """Close what is open."""
    from aluna_sync.panic import close_processes

    voice = Voice(invocation)
    asked, still = close_processes(home_of(invocation))
    if invocation.as_json:
        voice.json({"open": still > 0, "closed": asked - still})
        return ExitCode.NOT_DONE if still else ExitCode.DONE
    if still:
        voice.talk(
            ngettext(
                "{count} program still has this vault open. “aluna panic” ends it by force.",
                "{count} programs still have this vault open. “aluna panic” ends them by force.",
                still,
            ).format(count=still)
        )
        return ExitCode.NOT_DONE
    if asked:
        voice.data(
            ngettext(
                "{count} program had this vault open and has closed it.",
                "{count} programs had this vault open and have closed it.",
                asked,
            ).format(count=asked)
        )
    else:
        voice.data(_("No program has this vault open."))
    for text in limits("lock"):
        voice.talk(text)
    return ExitCode.DONE


# -- panic ---------------------------------------------------------------------------------------


@click.command(
    "panic",
    cls=Verb,
    help=N_(
        "Destroy the keys kept on this device, then its data, or the part that was chosen. Nobody "
        "can read it here again, nor can you. What your companions' devices have stays with them. "
        "You have five seconds to stop it with any key."
    ),
)
@click.option("--now", cls=Opt, is_flag=True, help=N_("Do not wait five seconds."))
@click.option(
    "--removes", cls=Opt, type=click.Choice(list(REMOVES_BY_CODE)), default=None,
    help=N_("What goes this time; without it, what was chosen for this device."),
)  # fmt: skip
@click.pass_obj
def panic_verb(invocation: Invocation, now: bool, removes: str | None) -> int:
    """Destroy this device's vault, or a part of it."""
    from aluna_sync.panic import is_anything_here
    from aluna_sync.vault import removes_of

    voice = Voice(invocation)
    home = home_of(invocation)
    if not is_anything_here(home):
        raise AlunaError("no-vault", home=str(home))
    chosen = removes_of(home) if removes is None else REMOVES_BY_CODE[removes]
    passphrase = None
    if chosen in PARTS:
        passphrase = _passphrase_or_everything(invocation)
        if passphrase is None:
            chosen = Removes.EVERYTHING
    voice.talk(_("Goes: {what} ({home}).").format(what=removes_words(chosen), home=home))
    if not now and not _nobody_says_no(invocation, voice):
        voice.talk(_("Stopped. Nothing was destroyed."))
        return ExitCode.INTERRUPTED
    if passphrase is None:
        _tell_destroyed(invocation.doors.destroy(home, chosen), chosen, voice)
    else:
        _remove_part(invocation, passphrase, chosen, voice)
    return ExitCode.DONE


def _passphrase_or_everything(invocation: Invocation) -> str | None:
    given = given_passphrase(invocation)
    if given is not None:
        return given
    question = _("To remove only a part the vault must open. Passphrase (Enter: everything goes): ")
    return ask(question, may_be_empty=True) or None


def _nobody_says_no(invocation: Invocation, voice: Voice) -> bool:
    voice.talk(_("Any key stops it.") if on_terminal(invocation) else _("Ctrl-C stops it."))
    return invocation.doors.count_down(
        PANIC_SECONDS,
        lambda left: voice.talk(
            ngettext("In {count} second.", "In {count} seconds.", left).format(count=left)
        ),
    )


def _tell_destroyed(done: Destroyed, removes: Removes, voice: Voice) -> None:
    if voice.as_json:
        voice.json(
            {
                "destroyed": True,
                "ended": done.ended,
                "left": list(done.left),
                "removed": REMOVES_CODES[removes],
            }
        )
        return
    if done.kept:
        voice.data(_("The keys are destroyed. The journal is still here, closed for ever."))
    else:
        voice.data(_("The keys are destroyed, and what was kept here is deleted."))
    for text in panic_limits(removes):
        voice.talk(text)
    if done.left:
        voice.talk(
            _("Left there, for they are not of this program: {names}").format(
                names=", ".join(done.left)
            )
        )


def _remove_part(invocation: Invocation, passphrase: str, removes: Removes, voice: Voice) -> None:
    from aluna_sync.forgetting import forget
    from aluna_sync.panic import end_processes

    home = home_of(invocation)
    # Others who have it open would write on, with the keys of what goes in their memory.
    ended = end_processes(home)
    device = invocation.doors.unlock(home, passphrase, merges=False)
    try:
        records = forget(device, removes)
    finally:
        device.lock()
    if voice.as_json:
        code = REMOVES_CODES[removes]
        voice.json({"destroyed": False, "ended": ended, "records": records, "removed": code})
        return
    voice.data(
        ngettext(
            "Gone from this device: {what}. {count} record in all.",
            "Gone from this device: {what}. {count} records in all.",
            records,
        ).format(what=removes_words(removes), count=records)
    )
    for text in panic_limits(removes):
        voice.talk(text)


def ask_removes(invocation: Invocation, voice: Voice) -> Removes:
    """Ask once what a panic is to remove; everything when nobody can be asked."""
    if not on_terminal(invocation):
        return Removes.EVERYTHING
    voice.talk(
        _("If one day this device has to be emptied in a hurry (“aluna panic”, or F12 twice):")
    )
    for number, removes in enumerate(Removes, start=1):
        voice.talk(f"  {number}  {removes_words(removes)}")
    answer = click.prompt(
        _("What goes? (Enter: 1) "), default="1", show_default=False, prompt_suffix="", err=True
    )
    chosen = {str(number): removes for number, removes in enumerate(Removes, start=1)}
    return chosen.get(str(answer).strip(), Removes.EVERYTHING)


def choose_removes(invocation: Invocation, voice: Voice, device: Device, asked: str | None) -> None:
    """Let a new device know what a panic removes: as *asked* for, or as the person answers."""
    removes = REMOVES_BY_CODE[asked] if asked else ask_removes(invocation, voice)
    if removes is not Removes.EVERYTHING:
        device.safety.choose_removes(removes)


panic_removes_option = click.option(
    "--panic-removes", cls=Opt, type=click.Choice(list(REMOVES_BY_CODE)), default=None,
    help=N_("What “aluna panic” removes; asked on a terminal, everything otherwise."),
)  # fmt: skip


# -- choices -------------------------------------------------------------------------------------


@click.command(
    "safety",
    cls=Verb,
    help=N_(
        "Say what protects this device and what it cannot do. With an option, choose something "
        "else."
    ),
)
@click.option(
    "--idle", cls=Opt, type=click.Choice([str(each) for each in IDLE_MINUTES]),
    help=N_("Minutes without a key after which the screens lock."),
)  # fmt: skip
@click.option(
    "--panic-removes", cls=Opt, type=click.Choice(list(REMOVES_BY_CODE)),
    help=N_("What “aluna panic” and F12 twice remove."),
)  # fmt: skip
@click.pass_obj
def safety_verb(invocation: Invocation, idle: str | None, panic_removes: str | None) -> None:
    """Tell and change the choices of this device."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        safety = device.safety
        if idle is not None:
            safety.choose_idle(int(idle))
        if panic_removes is not None:
            safety.choose_removes(REMOVES_BY_CODE[panic_removes])
        settings, removes = safety.settings, safety.removes
    if invocation.as_json:
        voice.json(
            {
                "idle_minutes": settings.idle_minutes,
                "panic_removes": REMOVES_CODES[removes],
                "shares": settings.shares,
                "second_passphrase": bool(settings.beside),
            }
        )
        return
    rows: tuple[tuple[str, str], ...] = (
        (_("The screens lock {when}.").format(when=minutes_words(settings.idle_minutes)), "lock"),
        (_("A panic removes {what}.").format(what=removes_words(removes)), ""),
        (
            _("Two of three lists of words open this vault.")
            if settings.shares
            else _("There are no lists of words for opening this vault."),
            "shares",
        ),
        (
            _("A second passphrase opens a small notebook.")
            if settings.beside
            else _("There is no second passphrase."),
            "notebook",
        ),
    )
    for text, topic in rows:
        voice.data(text)
        for limit in limits(topic) if topic else panic_limits(removes):
            voice.data(f"    {limit}")
