"""Somebody who looks on while migrations run on MySQL or SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql.reader import Reader
from workers.engine.sql.replay import Migration

Tables = Mapping[QualifiedName, Table]


class Onlooker(Protocol):
    """Is shown each statement that was not refused, with the tables before and after it."""

    def ran(
        self, migration: Migration, origin: Origin, statement: Reader, before: Tables, after: Tables
    ) -> None:
        """One statement has run; `statement` stands at its first token."""
