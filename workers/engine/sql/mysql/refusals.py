"""What MySQL 8 says when it refuses a statement.

Numbers and sentences: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

from __future__ import annotations

from msgspec import Struct

from workers.engine.sql.reader import Reader, RefusedStatement


class Refusal(Struct, frozen=True):
    """A number, and its sentence with `{}` where the names go; called with the names."""

    code: str
    sentence: str

    def __call__(self, *names: str) -> RefusedStatement:
        """The refusal of a statement over these names."""
        return RefusedStatement(self.code, self.sentence.format(*names))


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


table_exists = Refusal("1050", "Table '{}' already exists")
no_table = Refusal("1146", "Table '{}' doesn't exist")
"""1146, or 1051 where it was to be dropped."""
unknown_table = Refusal("1051", "Unknown table '{}'")
column_exists = Refusal("1060", "Duplicate column name '{}'")
no_column = Refusal("1054", "Unknown column '{}' in '{}'")
index_exists = Refusal("1061", "Duplicate key name '{}'")
no_key_column = Refusal("1072", "Key column '{}' doesn't exist in table")
nothing_to_drop = Refusal("1091", "Can't DROP '{}'; check that column/key exists")
no_index = Refusal("1176", "Key '{}' doesn't exist in table '{}'")
two_primary_keys = Refusal("1068", "Multiple primary key defined")
null_in_primary_key = Refusal(
    "1171",
    "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE instead",
)
blob_default = Refusal(
    "1101",
    "BLOB, TEXT, GEOMETRY or JSON column '{}' can't have a default value",
)
blob_key = Refusal("1170", "BLOB/TEXT column '{}' used in key specification without a key length")
key_too_long = Refusal("1071", "Specified key was too long; max key length is 3072 bytes")
auto_column_without_key = Refusal(
    "1075",
    "Incorrect table definition; there can be only one auto column and it must be defined as a key",
)
name_too_long = Refusal("1059", "Identifier name '{}' is too long")
key_exists = Refusal("1826", "Duplicate foreign key constraint name '{}'")
no_parent_table = Refusal("1824", "Failed to open the referenced table '{}'")
no_parent_column = Refusal(
    "3734",
    "Failed to add the foreign key constraint. Missing column '{}' for constraint '{}' in the"
    " referenced table '{}'",
)
no_parent_index = Refusal(
    "1822",
    "Failed to add the foreign key constraint. Missing index for constraint '{}' in the "
    "referenced table '{}'",
)
incompatible = Refusal(
    "3780",
    "Referencing column '{}' and referenced column '{}' in foreign key constraint '{}' are "
    "incompatible.",
)
set_null_on_required = Refusal(
    "1830",
    "Column '{}' cannot be NOT NULL: needed in a foreign key constraint '{}' SET NULL",
)
column_in_key = Refusal("1828", "Cannot drop column '{}': needed in a foreign key constraint '{}'")
column_in_others_key = Refusal(
    "1829",
    "Cannot drop column '{}': needed in a foreign key constraint '{}' of table '{}'",
)
retyped_in_key = Refusal("1832", "Cannot change column '{}': used in a foreign key constraint '{}'")
retyped_in_others_key = Refusal(
    "1833",
    "Cannot change column '{}': used in a foreign key constraint '{}' of table '{}'",
)
index_in_key = Refusal("1553", "Cannot drop index '{}': needed in a foreign key constraint")
table_in_key = Refusal(
    "3730",
    "Cannot drop table '{}' referenced by a foreign key constraint '{}' on table '{}'.",
)
