"""Columns that name a person, in a table that is said to hold nothing personal.

What it means
    The configuration names tables that hold nothing personal (`non-personal-tables`), and one of
    them has a column such as `userId` or `email`.

Why it matters
    What is not personal is copied to other places, kept for ever, shown to more people. A single
    column that ties a row to a person makes all of it personal data, also what was copied before.

Example
    non-personal-tables: [feature_events]
    with `ALTER TABLE feature_events ADD COLUMN user_id uuid;`

Fix
    Leave the column out; tie the rows to something that is nobody, such as a day or a region; or
    take the table off the list, and treat it as the others are treated.

When to ignore it
    Where the column names no person: list what does under `personal-columns`.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.exemption import is_like
from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName
from workers.engine.settings import Settings
from workers.engine.source import Origin

personal_column = Rule(
    "personal-column", family="data-loss", severity=Severity.WARNING, since="0.1"
)

_PERSONAL = frozenset(
    {
        *("userid", "user", "accountid", "customerid", "patientid", "memberid", "personid"),
        *("authorid", "ownerid", "email", "emailaddress", "phone", "phonenumber", "mobile"),
        *("firstname", "lastname", "fullname", "surname", "birthdate", "dateofbirth", "dob"),
        *("ssn", "address", "street", "ip", "ipaddress", "deviceid", "passport", "taxid"),
    }
)
"""Names of columns without underscores and in small letters."""


@personal_column.on(Context)
def check(context: Context, _: Context) -> Iterator[Finding]:
    """Every such column of the tables that the configuration names."""
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    if not settings.non_personal_tables:
        return
    for table, column, origin in _columns(context, settings):
        if not _is_personal(column, settings):
            continue
        yield personal_column.finding(
            subject=f"{table}.{column}",
            origin=origin,
            message=(
                f"`{table.name}` is said to hold nothing personal (`non-personal-tables`), and its"
                f" column `{column}` names a person."
            ),
            remedy="Leave the column out, or take the table off the list.",
        )


def _columns(context: Context, settings: Settings) -> Iterator[tuple[QualifiedName, str, Origin]]:
    """The columns of the tables that are listed, declared or replayed, each once."""
    tables = context.declared.tables | context.replayed.tables
    for name in tables:
        model = context.model_of(name)
        words = (str(name), name.name, model.name if model is not None else name.name)
        if not any(is_like(word, one) for word in words for one in settings.non_personal_tables):
            continue
        declared = context.declared.tables.get(name)
        replayed = context.replayed.tables.get(name)
        seen = set()
        for table in (declared, replayed):
            for column in table.columns if table is not None else ():
                if column.name not in seen:
                    seen.add(column.name)
                    history = column.history or (table.history if table is not None else ())
                    yield name, column.name, context.place(history[:1])


def _is_personal(column: str, settings: Settings) -> bool:
    if settings.personal_columns:
        return any(is_like(column, one) for one in settings.personal_columns)
    return column.replace("_", "").lower() in _PERSONAL
