"""Great Expectations in a process of its own, which is started when it is known that gates will be run.

Importing Great Expectations takes as long as building two stages, and can be done beside it. The process is started
once for all closings of this one. It takes a gate and its tables at a time. Its standard input is a pipe from here, so
that it ends with this process, also when this one is killed.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from typing import IO, TYPE_CHECKING, Any

from perf_pipelines.errors import Problem, RunFailed
from perf_pipelines.garbage import collect_seldom
from perf_pipelines.gates import GateResult, prepare_gates, run_gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from perf_pipelines.gates import Gate

_SAID = 4_000
"""How many of the last characters that a broken process has said are repeated."""


class GateProcess:
    """The process. One thread at a time uses it."""

    def __init__(self) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said
        )

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def run(self, gate: Gate, tables: Mapping[str, pa.Table]) -> GateResult:
        """:func:`~perf_pipelines.gates.run_gate` there; raises what it raises, :class:`RunFailed` when it has ended."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with self._lock:
            try:
                pickle.dump((gate, dict(tables)), process.stdin)
                process.stdin.flush()
                answer: GateResult | Exception = pickle.load(process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError) as broken:
                raise self._refusal(gate) from broken
            except BaseException:
                # an answer that nobody has waited for must not be taken for that to the next gate
                process.kill()
                process.wait()
                raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        """End it; what it was doing is lost."""
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def _refusal(self, gate: Gate) -> RunFailed:
        code = self._process.wait()
        self._said.seek(0)
        said = " ".join(self._said.read().decode(errors="replace")[-_SAID:].split())
        return RunFailed(
            f"{gate.id} could not be run",
            [
                Problem(
                    what=f"the process of Great Expectations has ended with {code}: {said or 'without a word'}",
                    todo="run again; the gate stays closed until then",
                )
            ],
        )


_LOCK = threading.Lock()
_RUNNING: list[GateProcess] = []


def gate_process() -> GateProcess:
    """The process of this process, started where there is none."""
    with _LOCK:
        if not (_RUNNING and _RUNNING[-1].is_alive):
            started = GateProcess()
            _RUNNING[:] = [started]
            atexit.register(started.stop)
        return _RUNNING[-1]


def _serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    collect_seldom()
    prepare_gates()
    while True:
        try:
            gate, tables = pickle.load(asked)
        except EOFError:  # who asks has ended
            return
        try:
            answer: Any = run_gate(gate, {name: table.to_pandas() for name, table in tables.items()})
        except Exception as error:  # raised again by who asked
            answer = error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "wb") as own:
        os.dup2(2, 1)  # whatever is printed must not stand among the answers
        _serve(sys.stdin.buffer, own)
