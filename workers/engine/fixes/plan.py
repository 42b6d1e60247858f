"""The whole plan: every step for every change, in the order that PostgreSQL accepts, in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.fixes.columns import column_steps
from workers.engine.fixes.enums import enum_steps
from workers.engine.fixes.indexes import index_steps
from workers.engine.fixes.keys import key_steps
from workers.engine.fixes.policies import policy_steps
from workers.engine.fixes.renames import rename_steps
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.fixes.tables import table_steps
from workers.engine.fixes.types import type_steps
from workers.engine.fixes.written import written

_EARLY = frozenset((Stage.SCHEMA, Stage.RENAME_TYPE, Stage.ADD_VALUE))
"""Stages that stand before the file in which new enum values are used, with what they need."""
_MAKERS = (
    table_steps,
    rename_steps,
    enum_steps,
    column_steps,
    type_steps,
    policy_steps,
    key_steps,
    index_steps,
)


class Part(Struct, frozen=True):
    """The steps of one migration file; `name` tells the files of a plan apart."""

    name: str
    steps: tuple[Step, ...]
    reason: str = ""
    """Why these steps stand in a file of their own."""


def plan(work: Work) -> tuple[Step, ...]:
    """Every step that the changes ask for, each once, in order."""
    found = [step for make in _MAKERS for step in make(work)]
    return ordered(found)


def ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps by stage and rank, in the order in which they were made; none twice."""
    seen: set[str] = set()
    kept = []
    for step in sorted(steps, key=lambda step: (step.stage, step.rank)):
        text = written(step.statement)
        key = f"{step.stage}:{text}"
        if key not in seen:
            seen.add(key)
            kept.append(step)
    return tuple(kept)


def parts(steps: Iterable[Step], work: Work) -> tuple[Part, ...]:
    """The files: what adds, what would break the code that runs today, what takes its own time.

    New enum values stand alone where a later step uses them in the same transaction; VALIDATE
    apart from what it validates, so that the lock is short; each concurrent index alone where a
    file is one transaction.
    """
    uses_values = _uses_new_values(steps)
    breaking = {step.subject for step in steps if step.breaks and step.stage >= Stage.REQUIRE}
    bins: dict[str, list[Step]] = {}
    for step in steps:
        bins.setdefault(_bin(step, breaking, uses_values=uses_values), []).append(step)
    return tuple(_files(bins, work))


def _bin(step: Step, breaking: set[str], *, uses_values: bool) -> str:
    if step.stage is Stage.CONCURRENT:
        return "apart"
    if step.stage is Stage.VALIDATE:
        return "checks"
    if _is_contract(step, breaking):
        return "contract"
    is_early = step.stage in _EARLY
    return "values" if is_early and uses_values else "whole"


def _is_contract(step: Step, breaking: set[str]) -> bool:
    """Whether the step waits until today's code runs nowhere: it breaks that, or prepares it."""
    is_late = step.breaks and step.stage >= Stage.REQUIRE
    return bool(is_late) or (step.stage is Stage.CHECK and step.subject in breaking)


def _files(bins: dict[str, list[Step]], work: Work) -> Iterator[Part]:
    contract, apart = bins.get("contract", ()), bins.get("apart", ())
    if values := bins.get("values"):
        yield Part("values", tuple(values), "PostgreSQL lets no transaction use a value it adds.")
    if whole := bins.get("whole"):
        yield Part("expand" if contract else "", tuple(whole))
    if contract:
        why = "; ".join(dict.fromkeys(f"{step.subject}: {step.breaks}" for step in contract))
        yield Part(
            "contract",
            tuple(contract),
            f"To be deployed when the code of today runs nowhere any more ({why}).",
        )
    if checks := bins.get("checks"):
        why = "Rows are checked here without a lock that stops reading or writing."
        yield Part("validate", tuple(checks), why)
    if apart and not work.house.is_one_transaction:
        yield Part("indexes", tuple(apart), "CONCURRENTLY runs in no transaction.")
        return
    for number, step in enumerate(apart, 1):
        name = "index" if len(apart) == 1 else f"index_{number}"
        yield Part(name, (step,), "CONCURRENTLY runs in no transaction, so it stands alone.")


def _uses_new_values(steps: Iterable[Step]) -> bool:
    """Whether a value that is added is named by a step behind it."""
    added = set()
    for step in steps:
        if step.stage is Stage.ADD_VALUE:
            added.add(step.statement.fields["newVal"])
        elif added and added & set(_texts(step.statement.fields)):
            return True
    return False


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str):
        yield node
