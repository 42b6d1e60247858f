"""What extensions bring: types, functions, operator classes, index methods, relations.

The texts of `contrib`, `pgvector` and `postgis` come from the catalogues of servers that have the
extensions installed; others are known by what their documentation names.
"""

from __future__ import annotations

from msgspec import Struct

_ISN = "isn"


class BroughtFunction(Struct, frozen=True):
    """A function with its argument and result types, in which own types are unqualified."""

    name: str
    arguments: tuple[str, ...]
    returns: str
    is_aggregate: bool = False


class Facts(Struct, frozen=True):
    """One extension; `operator_classes` are (method, name, type it is the default for or "").

    `names` are functions of which only the name is known; `operators` are (left, name, right,
    result) with "-" for a missing left side; `casts` are (source, target, "i", "a" or "e").
    """

    types: tuple[str, ...] = ()
    functions: tuple[BroughtFunction, ...] = ()
    names: tuple[str, ...] = ()
    operator_classes: tuple[tuple[str, str, str], ...] = ()
    operators: tuple[str, ...] = ()
    casts: tuple[tuple[str, str, str], ...] = ()
    methods: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    schema: str | None = None
    makes: tuple[str, ...] = ()
    """Schemas that it makes, in which anything may be."""


_OTHERS = {
    "hypopg": "",
    "http": """types: http_header; http_request; http_response; http_method
names: http; http_get; http_post; http_put; http_patch; http_delete; http_head; http_header;
  http_set_curlopt; urlencode
""",
    "index_advisor": "requires: hypopg\nnames: index_advisor\n",
    "pg_cron": "schema: pg_catalog\nmakes: cron\n",
    "pg_graphql": "schema: graphql\nmakes: graphql\n",
    "pg_hashids": "names: id_encode; id_decode; id_decode_once; hash_encode; hash_decode\n",
    "pg_jsonschema": """names: json_matches_schema; jsonb_matches_schema; jsonschema_is_valid;
  jsonschema_validation_errors
""",
    "pg_net": "makes: net\n",
    "pg_partman": "",
    "pg_repack": "schema: repack\nmakes: repack\n",
    "pg_stat_monitor": "",
    "pg_tle": "schema: pgtle\nmakes: pgtle\n",
    "pg_uuidv7": """functions: uuid_generate_v7() uuid
names: uuid_v7_to_timestamptz; uuid_timestamptz_to_v7; uuid_v7_to_timestamp
""",
    "pgaudit": "",
    "pgjwt": "requires: pgcrypto\nnames: sign; verify; url_encode; url_decode; algorithm_sign\n",
    "pgmq": "schema: pgmq\nmakes: pgmq\n",
    "pgroonga": "methods: pgroonga\n",
    "pgsodium": "schema: pgsodium\nmakes: pgsodium\n",
    "pgtap": "",
    "plv8": "schema: pg_catalog\n",
    "postgis_raster": "requires: postgis\ntypes: raster; rastbandarg; addbandarg\n",
    "postgis_sfcgal": "requires: postgis\n",
    "postgis_tiger_geocoder": "requires: postgis; fuzzystrmatch\nschema: tiger\nmakes: tiger\n",
    "rum": "methods: rum\n",
    "supabase_vault": "schema: vault\n",
    "timescaledb": """names: add_compression_policy; add_continuous_aggregate_policy;
  add_dimension; add_retention_policy; by_hash; by_range; compress_chunk; create_hypertable;
  drop_chunks; first; interpolate; last; locf; set_chunk_time_interval; time_bucket;
  time_bucket_gapfill
""",
}


def find(name: str) -> Facts | None:
    """What an extension brings, or None if it is not known."""
    text = _OTHERS.get(name)
    if text is None:
        text = _text(name)
    return None if text is None else _read(text)


def is_measured(name: str) -> bool:
    """Whether all that it brings is told by the catalogue of a server that has it."""
    return name == "plpgsql" or (name not in _OTHERS and _text(name) is not None)


def _text(name: str) -> str | None:
    from workers.engine.sql.builtin import contrib

    if name in contrib.TEXTS:
        return contrib.TEXTS[name]
    if name == "vector":
        from workers.engine.sql.builtin import pgvector

        return pgvector.TEXTS[name]
    if name.startswith("postgis"):
        from workers.engine.sql.builtin import postgis

        return postgis.TEXTS.get(name)
    if name == _ISN:
        from workers.engine.sql.builtin import contrib_isn

        return contrib_isn.TEXTS[name]
    return None


def _read(text: str) -> Facts:
    parts: dict[str, tuple[str, ...]] = {}
    label, items = "", ""
    for line in [*text.split("\n"), "end:"]:
        if not line or line.startswith(" "):
            items += line[1:] if line else ""
            continue
        if label:
            parts[label] = tuple(one.strip() for one in items.split(";"))
        label, _, items = line.partition(":")
    return Facts(
        types=parts.get("types", ()),
        functions=tuple(_function(one) for one in parts.get("functions", ())),
        names=parts.get("names", ()),
        operator_classes=tuple(_class(one) for one in parts.get("classes", ())),
        operators=parts.get("operators", ()),
        casts=tuple(_cast(one) for one in parts.get("casts", ())),
        methods=parts.get("methods", ()),
        relations=parts.get("relations", ()),
        requires=parts.get("requires", ()),
        schema=parts.get("schema", (None,))[0],
        makes=parts.get("makes", ()),
    )


def _function(item: str) -> BroughtFunction:
    head, _, tail = item.partition("(")
    arguments, _, returns = tail.rpartition(") ")
    kind, _, name = head.rpartition(" ")
    types = tuple(arguments.split(", ")) if arguments else ()
    return BroughtFunction(name, types, returns, kind == "aggregate")


def _class(item: str) -> tuple[str, str, str]:
    method, name, *kind = item.split(" ", 2)
    return method, name, kind[0] if kind else ""


def _cast(item: str) -> tuple[str, str, str]:
    pair, _, context = item.rpartition(" ")
    source, _, target = pair.partition(" > ")
    return source, target, context
