"""`reel doctor`: what is here, what is missing, how to get it."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

FIXES = ("fonts", "drawing")


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    fix: Annotated[
        list[str] | None,
        typer.Option(help="Install what is missing: fonts, drawing; may be repeated."),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the LLM's address whether it answers.")
    ] = False,
) -> None:
    """Say what is here, what is missing, and how to get it."""
    from reelwright.cli import checkup, installing

    for wanted in fix or ():
        if wanted not in FIXES:
            raise typer.BadParameter(f"{wanted}: these can be fixed: {', '.join(FIXES)}")
    fixed: list[str] = []

    def say(message: str) -> None:
        fixed.append(message)
        if not as_json:
            print(message, file=sys.stderr, flush=True)

    for wanted in dict.fromkeys(fix or ()):
        installing.FIXES[wanted](say)
    checks = checkup.examine(online=online)
    ready = not any(check.state == "missing" for check in checks)
    if as_json:
        rows = [check._asdict() for check in checks]
        print(json.dumps({"ready": ready, "checks": rows, "fixed": fixed}, ensure_ascii=False))
    else:
        for check in checks:
            print(f"{check.state:<8}{check.name:<17}{check.found}")
            if check.advice:
                print(f"{'':25}→ {check.advice}")
        print("Ready." if ready else "Not ready: see the lines that say missing.")
    if not ready:
        raise typer.Exit(1)
