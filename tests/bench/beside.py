"""``make demo`` and ``make test`` of this checkout and of another commit, on the same machine in turns."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TARGETS = ("demo", "test")


def beside(commit: str, targets: tuple[str, ...] = TARGETS) -> None:
    """Print the seconds of both, and how many times as long this checkout's last commit takes."""
    with tempfile.TemporaryDirectory() as folder:
        checkouts = {name: _checkout(Path(folder) / name, at) for name, at in (("before", commit), ("now", "HEAD"))}
        print(
            f"fresh clones with a finished environment: {commit} (before) and {_id(checkouts['now'])} (now)", flush=True
        )
        for target in targets:
            seconds = {name: _seconds(checkout, target) for name, checkout in checkouts.items()}
            ratio = seconds["now"] / seconds["before"]
            figures = ", ".join(f"{name} {taken:.0f} s" for name, taken in seconds.items())
            print(f"  make {target:<6} {figures}: {ratio:.2f}", flush=True)


def _checkout(folder: Path, commit: str) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", _id(PROJECT, commit)], check=True)
    subprocess.run(["make", "-C", str(folder), ".venv/ready"], check=True, capture_output=True)
    return folder


def _id(checkout: Path, commit: str = "HEAD") -> str:
    found = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "--short", commit], check=True, capture_output=True, text=True
    )
    return found.stdout.strip()


def _seconds(checkout: Path, target: str) -> float:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PERF_")}
    started = time.perf_counter()
    ended = subprocess.run(["make", "-C", str(checkout), target], env=environment, capture_output=True, text=True)
    if ended.returncode:
        said = f"{ended.stdout[-2000:]}{ended.stderr[-2000:]}"
        raise SystemExit(f"make {target} in {checkout.name} ended with {ended.returncode}:\n{said}")
    return time.perf_counter() - started
