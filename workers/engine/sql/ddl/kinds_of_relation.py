"""Which statement takes which kind of relation.

Follows ATSimplePermissions and RangeVarCallbackForAlterRelation of
src/backend/commands/tablecmds.c.
"""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_WORDS = {
    "OBJECT_VIEW": ("view", "a view"),
    "OBJECT_MATVIEW": ("matview", "a materialized view"),
    "OBJECT_SEQUENCE": ("sequence", "a sequence"),
}

_ALLOWED = {
    "AT_AddColumn": "composite type",
    "AT_ColumnDefault": "view",
    "AT_AddIdentity": "view",
    "AT_SetIdentity": "view",
    "AT_DropIdentity": "view",
    "AT_DropNotNull": "",
    "AT_SetNotNull": "",
    "AT_SetStatistics": "matview index",
    "AT_SetOptions": "matview",
    "AT_ResetOptions": "matview",
    "AT_SetStorage": "matview",
    "AT_DropColumn": "composite type",
    "AT_AddConstraint": "",
    "AT_DropConstraint": "",
    "AT_AlterColumnType": "composite type",
    "AT_SetRelOptions": "view matview index",
    "AT_ResetRelOptions": "view matview index",
    "AT_AddInherit": "",
    "AT_DropInherit": "",
    "AT_EnableTrig": "",
    "AT_DisableTrig": "",
    "AT_EnableRowSecurity": "",
    "AT_DisableRowSecurity": "",
    "AT_ForceRowSecurity": "",
    "AT_NoForceRowSecurity": "",
    "AT_ReplicaIdentity": "matview",
    "AT_ValidateConstraint": "",
    "AT_AlterConstraint": "",
}
"""The kinds beside tables that take an action, of those that not all kinds take."""


def kind_of(run: Run, name: QualifiedName) -> str:
    """The kind of a relation, "view" and "matview" apart; empty where there is none."""
    view = run.state.schema.views.get(name)
    return view.kind if view is not None else run.state.relation_kind(name) or ""


def refuse_other_kind(run: Run, name: QualifiedName, wanted: str) -> None:
    """ALTER VIEW and its like take their own kind alone; ALTER TABLE and ALTER INDEX take all."""
    kind, shown = _WORDS.get(wanted, ("", ""))
    if kind and kind_of(run, name) != kind:
        raise RefusedError("42809", f'"{name.name}" is not {shown}')


def refuse_actions(run: Run, name: QualifiedName, node: Node) -> None:
    """Refuse ALTER TABLE's actions on what is no table."""
    refuse_other_kind(run, name, node.get("objtype", ""))
    kind = kind_of(run, name)
    for one in node.get("cmds", ()):
        action = one["AlterTableCmd"]["subtype"]
        allowed = _ALLOWED.get(action)
        if allowed is not None and kind and kind not in allowed:
            what = f'ALTER action {action[3:]} cannot be performed on relation "{name.name}"'
            raise RefusedError("42809", what)
