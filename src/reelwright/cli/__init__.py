"""The command line: `reel`. One file a verb, no logic; each verb's module is loaded when called.

Exit codes: 0 done, 1 the input was bad or the work failed, 2 wrong usage.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer
from typer import TyperException

from reelwright import __version__
from reelwright.cli import (
    clean,
    compare,
    cut,
    enhance,
    evaluate,
    export,
    feed,
    gallery,
    library,
    make,
    models,
    new,
    predict,
    serve,
    train,
)
from reelwright.cli.doctor import doctor
from reelwright.cli.telling import Stopped, as_values, of_the_disk
from reelwright.core.errors import ReelError

_STOPPED = 130
"""The exit code of a command stopped by the person, by convention 128 + SIGINT."""
_AGAIN = "run it again to go on from here"

app = typer.Typer(
    name="reel",
    help="Make short vertical videos from a topic, an article or your own footage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (
    new.new,
    make.make,
    cut.cut,
    enhance.enhance,
    compare.compare,
    export.export,
    gallery.gallery,
):
    app.command()(verb)
app.command()(serve.serve)
for verb in (train.train, evaluate.evaluate, predict.predict, models.models, doctor, clean.clean):
    app.command()(verb)
app.add_typer(library.app)
app.add_typer(feed.app)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"reelwright {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version)
    ] = False,
) -> None:
    context.obj = {"debug": debug}


def main() -> NoReturn:
    """Run the command line and exit."""
    # A closed pipe (`reel … | head`) ends us quietly, as it ends other tools.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _interrupt)
    debug, as_json = "--debug" in sys.argv, "--json" in sys.argv
    try:
        code = app(standalone_mode=False)
        if code == _STOPPED:
            raise KeyboardInterrupt
    except TyperException as error:
        _refuse_usage(error, as_json)
    except (ReelError, OSError) as error:
        if debug:
            raise
        told = error if isinstance(error, ReelError) else of_the_disk(error)
        if as_json:
            print(json.dumps(as_values(told), ensure_ascii=False))
        else:
            print(f"error: {told}", file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, Stopped) as error:
        if debug:
            raise
        again = str(error) or _AGAIN
        if as_json:
            print(json.dumps({"error": "stopped", "kind": "Stopped", "where": None, "hint": again}))
        else:
            print(f"stopped; {again}", file=sys.stderr)
        sys.exit(_STOPPED)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse_usage(error: TyperException, as_json: bool) -> NoReturn:
    """Say what was wrong with the command line, as JSON where that was asked for."""
    if as_json:
        message = getattr(error, "format_message", lambda: str(error))()
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "reel"
        hint = _dashed() or f"`{command} --help` shows how it is used"
        print(json.dumps({"error": message, "kind": "Usage", "where": command, "hint": hint}))
    else:
        from typer.rich_utils import rich_format_error

        rich_format_error(cast(Any, error))
        if dashed := _dashed():
            print(f"hint: {dashed}", file=sys.stderr)
    sys.exit(getattr(error, "exit_code", 2))


def _dashed() -> str:
    """What to do where a file's name was taken for an option; empty where none was."""
    name = next((arg for arg in sys.argv[1:] if arg[:1] == "-" and Path(arg).exists()), "")
    return f'a name that starts with "-" needs "./" before it: ./{name}' if name else ""


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
