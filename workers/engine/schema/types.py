"""PostgreSQL's types: names in pg_type, as people write them, as `format_type` prints them."""

from __future__ import annotations

from workers.engine.schema.model import SqlType
from workers.engine.schema.names import quote

_SPELLED = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "char": '"char"',
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
}
"""`format_type`'s spelling by the name in pg_type, where the two differ."""

_OWN_WORDS = """
    bit bytea date numeric interval text json jsonb uuid xml money oid name inet cidr macaddr
    macaddr8 point line lseg box path polygon circle tsvector tsquery jsonpath int4range int8range
    numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange
    tstzmultirange datemultirange regproc regprocedure regoper regoperator regclass regtype
    regconfig regdictionary regrole regnamespace regcollation xid xid8 cid tid pg_lsn
    txid_snapshot pg_snapshot aclitem int2vector oidvector refcursor gtsvector pg_node_tree unknown
    record void trigger event_trigger anyelement anyarray anynonarray anyenum anyrange
    anymultirange anycompatible anycompatiblearray anycompatiblenonarray anycompatiblerange
    anycompatiblemultirange any cstring internal language_handler fdw_handler index_am_handler
    table_am_handler tsm_handler pg_ddl_command
    """
_OWN = frozenset(_OWN_WORDS.split())

_WRITTEN = {
    "int": "integer",
    "decimal": "numeric",
    "dec": "numeric",
    "float": "double precision",
    "char": "character",
    "nchar": "character",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}

SERIALS = {
    "smallserial": "smallint",
    "serial2": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
}
"""The column type behind each serial name."""

_PSEUDO_WORDS = """
    record void trigger event_trigger anyelement anyarray anynonarray anyenum anyrange
    anymultirange anycompatible anycompatiblearray anycompatiblenonarray anycompatiblerange
    anycompatiblemultirange any cstring internal language_handler fdw_handler index_am_handler
    table_am_handler tsm_handler pg_ddl_command unknown
    """
PSEUDO = frozenset(_PSEUDO_WORDS.split())
"""Types that no column can have."""

_SPELLINGS = frozenset(_SPELLED.values()) | _OWN


def builtin(name: str) -> SqlType | None:
    """The type of a name in pg_type ("int4", "timestamptz", "_text"), or None."""
    spelled = _SPELLED.get(name)
    if spelled is not None:
        return SqlType(spelled)
    if name in _OWN:
        return SqlType(name)
    if name.startswith("_"):
        element = builtin(name[1:])
        if element is not None and not element.is_array:
            return SqlType(element.name, is_array=True)
    return None


def is_builtin(kind: SqlType) -> bool:
    """Whether the type is one of pg_catalog's."""
    return kind.schema is None and kind.name.split(" day")[0] in _SPELLINGS


def with_arguments(kind: SqlType, arguments: tuple[str, ...]) -> SqlType:
    """The type with modifiers as `format_type` shows them: `numeric(10)` is `numeric(10,0)`."""
    if kind.schema is None:
        if kind.name == "numeric" and len(arguments) == 1:
            arguments = (arguments[0], "0")
        if kind.name == "bit" and not arguments:
            arguments = ("1",)
    return SqlType(kind.name, arguments, kind.is_array, kind.schema)


def format_type(kind: SqlType) -> str:
    """The type as `format_type` prints it with search_path = pg_catalog."""
    text = _base(kind)
    return f"{text}[]" if kind.is_array else text


def _base(kind: SqlType) -> str:
    if kind.schema is not None:
        modifiers = f"({','.join(kind.arguments)})" if kind.arguments else ""
        return f"{quote(kind.schema)}.{quote(kind.name)}{modifiers}"
    if not kind.arguments:
        return "bpchar" if kind.name == "character" else kind.name
    modifiers = f"({','.join(kind.arguments)})"
    first, blank, rest = kind.name.partition(" ")
    if first in ("timestamp", "time"):
        return f"{first}{modifiers}{blank}{rest}"
    return f"{kind.name}{modifiers}"


def parse_type(text: str) -> SqlType:
    """The type that a plain text means: `varchar(255)`, `timestamp(3)`, `public."Role"[]`."""
    text = text.strip()
    is_array = text.endswith("[]")
    while text.endswith("[]"):
        text = text[:-2].rstrip()
    head, bracket, tail = text.partition("(")
    arguments: tuple[str, ...] = ()
    if bracket:
        inside, _, after = tail.partition(")")
        arguments = tuple(part.strip() for part in inside.split(","))
        head = f"{head.rstrip()} {after.strip()}".strip()
    parts = _identifiers(head)
    if len(parts) > 1 and parts[-2] != "pg_catalog":
        return SqlType(parts[-1], arguments, is_array, parts[-2])
    found = _named(parts[-1])
    if found.name == "character" and not arguments and parts[-1] != "bpchar":
        arguments = ("1",)
    kind = with_arguments(found, arguments)
    return SqlType(kind.name, kind.arguments, is_array or kind.is_array, kind.schema)


def _named(word: str) -> SqlType:
    if word in _WRITTEN:
        return SqlType(_WRITTEN[word])
    if word in _SPELLINGS:
        return SqlType(_SPELLED.get(word, word)) if word in _SPELLED else SqlType(word)
    return builtin(word) or SqlType(word)


def _identifiers(text: str) -> list[str]:
    """Split `a."B".c` at the dots; what is not in quotation marks is folded to small letters."""
    parts, current, at = [], "", 0
    while at < len(text):
        letter = text[at]
        if letter == '"':
            end = text.find('"', at + 1)
            end = len(text) if end < 0 else end
            current += text[at + 1 : end]
            at = end + 1
        elif letter == ".":
            parts.append(current)
            current, at = "", at + 1
        else:
            current += letter.lower()
            at += 1
    parts.append(" ".join(current.split()))
    return parts
