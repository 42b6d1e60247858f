"""The column types that Prisma gives its scalars, and those that `@db.*` names, per provider.

PostgreSQL's are spelled as `format_type` spells them without modifiers; the other databases' in
small letters, as their own catalogues have them (`int unsigned`, `datetime2`).
Tables: https://www.prisma.io/docs/orm/reference/prisma-schema-reference#model-field-scalar-types
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from workers.engine.schema.model import Provider, SqlType

SCALARS = frozenset(
    ("String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes")
)

_Native = tuple[str, tuple[str, ...]]


class Natives(Struct, frozen=True):
    """A provider's types: the default of each scalar, and each `@db.*` by name.

    A native's arguments stand for those that are left out in the schema. `takes` says how many
    arguments a native has at most; one that is not in it has none.
    """

    scalars: Mapping[str, _Native]
    natives: Mapping[str, _Native]
    takes: Mapping[str, int] = field(default_factory=dict)

    def scalar(self, name: str) -> SqlType:
        """The column type of a scalar without `@db.*`."""
        spelled, arguments = self.scalars[name]
        return SqlType(spelled, arguments)

    def native(self, name: str, arguments: tuple[str, ...]) -> SqlType | None:
        """The column type of `@db.Name(arguments)`, or None if the provider has no such type."""
        found = self.natives.get(name)
        if found is None:
            return None
        spelled, defaults = found
        most = self.takes.get(name, 0)
        given = arguments[:most] or defaults
        if spelled in ("numeric", "decimal") and len(given) == 1:
            given = (given[0], "0")
        return SqlType(spelled, given)


def _plain(pairs: str) -> dict[str, _Native]:
    """Natives without arguments, from lines `Name: spelled`."""
    split = (line.partition(":") for line in pairs.strip().splitlines())
    return {name.strip(): (spelled.strip(), ()) for name, _, spelled in split}


_POSTGRESQL = Natives(
    scalars={
        "String": ("text", ()),
        "Boolean": ("boolean", ()),
        "Int": ("integer", ()),
        "BigInt": ("bigint", ()),
        "Float": ("double precision", ()),
        "Decimal": ("numeric", ("65", "30")),
        "DateTime": ("timestamp without time zone", ("3",)),
        "Json": ("jsonb", ()),
        "Bytes": ("bytea", ()),
    },
    natives=_plain(
        """
        SmallInt: smallint
        Integer: integer
        BigInt: bigint
        Decimal: numeric
        Numeric: numeric
        Money: money
        Inet: inet
        Oid: oid
        Citext: citext
        Real: real
        DoublePrecision: double precision
        VarChar: character varying
        Text: text
        ByteA: bytea
        Timestamp: timestamp without time zone
        Timestamptz: timestamp with time zone
        Date: date
        Time: time without time zone
        Timetz: time with time zone
        Boolean: boolean
        VarBit: bit varying
        Uuid: uuid
        Xml: xml
        Json: json
        JsonB: jsonb
        """
    )
    | {"Char": ("character", ("1",)), "Bit": ("bit", ("1",))},
    takes={
        "Decimal": 2,
        "Numeric": 2,
        **dict.fromkeys(("VarChar", "Char", "Timestamp", "Timestamptz", "Time", "Timetz"), 1),
        **dict.fromkeys(("Bit", "VarBit"), 1),
    },
)

_COCKROACHDB = Natives(
    scalars=_POSTGRESQL.scalars,
    natives=_plain(
        """
        Bool: boolean
        Bytes: bytea
        Date: date
        Decimal: numeric
        Float4: real
        Float8: double precision
        Inet: inet
        Int2: smallint
        Int4: integer
        Int8: bigint
        JsonB: jsonb
        Oid: oid
        CatalogSingleChar: "char"
        String: text
        Time: time without time zone
        Timestamp: timestamp without time zone
        Timestamptz: timestamp with time zone
        Timetz: time with time zone
        Uuid: uuid
        VarBit: bit varying
        """
    )
    | {"Char": ("character", ("1",)), "Bit": ("bit", ("1",))},
    takes={
        "Decimal": 2,
        **dict.fromkeys(("Bit", "Char", "String", "Time", "Timestamp", "Timestamptz"), 1),
        **dict.fromkeys(("Timetz", "VarBit"), 1),
    },
)

_MYSQL = Natives(
    scalars={
        "String": ("varchar", ("191",)),
        "Boolean": ("tinyint", ("1",)),
        "Int": ("int", ()),
        "BigInt": ("bigint", ()),
        "Float": ("double", ()),
        "Decimal": ("decimal", ("65", "30")),
        "DateTime": ("datetime", ("3",)),
        "Json": ("json", ()),
        "Bytes": ("longblob", ()),
    },
    natives=_plain(
        """
        Int: int
        UnsignedInt: int unsigned
        SmallInt: smallint
        UnsignedSmallInt: smallint unsigned
        TinyInt: tinyint
        UnsignedTinyInt: tinyint unsigned
        MediumInt: mediumint
        UnsignedMediumInt: mediumint unsigned
        BigInt: bigint
        UnsignedBigInt: bigint unsigned
        Float: float
        Double: double
        Bit: bit
        Char: char
        VarChar: varchar
        Binary: binary
        VarBinary: varbinary
        TinyBlob: tinyblob
        Blob: blob
        MediumBlob: mediumblob
        LongBlob: longblob
        TinyText: tinytext
        Text: text
        MediumText: mediumtext
        LongText: longtext
        Date: date
        DateTime: datetime
        Timestamp: timestamp
        Year: year
        Json: json
        """
    )
    | {"Decimal": ("decimal", ()), "Time": ("time", ("0",))},
    takes={
        "Decimal": 2,
        **dict.fromkeys(("Bit", "Char", "VarChar", "Binary", "VarBinary"), 1),
        **dict.fromkeys(("Time", "DateTime", "Timestamp"), 1),
    },
)

_SQLITE = Natives(
    scalars={
        "String": ("text", ()),
        "Boolean": ("boolean", ()),
        "Int": ("integer", ()),
        "BigInt": ("bigint", ()),
        "Float": ("real", ()),
        "Decimal": ("decimal", ()),
        "DateTime": ("datetime", ()),
        "Json": ("jsonb", ()),
        "Bytes": ("blob", ()),
    },
    natives={},
)

_SQLSERVER = Natives(
    scalars={
        "String": ("nvarchar", ("1000",)),
        "Boolean": ("bit", ()),
        "Int": ("int", ()),
        "BigInt": ("bigint", ()),
        "Float": ("float", ("53",)),
        "Decimal": ("decimal", ("32", "16")),
        "DateTime": ("datetime2", ()),
        "Json": ("nvarchar", ("1000",)),
        "Bytes": ("varbinary", ("max",)),
    },
    natives={
        name: (name.lower(), ())
        for name in (
            *("TinyInt", "SmallInt", "Int", "BigInt", "Money", "SmallMoney", "Bit", "Float"),
            *("Real", "Date", "Time", "DateTime", "DateTime2", "DateTimeOffset", "SmallDateTime"),
            *("Char", "NChar", "VarChar", "Text", "NVarChar", "NText", "Binary", "VarBinary"),
            *("Image", "Xml", "UniqueIdentifier"),
        )
    }
    | {"Decimal": ("decimal", ()), "Numeric": ("decimal", ())},
    takes={
        "Decimal": 2,
        "Numeric": 2,
        **dict.fromkeys(("Float", "Char", "NChar", "VarChar", "NVarChar", "Binary"), 1),
        "VarBinary": 1,
    },
)

NATIVES: Mapping[Provider, Natives] = {
    "postgresql": _POSTGRESQL,
    "cockroachdb": _COCKROACHDB,
    "mysql": _MYSQL,
    "sqlite": _SQLITE,
    "sqlserver": _SQLSERVER,
    "mongodb": _SQLITE,
}
