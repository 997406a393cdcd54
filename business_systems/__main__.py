"""``python -m business_systems run -- COMMAND …`` and ``python -m business_systems serve``."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from business_systems import Sizes, Systems, World, running
from business_systems.serving.clock import EVERYTHING, ClockRefused, read_moment

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from datetime import datetime
    from types import FrameType

COMMAND_NOT_FOUND = 127
SIGNALLED = 128


def main(arguments: Sequence[str] | None = None) -> int:
    """Start all systems, run a command beside them or wait, stop them; the command's exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    command: list[str] = [word for word in asked.command[:1] if word != "--"] + asked.command[1:]
    if asked.do == "run" and not command:
        parser.error("run needs a command: python -m business_systems run -- COMMAND …")
    # Until the systems run, a signal ends the start; what was started is stopped on the way out.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    with _systems(asked) as systems:
        return _run(command, systems) if asked.do == "run" else _serve(systems)


def _run(command: Sequence[str], systems: Systems) -> int:
    """The command decides what a signal means; the systems stop when it has ended."""
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if child is None:
            early.append(number)
        # At a terminal, Ctrl-C has reached the command already.
        elif number != signal.SIGINT or not sys.stdin.isatty():
            child.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    try:
        child = subprocess.Popen(command, env={**os.environ, **systems.environment})
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return COMMAND_NOT_FOUND
    for number in early:
        child.send_signal(number)
    code = child.wait()
    return code if code >= 0 else SIGNALLED - code


def _serve(systems: Systems) -> int:
    stop = threading.Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    for name, value in systems.environment.items():
        print(f"export {name}={shlex.quote(value)}")
    sys.stdout.flush()
    print(f"The systems stand at {systems.now.isoformat()}. Ctrl-C stops them.", file=sys.stderr)
    stop.wait()
    return 0


@contextmanager
def _systems(asked: argparse.Namespace) -> Generator[Systems]:
    world = World(
        seed=asked.seed, sizes=Sizes(employees=asked.employees, orders=asked.orders), contradict=asked.contradict
    )
    with tempfile.TemporaryDirectory(prefix="business-systems-files-") as temporary:
        folder = Path(asked.state or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with running(world, folder=folder, clock=asked.clock) as systems:
            text = json.dumps(systems.truth, ensure_ascii=False, indent=1, default=str)
            (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
            yield systems


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(SIGNALLED + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m business_systems", description=__doc__)
    doing = parser.add_subparsers(dest="do", required=True)
    run = doing.add_parser("run", help="start all systems, run a command, stop them")
    serve = doing.add_parser("serve", help="start all systems, print their variables, stay until Ctrl-C")
    for part in (run, serve):
        part.add_argument("--seed", type=int, default=1)
        part.add_argument("--orders", type=int, default=Sizes().orders, help="orders of both years together")
        part.add_argument("--employees", type=int, default=Sizes().employees)
        part.add_argument("--contradict", action="store_true", help="three days on which systems differ by over 5 %%")
        part.add_argument("--clock", type=_moment, default=EVERYTHING, metavar="T", help="such as 2025-09-03T00:00:00Z")
        part.add_argument("--state", metavar="DIR", help="for files and truth.json; else a temporary folder")
        part.set_defaults(command=[])
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    return parser


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except ClockRefused as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
