"""The plan of a close: its stages, the gate behind each, and what each needs.

Everything that closes, tracks, tries or verifies a period reads :data:`PLAN`: Dagster's definitions, ``run``,
``backfill``, ``track``, ``backtest``, ``seal verify``, ``what-if``, the tests and the bench. The order of stages and
gates stands here and nowhere else. Which models a stage builds stands in dbt_project.yml: those with its name as tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What is built together.

    ``needs`` is the stage that has to be passed before, None for the first. A stage ``by_period`` is built once for
    each period, any other once for all. ``gate`` names the suite in ``expectations/`` that has to pass before the next
    stage is built; without one only its data tests have to.
    """

    name: str
    needs: str | None
    by_period: bool = True
    gate: str | None = None

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Stages, and the last stage of each thing that is done with a period.

    ``closing`` closes it. ``paying`` computes all that somebody is paid by; a backtest, a seal and a what-if end there.
    ``scoring`` is the first stage that a what-if computes again: below it stand the facts, which it changes.
    ``tracking`` tracks a period that is running. ``ValueError`` for stages that cannot be put in order.
    """

    stages: tuple[Stage, ...]
    last_of_closing: str
    last_of_paying: str
    last_of_tracking: str
    first_of_scoring: str

    def __post_init__(self) -> None:
        if len(self._by_name) < len(self.stages):
            raise ValueError("two stages have the same name")
        gates = [stage.gate for stage in self.stages if stage.gate]
        if len(set(gates)) < len(gates):
            raise ValueError("two stages have the same gate")
        for stage in self.stages:
            below = self.path_to(stage.name)[:-1]
            if not stage.by_period and any(other.by_period for other in below):
                raise ValueError(f"stage {stage} is built once for all periods, but needs one that is built by period")
        for name in (self.last_of_closing, self.last_of_paying, self.last_of_tracking, self.first_of_scoring):
            self.stage(name)
        if self.stage(self.last_of_paying) not in self.closing:
            raise ValueError(f"a closing does not reach the stage {self.last_of_paying}")
        if self.stage(self.first_of_scoring) not in self.paying:
            raise ValueError(f"paying does not need the stage {self.first_of_scoring}")

    @cached_property
    def _by_name(self) -> dict[str, Stage]:
        return {stage.name: stage for stage in self.stages}

    def stage(self, name: str) -> Stage:
        """The stage of that name; ``ValueError`` when there is none."""
        if name not in self._by_name:
            raise ValueError(f"the plan has no stage {name}")
        return self._by_name[name]

    def path_to(self, name: str) -> tuple[Stage, ...]:
        """All stages that have to be passed up to and with this one, in order."""
        path: list[Stage] = []
        following: str | None = name
        while following is not None:
            stage = self.stage(following)
            if stage in path:
                raise ValueError(f"stage {stage} needs itself")
            path.append(stage)
            following = stage.needs
        return tuple(reversed(path))

    @property
    def closing(self) -> tuple[Stage, ...]:
        """The stages that close a period."""
        return self.path_to(self.last_of_closing)

    @property
    def paying(self) -> tuple[Stage, ...]:
        """The stages up to what somebody is paid by."""
        return self.path_to(self.last_of_paying)

    @property
    def tracking(self) -> tuple[Stage, ...]:
        """The stages that track a running period."""
        return self.path_to(self.last_of_tracking)

    @property
    def scoring(self) -> tuple[Stage, ...]:
        """The stages from facts to pay, without the facts."""
        return self.paying[self.paying.index(self.stage(self.first_of_scoring)) :]

    @property
    def shared(self) -> tuple[Stage, ...]:
        """The stages that are built once for all periods, in order."""
        return tuple(stage for stage in self.closing if not stage.by_period)

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates of a closing, in order."""
        return gates_of(self.closing)

    def below(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages that have to be passed before ``stage`` is built."""
        return self.path_to(stage.name)[:-1]

    def shut_by(self, stage: Stage) -> tuple[str, ...]:
        """The gates that building ``stage`` shuts: all but those below it."""
        below = gates_of(self.below(stage))
        return tuple(gate for gate in gates_of(self.stages) if gate not in below)

    def gated_before(self, stage: Stage) -> Stage | None:
        """The nearest stage below that has a gate; ``None`` where none has."""
        return next((other for other in reversed(self.below(stage)) if other.gate), None)


def gates_of(stages: Sequence[Stage]) -> tuple[str, ...]:
    """The gates behind these stages, in their order."""
    return tuple(stage.gate for stage in stages if stage.gate)


def by_period(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Those of the stages that are built for each period."""
    return tuple(stage for stage in stages if stage.by_period)


PLAN = Plan(
    stages=(
        Stage(name="inputs", needs=None, by_period=False, gate="gate_1_inputs"),
        Stage(name="kpis", needs="inputs", by_period=False),
        Stage(name="facts", needs="kpis", gate="gate_2_facts"),
        Stage(name="evaluation", needs="facts", gate="gate_3_evaluation"),
        Stage(name="payout", needs="evaluation", gate="gate_4_payout"),
        Stage(name="review", needs="payout"),
        Stage(name="tracking", needs="facts"),
    ),
    last_of_closing="review",
    last_of_paying="payout",
    last_of_tracking="tracking",
    first_of_scoring="evaluation",
)
