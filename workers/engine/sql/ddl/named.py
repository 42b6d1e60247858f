"""Objects of which no more is known than that they are there: in the way, or missing.

Collations, conversions, languages and text search objects, in `hidden.other` as
("collation", "schema.name") and ("language", "name"). What a server or an extension may have
brought is never called missing.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import IndexKey, QualifiedName, SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql import resolve
from workers.engine.sql.builtin import extensions
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

WORDS = {
    "OBJECT_COLLATION": "collation",
    "OBJECT_CONVERSION": "conversion",
    "OBJECT_TSCONFIGURATION": "text search configuration",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
}
"""The kinds whose objects live in schemas."""

_LANGUAGES = frozenset(
    """arabic armenian basque catalan danish dutch english estonian finnish french german greek
    hindi hungarian indonesian irish italian lithuanian nepali norwegian portuguese romanian
    russian serbian spanish swedish tamil turkish yiddish""".split()  # noqa: SIM905
)
_SERVERS = {
    "text search configuration": frozenset({"simple", *_LANGUAGES}),
    "text search dictionary": frozenset({"simple", *(f"{one}_stem" for one in _LANGUAGES)}),
    "text search parser": frozenset({"default"}),
    "text search template": frozenset(("simple", "synonym", "ispell", "thesaurus", "snowball")),
}
"""What is in pg_catalog, to PostgreSQL 18."""
_CONTRIB = frozenset(
    ("unaccent", "intdict", "intdict_template", "xsyn", "xsyn_template", "testparser", "testcfg")
)


def is_dark(state: State) -> bool:
    """Whether something may have brought objects that nobody tells of."""
    if "auth" in state.hidden.ground:
        return True  # Supabase's own
    if any(kind.startswith("opaque") for kind, _ in state.hidden.other):
        return True
    return not all(extensions.is_measured(one) for one in state.schema.extensions)


def find(run: Run, word: str, path: tuple[str, ...]) -> str | None:
    """What the history made under a name: its key, `schema.name`."""
    schema, name = resolve.split_path(path)
    for place in (schema,) if schema is not None else resolve.searched(run.state):
        if (word, f"{place}.{name}") in run.state.hidden.other:
            return f"{place}.{name}"
    return None


def need(run: Run, word: str, path: tuple[str, ...]) -> str | None:
    """The same, or the refusal where it is certain that there is nothing of that name."""
    found = find(run, word, path)
    if found is None and _is_missing(run, word, path):
        schema, _ = resolve.split_path(path)
        if schema is not None and not run.state.has_schema(schema):
            raise RefusedError("3F000", f'schema "{schema}" does not exist')
        tail = ' for encoding "UTF8"' if word == "collation" else ""
        raise RefusedError("42704", f'{word} "{resolve.dotted(path)}"{tail} does not exist')
    return found


def _is_missing(run: Run, word: str, path: tuple[str, ...]) -> bool:
    schema, name = resolve.split_path(path)
    run.state.log.needs.add(f"{schema or resolve.first_schema(run.state)}.{name}")
    if is_dark(run.state) or name in _CONTRIB:
        return False
    if schema not in (None, "pg_catalog"):
        return True
    if word in _SERVERS:
        return name not in _SERVERS[word]
    if word == "collation":
        from workers.engine.sql.ddl.collations import is_no_locale

        return is_no_locale(name)
    return "_to_" not in name


def create(run: Run, word: str, path: tuple[str, ...], *, if_not_exists: bool = False) -> None:
    """CREATE of one of `WORDS`."""
    schema, name = resolve.split_path(path)
    key = (word, f"{resolve.creation_schema(run.state, schema)}.{name}")
    if key in run.state.hidden.other:
        if if_not_exists:
            return
        _refuse_taken(run, word, name)
    run.state.hidden.other[key] = True


_INDEXES = {
    "text search configuration": "pg_ts_config_cfgname_index",
    "text search dictionary": "pg_ts_dict_dictname_index",
    "text search parser": "pg_ts_parser_prsname_index",
    "text search template": "pg_ts_template_tmplname_index",
}


def _refuse_taken(run: Run, word: str, name: str) -> None:
    if word not in _INDEXES:
        raise RefusedError("42710", f'{word} "{name}" already exists')
    if not run.state.hidden.dark_texts:
        # Nobody looks before the row is put into the catalogue.
        shown = f'duplicate key value violates unique constraint "{_INDEXES[word]}"'
        raise RefusedError("23505", shown)


def rename(run: Run, node: Node) -> None:
    """ALTER ... RENAME TO."""
    word = WORDS[node["renameType"]]
    old = need(run, word, _path(node["object"]))
    if old is not None:
        _move(run, word, old, f"{old.rpartition('.')[0]}.{node['newname']}")


def set_schema(run: Run, node: Node) -> None:
    """ALTER ... SET SCHEMA."""
    word = WORDS[node["objectType"]]
    old = need(run, word, _path(node["object"]))
    place = resolve.creation_schema(run.state, node["newschema"])
    if old is not None and old.rpartition(".")[0] != place:
        _move(run, word, old, f"{place}.{old.rpartition('.')[2]}")


def _move(run: Run, word: str, old: str, new: str) -> None:
    other = run.state.hidden.other
    place, _, name = new.rpartition(".")
    if (word, new) in other:
        raise RefusedError("42710", f'{word} "{name}" already exists in schema "{place}"')
    other[word, new] = other.pop((word, old))
    if word == "collation":
        _follow(run.state, old, new)


def _follow(state: State, old: str, new: str) -> None:
    """The columns of a collation that has another name now."""
    for table in list(state.schema.tables.values()):
        if any(one.collation == old for one in table.columns):
            columns = tuple(
                replace(one, collation=new) if one.collation == old else one
                for one in table.columns
            )
            indexes = tuple(
                replace(index, keys=tuple(_renamed(key, old, new) for key in index.keys))
                for index in table.indexes
            )
            state.put_table(replace(table, columns=columns, indexes=indexes))


def _renamed(key: IndexKey, old: str, new: str) -> IndexKey:
    is_same = key.collation == old.rpartition(".")[2]
    return replace(key, collation=new.rpartition(".")[2]) if is_same else key


def drop(run: Run, node: Node) -> None:
    """DROP."""
    word = WORDS[node["removeType"]]
    for one in node.get("objects", ()):
        seek = find if node.get("missing_ok") else need
        found = seek(run, word, _path(one))
        if found is not None:
            del run.state.hidden.other[word, found]


def forget_schema(state: State, schema: str) -> None:
    """What falls with its schema."""
    other: Any = state.hidden.other
    for key in [one for one in other if one[0] in _ALL and one[1].startswith(f"{schema}.")]:
        del other[key]


def move_schema(state: State, old: str, new: str) -> None:
    """What goes to another name with its schema."""
    other: Any = state.hidden.other
    for word, key in [one for one in other if one[0] in _ALL and one[1].startswith(f"{old}.")]:
        other[word, new + key[len(old) :]] = other.pop((word, key))
        if word == "collation":
            _follow(state, key, new + key[len(old) :])


_ALL = frozenset(WORDS.values())
CASTS = ("cast", "implicit cast", "explicit cast")
"""The words of casts, whose keys are "source>target"."""


def move_casts(state: State, old: QualifiedName, new: QualifiedName | None) -> None:
    """The casts of a type follow it to another name, or fall with it."""
    other: Any = state.hidden.other
    before = _shown(old)
    for word, key in [one for one in other if one[0] in CASTS]:
        pair = key.split(">")
        if before in pair:
            del other[word, key]
            if new is not None:
                other[word, ">".join(_shown(new) if one == before else one for one in pair)] = True


def _shown(name: QualifiedName) -> str:
    return format_type(SqlType(name.name, schema=name.schema))


def _path(node: Node) -> tuple[str, ...]:
    return resolve.strings(node["List"]["items"])


def on_named(run: Run, kind: str, node: Node) -> None:
    """COMMENT ON and OWNER TO: it must be there."""
    need(run, WORDS[kind], _path(node))


def alter_collation(run: Run, node: Node) -> None:
    """ALTER COLLATION ... REFRESH VERSION."""
    need(run, "collation", resolve.strings(node["collname"]))


def alter_dictionary(run: Run, node: Node) -> None:
    """ALTER TEXT SEARCH DICTIONARY."""
    need(run, "text search dictionary", resolve.strings(node["dictname"]))


def alter_configuration(run: Run, node: Node) -> None:
    """ALTER TEXT SEARCH CONFIGURATION: it and its dictionaries must be there."""
    need(run, "text search configuration", resolve.strings(node["cfgname"]))
    for one in node.get("dicts", ()):
        need(run, "text search dictionary", _path(one))


def create_conversion(run: Run, node: Node) -> None:
    """CREATE CONVERSION."""
    create(run, "conversion", resolve.strings(node["conversion_name"]))


_SOURCES = {
    "OBJECT_COLLATION": {"from": "collation"},
    "OBJECT_TSCONFIGURATION": {
        "copy": "text search configuration",
        "parser": "text search parser",
    },
    "OBJECT_TSDICTIONARY": {"template": "text search template"},
}
"""What a definition is made from, by the name of its parameter."""


def define(run: Run, node: Node) -> None:
    """CREATE COLLATION and CREATE TEXT SEARCH ...: what they are made from must be there."""
    kind, path = node["kind"], resolve.strings(node["defnames"])
    resolve.creation_schema(run.state, resolve.split_path(path)[0])
    sources = _SOURCES.get(kind, {})
    given = {one["DefElem"]["defname"]: one["DefElem"] for one in node.get("definition", ())}
    for name in given.keys() & sources.keys():
        source = _named(given[name].get("arg", {}))
        if source:
            need(run, sources[name], source)
    if kind.startswith("OBJECT_TS") and sources and not given.keys() & sources.keys():
        raise RefusedError("42P17", f"{list(sources.values())[-1]} is required")
    create(run, WORDS[kind], path, if_not_exists=bool(node.get("if_not_exists")))


def _named(node: Node) -> tuple[str, ...]:
    if "TypeName" in node:
        return resolve.strings(node["TypeName"]["names"])
    if "List" in node:
        return _path(node)
    return tuple(resolve.value_text(node).split(".")) if node else ()
