"""All rules, and who prepares the values that they are handed: the one place that lists both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

from workers.engine.rule import Catalogue, Rule
from workers.engine.rules.code import copied as code_copied
from workers.engine.rules.code import dropped as code_dropped
from workers.engine.rules.code import missing as code_missing
from workers.engine.rules.code import rawsql as code_rawsql
from workers.engine.rules.code import required as code_required
from workers.engine.rules.code import undeclared as code_undeclared
from workers.engine.rules.code import unserved as code_unserved
from workers.engine.rules.code.subjects import code_subjects
from workers.engine.rules.config import configuration, exemption, suppression
from workers.engine.rules.context import Context
from workers.engine.rules.data_loss import cast as loss_cast
from workers.engine.rules.data_loss import column as loss_column
from workers.engine.rules.data_loss import constraint as loss_constraint
from workers.engine.rules.data_loss import enum as loss_enum
from workers.engine.rules.data_loss import key as loss_key
from workers.engine.rules.data_loss import personal as loss_personal
from workers.engine.rules.data_loss import table as loss_table
from workers.engine.rules.data_loss import trigger as loss_trigger
from workers.engine.rules.drift import column as drift_column
from workers.engine.rules.drift import column_type as drift_column_type
from workers.engine.rules.drift import default as drift_default
from workers.engine.rules.drift import enum as drift_enum
from workers.engine.rules.drift import extension as drift_extension
from workers.engine.rules.drift import foreign_key as drift_foreign_key
from workers.engine.rules.drift import index as drift_index
from workers.engine.rules.drift import nullability as drift_nullability
from workers.engine.rules.drift import primary_key as drift_primary_key
from workers.engine.rules.drift import table as drift_table
from workers.engine.rules.environment import deployment as environment_deployment
from workers.engine.rules.environment import drift as environment_drift
from workers.engine.rules.environment import record as environment_record
from workers.engine.rules.environment import unread as environment_unread
from workers.engine.rules.history import (
    collide,
    copied,
    empty,
    failing,
    future,
    halves,
    landed,
    lock,
    naming,
    order,
    piecemeal,
    refused,
    repeatable,
    stray,
    transaction,
    twice,
    unrun,
)
from workers.engine.rules.history.prepare import history_subjects
from workers.engine.rules.index import duplicate, foreign_key
from workers.engine.rules.index import primary_key as index_primary_key
from workers.engine.rules.index import redundant as index_redundant
from workers.engine.rules.index import relation as index_relation
from workers.engine.rules.index.subjects import index_subjects
from workers.engine.rules.locking import backfill as lock_backfill
from workers.engine.rules.locking import constraint as lock_constraint
from workers.engine.rules.locking import index as lock_index
from workers.engine.rules.locking import json as lock_json
from workers.engine.rules.locking import pile as lock_pile
from workers.engine.rules.locking import rename as lock_rename
from workers.engine.rules.locking import rewrite as lock_rewrite
from workers.engine.rules.locking import transaction as lock_transaction
from workers.engine.rules.locking import upkeep as lock_upkeep
from workers.engine.rules.naming import column, model, table
from workers.engine.rules.naming import index as naming_index
from workers.engine.rules.naming.subjects import naming_subjects
from workers.engine.rules.security import (
    auth_reference,
    coverage,
    dangling,
    exposed,
    extension,
    function,
    overlap,
    policy,
    queue,
    row_level_security,
    storage,
    view,
)
from workers.engine.rules.security.exposure import exposure_subjects
from workers.engine.rules.security.subjects import security_subjects
from workers.engine.rules.statements import statement_subjects
from workers.engine.rules.unseen import blind_spot, changed, lost
from workers.engine.rules.unseen import declared as unseen_declared
from workers.engine.rules.unseen.difference import unseen_subjects
from workers.engine.rules.workflow import check as workflow_check
from workers.engine.rules.workflow import (
    deployment,
    development_command,
    environment,
    migration_name,
    push,
    resolve,
    schema_copy,
    schema_path,
)
from workers.engine.rules.workflow.subjects import workflow_subjects

Supplier = Callable[[Context], Iterable[object]]

MODULES: tuple[ModuleType, ...] = (
    code_copied,
    code_dropped,
    code_missing,
    code_rawsql,
    code_required,
    code_undeclared,
    code_unserved,
    auth_reference,
    coverage,
    dangling,
    exposed,
    extension,
    index_primary_key,
    index_redundant,
    index_relation,
    overlap,
    queue,
    storage,
    blind_spot,
    collide,
    changed,
    lost,
    column,
    configuration,
    copied,
    deployment,
    development_command,
    drift_column,
    drift_column_type,
    drift_default,
    drift_enum,
    drift_extension,
    drift_foreign_key,
    drift_index,
    drift_nullability,
    drift_primary_key,
    drift_table,
    duplicate,
    empty,
    environment,
    environment_deployment,
    environment_drift,
    environment_record,
    environment_unread,
    exemption,
    failing,
    foreign_key,
    function,
    future,
    halves,
    landed,
    lock,
    lock_backfill,
    lock_constraint,
    lock_index,
    lock_json,
    lock_pile,
    lock_rename,
    lock_rewrite,
    lock_transaction,
    lock_upkeep,
    loss_cast,
    loss_column,
    loss_constraint,
    loss_enum,
    loss_key,
    loss_personal,
    loss_table,
    loss_trigger,
    unseen_declared,
    migration_name,
    model,
    naming,
    naming_index,
    order,
    piecemeal,
    policy,
    push,
    refused,
    repeatable,
    resolve,
    row_level_security,
    schema_copy,
    schema_path,
    stray,
    suppression,
    table,
    transaction,
    twice,
    unrun,
    view,
    workflow_check,
)
"""The modules of the rules; every `Rule` in them counts."""

OF_PAIR: tuple[Supplier, ...] = (
    history_subjects,
    unseen_subjects,
    naming_subjects,
    index_subjects,
    statement_subjects,
    code_subjects,
)
"""Asked once for each schema and its migrations."""

OF_DATABASE: tuple[Supplier, ...] = (security_subjects, exposure_subjects)
"""Asked once for each database: their context's `replay` is what all runners make together."""

OF_REPOSITORY: tuple[Supplier, ...] = (workflow_subjects, schema_copy.schema_copies)
"""Asked once for the repository, with the context of its first pair."""


def _rules() -> Iterator[Rule]:
    for module in MODULES:
        for value in vars(module).values():
            if isinstance(value, Rule):
                yield value


CATALOGUE = Catalogue(_rules())
