"""What MySQL 8 says when it refuses a statement.

Numbers and sentences: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

from __future__ import annotations

from workers.engine.sql.reader import Reader, RefusedStatement


def syntax(near: str, line: int) -> RefusedStatement:
    """1064."""
    return RefusedStatement(
        "1064",
        "You have an error in your SQL syntax; check the manual that corresponds to your MySQL "
        f"server version for the right syntax to use near '{' '.join(near.split())}' at line "
        f"{line}",
    )


def syntax_at(reader: Reader) -> RefusedStatement:
    """1064 at the next token."""
    start = reader.tokens[0].start if reader.tokens else 0
    token = reader.current
    at = token.start if token is not None else start
    return syntax(reader.near(), reader.text.count("\n", start, at) + 1)


def table_exists(name: str) -> RefusedStatement:
    """1050."""
    return RefusedStatement("1050", f"Table '{name}' already exists")


def no_table(name: str) -> RefusedStatement:
    """1146, or 1051 where it was to be dropped."""
    return RefusedStatement("1146", f"Table '{name}' doesn't exist")


def unknown_table(name: str) -> RefusedStatement:
    """1051."""
    return RefusedStatement("1051", f"Unknown table '{name}'")


def column_exists(name: str) -> RefusedStatement:
    """1060."""
    return RefusedStatement("1060", f"Duplicate column name '{name}'")


def no_column(name: str, table: str) -> RefusedStatement:
    """1054."""
    return RefusedStatement("1054", f"Unknown column '{name}' in '{table}'")


def index_exists(name: str) -> RefusedStatement:
    """1061."""
    return RefusedStatement("1061", f"Duplicate key name '{name}'")


def no_key_column(name: str) -> RefusedStatement:
    """1072."""
    return RefusedStatement("1072", f"Key column '{name}' doesn't exist in table")


def nothing_to_drop(name: str) -> RefusedStatement:
    """1091."""
    return RefusedStatement("1091", f"Can't DROP '{name}'; check that column/key exists")


def no_index(name: str, table: str) -> RefusedStatement:
    """1176."""
    return RefusedStatement("1176", f"Key '{name}' doesn't exist in table '{table}'")


def two_primary_keys() -> RefusedStatement:
    """1068."""
    return RefusedStatement("1068", "Multiple primary key defined")


def null_in_primary_key() -> RefusedStatement:
    """1171."""
    return RefusedStatement(
        "1171",
        "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE "
        "instead",
    )


def blob_default(name: str) -> RefusedStatement:
    """1101."""
    return RefusedStatement(
        "1101", f"BLOB, TEXT, GEOMETRY or JSON column '{name}' can't have a default value"
    )


def blob_key(name: str) -> RefusedStatement:
    """1170."""
    return RefusedStatement(
        "1170",
        f"BLOB/TEXT column '{name}' used in key specification without a key length",
    )


def key_too_long() -> RefusedStatement:
    """1071."""
    return RefusedStatement("1071", "Specified key was too long; max key length is 3072 bytes")


def auto_column_without_key() -> RefusedStatement:
    """1075."""
    return RefusedStatement(
        "1075",
        "Incorrect table definition; there can be only one auto column and it must be defined as "
        "a key",
    )


def name_too_long(name: str) -> RefusedStatement:
    """1059."""
    return RefusedStatement("1059", f"Identifier name '{name}' is too long")


def key_exists(name: str) -> RefusedStatement:
    """1826."""
    return RefusedStatement("1826", f"Duplicate foreign key constraint name '{name}'")


def no_parent_table(name: str) -> RefusedStatement:
    """1824."""
    return RefusedStatement("1824", f"Failed to open the referenced table '{name}'")


def no_parent_column(column: str, key: str, table: str) -> RefusedStatement:
    """3734."""
    return RefusedStatement(
        "3734",
        f"Failed to add the foreign key constraint. Missing column '{column}' for constraint "
        f"'{key}' in the referenced table '{table}'",
    )


def no_parent_index(key: str, table: str) -> RefusedStatement:
    """1822."""
    return RefusedStatement(
        "1822",
        f"Failed to add the foreign key constraint. Missing index for constraint '{key}' in the "
        f"referenced table '{table}'",
    )


def incompatible(column: str, other: str, key: str) -> RefusedStatement:
    """3780."""
    return RefusedStatement(
        "3780",
        f"Referencing column '{column}' and referenced column '{other}' in foreign key constraint "
        f"'{key}' are incompatible.",
    )


def set_null_on_required(column: str, key: str) -> RefusedStatement:
    """1830."""
    return RefusedStatement(
        "1830",
        f"Column '{column}' cannot be NOT NULL: needed in a foreign key constraint '{key}' SET "
        "NULL",
    )


def column_in_key(column: str, key: str) -> RefusedStatement:
    """1828."""
    return RefusedStatement(
        "1828", f"Cannot drop column '{column}': needed in a foreign key constraint '{key}'"
    )


def column_in_others_key(column: str, key: str, table: str) -> RefusedStatement:
    """1829."""
    return RefusedStatement(
        "1829",
        f"Cannot drop column '{column}': needed in a foreign key constraint '{key}' of table "
        f"'{table}'",
    )


def retyped_in_key(column: str, key: str) -> RefusedStatement:
    """1832."""
    return RefusedStatement(
        "1832", f"Cannot change column '{column}': used in a foreign key constraint '{key}'"
    )


def retyped_in_others_key(column: str, key: str, table: str) -> RefusedStatement:
    """1833."""
    return RefusedStatement(
        "1833",
        f"Cannot change column '{column}': used in a foreign key constraint '{key}' of table "
        f"'{table}'",
    )


def index_in_key(name: str) -> RefusedStatement:
    """1553."""
    return RefusedStatement(
        "1553", f"Cannot drop index '{name}': needed in a foreign key constraint"
    )


def table_in_key(name: str, key: str, other: str) -> RefusedStatement:
    """3730."""
    return RefusedStatement(
        "3730",
        f"Cannot drop table '{name}' referenced by a foreign key constraint '{key}' on table "
        f"'{other}'.",
    )
