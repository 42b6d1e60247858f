"""Which handler takes which kind of statement.

A handler's module is loaded with the first statement of its kind: most histories need a few.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import ExtensionsOwnError, RefusedError, UnknowableError
from workers.engine.sql.run import Handler, Run


def _select(run: Run, fields: Node) -> None:
    from workers.engine.sql.ddl import data

    data.select(run, fields)
    if run.state.hidden.overloads:
        from workers.engine.sql.plpgsql import statements

        statements.run_calls(run, fields)


HANDLERS: dict[str, str] = {
    "AlterCollationStmt": "named.alter_collation",
    "AlterDatabaseSetStmt": "settings.alter_setting",
    "AlterDefaultPrivilegesStmt": "grants.default_privileges",
    "AlterDomainStmt": "types.alter_domain",
    "AlterEnumStmt": "enums.alter_enum",
    "AlterEventTrigStmt": "event_triggers.alter",
    "AlterExtensionContentsStmt": "schemas.alter_extension",
    "AlterExtensionStmt": "schemas.alter_extension",
    "AlterFunctionStmt": "functions.alter_function",
    "AlterObjectSchemaStmt": "placing.set_schema",
    "AlterOwnerStmt": "placing.set_owner",
    "AlterPolicyStmt": "policies.alter_policy",
    "AlterPublicationStmt": "schemas.alter_publication",
    "AlterRoleSetStmt": "schemas.alter_role",
    "AlterRoleStmt": "schemas.alter_role",
    "AlterSeqStmt": "sequences.alter_sequence",
    "AlterStatsStmt": "statistics_objects.alter",
    "AlterTSConfigurationStmt": "named.alter_configuration",
    "AlterTSDictionaryStmt": "named.alter_dictionary",
    "AlterTableStmt": "alter.alter_table",
    "ClusterStmt": "maintenance.cluster",
    "CommentStmt": "comments.comment",
    "CompositeTypeStmt": "types.create_composite",
    "CopyStmt": "data.copy",
    "CreateCastStmt": "casts.create",
    "CreateConversionStmt": "named.create_conversion",
    "CreateDomainStmt": "types.create_domain",
    "CreateEnumStmt": "enums.create_enum",
    "CreateEventTrigStmt": "event_triggers.create",
    "CreateExtensionStmt": "schemas.create_extension",
    "CreateForeignServerStmt": "foreign_data.create_server",
    "CreateForeignTableStmt": "tables.create_foreign_table",
    "CreateFunctionStmt": "functions.create_function",
    "CreatePolicyStmt": "policies.create_policy",
    "CreatePublicationStmt": "schemas.create_publication",
    "CreateRangeStmt": "types.create_range",
    "CreateRoleStmt": "schemas.create_role",
    "CreateSchemaStmt": "schemas.create_schema",
    "CreateSeqStmt": "sequences.create_sequence",
    "CreateStatsStmt": "statistics_objects.create",
    "CreateStmt": "tables.create_table",
    "CreateTableAsStmt": "views.create_table_as",
    "CreateTrigStmt": "triggers.create_trigger",
    "DeallocateStmt": "prepared.need",
    "DeclareCursorStmt": "data.read_only",
    "DefineStmt": "types.define",
    "DeleteStmt": "data.delete",
    "DropRoleStmt": "schemas.drop_role",
    "DropStmt": "drops.drop",
    "ExplainStmt": "data.read_only",
    "GrantRoleStmt": "grants.grant_role",
    "GrantStmt": "grants.grant",
    "ImportForeignSchemaStmt": "foreign_data.import_schema",
    "IndexStmt": "indexes.create_index",
    "InsertStmt": "data.insert",
    "LockStmt": "data.lock",
    "MergeStmt": "data.merge",
    "ReindexStmt": "maintenance.reindex",
    "PrepareStmt": "prepared.prepare",
    "RefreshMatViewStmt": "views.refresh",
    "RenameStmt": "renames.rename",
    "RuleStmt": "rules.create_rule",
    "TruncateStmt": "data.truncate",
    "UpdateStmt": "data.update_rows",
    "VacuumStmt": "maintenance.vacuum",
    "VariableSetStmt": "settings.set_variable",
    "VariableShowStmt": "settings.show_variable",
    "ViewStmt": "views.create_view",
}

_WITHOUT_EFFECT = frozenset(
    """
    AlterDatabaseRefreshCollStmt AlterDatabaseStmt
    AlterFdwStmt
    AlterForeignServerStmt AlterObjectDependsStmt AlterOpFamilyStmt AlterOperatorStmt
    AlterSubscriptionStmt AlterSystemStmt
    AlterTableMoveAllStmt AlterTableSpaceOptionsStmt AlterTypeStmt
    AlterUserMappingStmt CheckPointStmt ConstraintsSetStmt CreateAmStmt
    CreateFdwStmt
    CreateOpClassStmt CreateOpFamilyStmt CreatePLangStmt CreateSubscriptionStmt
    CreateTableSpaceStmt CreateTransformStmt CreateUserMappingStmt CreatedbStmt
    DiscardStmt DropOwnedStmt DropSubscriptionStmt DropTableSpaceStmt DropUserMappingStmt
    DropdbStmt FetchStmt ListenStmt LoadStmt NotifyStmt
    ReassignOwnedStmt SecLabelStmt UnlistenStmt
    ClosePortalStmt
    """.split()  # noqa: SIM905
)

_ALONE = {
    "AlterSystemStmt": "ALTER SYSTEM",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "CreatedbStmt": "CREATE DATABASE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
    "DropdbStmt": "DROP DATABASE",
}
"""What no transaction takes."""

_OF_ITS_SHAPE = frozenset({"CreateStmt", "CreateTableAsStmt", "ViewStmt"})
"""What makes something after a relation that it names."""


_FIRING = {
    "CreateStmt": "CREATE TABLE",
    "CreateTableAsStmt": "CREATE TABLE AS",
    "SelectStmt": "SELECT INTO",
}
"""What makes tables, with the tag that event triggers know it by."""


@cache
def handler_of(kind: str) -> Handler | None:
    """The handler of a kind of statement, or None."""
    if kind == "SelectStmt":
        return _select
    module, _, name = HANDLERS.get(kind, "").partition(".")
    if not name:
        return None
    found: Handler = getattr(import_module(f"workers.engine.sql.ddl.{module}"), name)
    return found


def perform(run: Run, kind: str, fields: Node) -> None:
    """Carry out one statement on the state; raises RefusedError."""
    handler = handler_of(kind)
    if kind in _ALONE and run.in_block:
        what = f"{_ALONE[kind]} cannot run inside a transaction block"
        raise RefusedError("25001", what)
    if handler is not None:
        _handle(handler, run, kind, fields)
        if kind in _FIRING and run.state.hidden.event_triggers:
            _fire(run, kind, fields)
    elif kind in ("DoStmt", "CallStmt", "ExecuteStmt"):
        _run_code(run, kind, fields)
    elif kind not in _WITHOUT_EFFECT:
        run.note("statement-unread", f"A statement of the kind {kind} was not read.")


def _fire(run: Run, kind: str, fields: Node) -> None:
    from workers.engine.sql.ddl import event_triggers

    into = fields.get("into") or fields.get("intoClause") or {}
    made = fields.get("relation") or into.get("rel")
    if made and fields.get("objtype", "OBJECT_TABLE") == "OBJECT_TABLE":
        event_triggers.fire(run, _FIRING[kind], made)


def _handle(handler: Handler, run: Run, kind: str, fields: Node) -> None:
    try:
        handler(run, fields)
    except ExtensionsOwnError as relation:
        if kind in _OF_ITS_SHAPE:
            message = f"This takes after `{relation}`, which an extension makes."
            raise UnknowableError(message) from None


def _run_code(run: Run, kind: str, fields: Node) -> None:
    from workers.engine.sql import blocks

    if kind == "DoStmt":
        blocks.run(run, fields)
    elif kind == "CallStmt":
        blocks.call(run, fields)
    else:
        from workers.engine.sql.ddl import prepared

        prepared.need(run, fields)
        run.note("code-not-run", "What this statement runs is not known without running it.")
