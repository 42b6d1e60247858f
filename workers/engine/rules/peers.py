"""What others check, and which rule of ours answers it, or why none does.

squawk 2.70's default rules, Atlas's codes DS, MF, BC, CD, PG and TX, Supabase's splinter lints and
the checks of Prisma's own engine, each by its name there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PEERS: Mapping[str, Mapping[str, tuple[str, ...] | str]] = MappingProxyType(
    {
        "squawk": {
            "adding-field-with-default": ("table-rewrite",),
            "adding-foreign-key-constraint": ("constraint-scans-table",),
            "adding-not-nullable-field": ("column-made-required", "constraint-scans-table"),
            "adding-required-field": ("required-column-added",),
            "adding-serial-primary-key-field": ("unique-over-existing-rows", "table-rewrite"),
            "ban-alter-domain-with-add-constraint": ("constraint-scans-table",),
            "ban-alter-identity": "Changes how new numbers are made, and locks for an instant.",
            "ban-char-field": "A matter of taste; what blanks do to values is told on a cast.",
            "ban-concurrent-index-creation-in-transaction": ("concurrently-in-transaction",),
            "ban-create-domain-with-constraint": "A new domain is used by no table yet; the harm is"
            " done when it changes, which is told.",
            "ban-drop-column": ("column-dropped",),
            "ban-drop-constraint": ("constraint-dropped", "primary-key-dropped"),
            "ban-drop-database": ("table-dropped",),
            "ban-drop-default": "No row changes; Prisma drops defaults whenever a schema does.",
            "ban-drop-domain": ("column-dropped",),
            "ban-drop-extension": "PostgreSQL refuses it while something uses the extension.",
            "ban-drop-function": "PostgreSQL refuses it while a policy, trigger or default calls"
            " it.",
            "ban-drop-generated-expression": "The values stay, and the lock is short.",
            "ban-drop-not-null": "Loses nothing and locks for an instant.",
            "ban-drop-schema": ("table-dropped",),
            "ban-drop-sequence": "PostgreSQL refuses it while a column's default uses it.",
            "ban-drop-table": ("table-dropped",),
            "ban-drop-type": ("column-dropped",),
            "ban-drop-view": ("unseen-object-lost",),
            "ban-duplicate-column-assignments": ("migration-fails",),
            "ban-set-schema": ("rename-under-running-code",),
            "ban-truncate-cascade": ("rows-deleted",),
            "ban-uncommitted-transaction": ("transaction-left-open",),
            "changing-column-type": ("table-rewrite", "lossy-cast"),
            "constraint-missing-not-valid": (
                "constraint-scans-table",
                "validated-in-same-transaction",
            ),
            "disallowed-unique-constraint": ("unique-over-existing-rows", "index-blocks-writes"),
            "identifier-too-long": "The replay cuts names as PostgreSQL does, and compares those.",
            "prefer-bigint-over-int": "A matter of taste that a schema decides.",
            "prefer-bigint-over-smallint": "A matter of taste that a schema decides.",
            "prefer-identity": "A matter of taste that a schema decides.",
            "prefer-repack": ("table-rewrite",),
            "prefer-robust-stmts": "IF NOT EXISTS hides that a database is not what the history"
            " says, which is what Driftline looks for.",
            "prefer-text-field": "A matter of taste that a schema decides.",
            "prefer-timestamp-tz": "A matter of taste; Prisma's DateTime has no zone by default.",
            "renaming-column": ("rename-under-running-code",),
            "renaming-object": "The names of constraints and indexes are asked for by no running"
            " code; enum values are told.",
            "renaming-table": ("rename-under-running-code",),
            "require-concurrent-index-creation": ("index-blocks-writes",),
            "require-concurrent-index-deletion": ("index-drop-blocks",),
            "require-concurrent-partition-detach": ("table-locked",),
            "require-concurrent-reindex": ("table-locked",),
            "require-enum-value-ordering": "A new value at the end breaks nothing; the order that"
            " differs from the schema's is drift.",
            "require-lock-timeout": ("several-tables-locked",),
            "require-statement-timeout": "Whether a statement may take long is told statement by"
            " statement.",
            "require-timeout-settings": "An older name of the two before it.",
            "syntax-error": ("migration-fails",),
            "transaction-nesting": ("transaction-nested",),
            "unused-ignore": ("suppression-unused",),
        },
        "Atlas": {
            "DS101": ("table-dropped",),
            "DS102": ("table-dropped",),
            "DS103": ("column-dropped",),
            "MF101": ("unique-over-existing-rows",),
            "MF102": ("unique-over-existing-rows",),
            "MF103": ("required-column-added",),
            "MF104": ("column-made-required",),
            "BC101": ("rename-under-running-code",),
            "BC102": ("rename-under-running-code",),
            "CD101": ("constraint-dropped",),
            "CD102": ("constraint-dropped",),
            "CD103": ("primary-key-dropped", "primary-key-changed"),
            "PG101": ("index-blocks-writes",),
            "PG102": ("index-drop-blocks",),
            "PG103": ("concurrently-in-transaction",),
            "PG104": ("unique-over-existing-rows", "index-blocks-writes"),
            "PG105": ("unique-over-existing-rows", "index-blocks-writes"),
            "PG108": ("index-blocks-writes",),
            "PG109": ("constraint-scans-table",),
            "PG110": "Column order is the schema's affair; padding is not worth a finding.",
            "PG301": ("table-rewrite", "table-locked"),
            "PG302": ("table-rewrite",),
            "PG303": ("column-made-required", "constraint-scans-table"),
            "PG304": ("unique-over-existing-rows",),
            "PG305": ("constraint-scans-table",),
            "PG306": ("constraint-scans-table",),
            "PG307": ("table-rewrite",),
            "PG308": ("table-locked",),
            "PG309": ("table-rewrite",),
            "PG310": ("table-rewrite",),
            "PG311": ("table-rewrite",),
            "PG312": ("primary-key-changed",),
            "PG314": ("replica-identity-changed",),
            "PG320": ("autovacuum-off",),
            "TX101": ("concurrently-in-transaction", "enum-value-used-at-once"),
            "TX201": ("transaction-nested",),
        },
        "splinter": {
            "0001": ("foreign-key-without-index",),
            "0002": ("auth-users-exposed",),
            "0003": ("policy-calls-per-row",),
            "0004": ("primary-key-missing",),
            "0005": "Whether an index is used only a running database knows.",
            "0006": ("permissive-policies-overlap",),
            "0007": ("policy-without-row-level-security",),
            "0008": ("row-level-security-without-policy",),
            "0009": ("duplicate-index",),
            "0010": ("view-bypasses-row-level-security",),
            "0011": ("function-search-path-mutable",),
            "0012": "Whether anonymous users may sign in is a setting that no file holds.",
            "0013": ("row-level-security-missing",),
            "0014": ("extension-in-public",),
            "0015": ("policy-reads-user-metadata",),
            "0016": ("materialized-view-exposed",),
            "0017": ("foreign-table-exposed",),
            "0018": ("registry-type-column",),
            "0019": ("queue-exposed",),
            "0020": "How much of a table is dead rows only a running database knows.",
            "0021": ("foreign-key-to-auth-unique",),
            "0022": "Which version of an extension is installed only a running database knows.",
            "0023": ("sensitive-column-exposed",),
            "0024": ("policy-always-true",),
            "0025": ("storage-bucket-listable",),
            "0026": ("graphql-shows-tables",),
            "0027": ("graphql-shows-tables",),
            "0028": ("security-definer-exposed",),
            "0029": ("security-definer-exposed",),
        },
        "Prisma": {
            "NonEmptyTableDrop": ("table-dropped",),
            "NonEmptyColumnDrop": ("column-dropped",),
            "RiskyCast": ("lossy-cast",),
            "NotCastable": ("lossy-cast",),
            "DropAndRecreateColumn": ("column-dropped",),
            "DropAndRecreateRequiredColumn": ("column-dropped", "required-column-added"),
            "PrimaryKeyChange": ("primary-key-dropped", "primary-key-changed"),
            "UniqueConstraintAddition": ("unique-over-existing-rows",),
            "EnumValueRemoval": ("enum-value-removed",),
            "AddedRequiredFieldToTable": ("required-column-added",),
            "AddedRequiredFieldToTableWithPrismaLevelDefault": ("required-column-added",),
            "MadeOptionalFieldRequired": ("column-made-required",),
            "MadeScalarFieldIntoArrayField": ("lossy-cast",),
        },
    }
)


def answered_by(rule: str) -> tuple[str, ...]:
    """The rules of others that a rule of ours answers, as `squawk ban-drop-table`."""
    return tuple(
        f"{peer} {name}"
        for peer, names in PEERS.items()
        for name, answer in names.items()
        if isinstance(answer, tuple) and rule in answer
    )
