"""The functions that guards and dynamic statements are made of."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workers.engine.numerals import fits_numeric, is_whole
from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.schema.names import quote, quote_literal
from workers.engine.sql import resolve
from workers.engine.sql.expressions.constants import identifiers
from workers.engine.sql.plpgsql import definitions, showing
from workers.engine.sql.plpgsql.catalogue import Oid, class_oid, constraints, type_oid
from workers.engine.sql.plpgsql.world import TooLongError, UnevaluableError, World
from workers.engine.sql.refusal import RefusedError

Arguments = list[Any]

MAX_TEXT = 1_000_000


def text(found: Any) -> str:
    """A value as text."""
    if isinstance(found, bool):
        return "t" if found else "f"
    if isinstance(found, (str, int)):
        return str(found)
    if isinstance(found, Decimal):
        if not fits_numeric(found):
            raise UnevaluableError("a number that is too long, or none")
        return format(found, "f")
    if found is None:
        return ""
    if isinstance(found, list):
        return "{" + ",".join("NULL" if one is None else text(one) for one in found) + "}"
    raise UnevaluableError("a value that has no text here")


def call(world: World, name: str, arguments: Arguments) -> Any:
    """The value of a function of pg_catalog's; the others are not evaluated."""
    rule = _ALWAYS.get(name)
    if rule is not None:
        return rule(world, arguments)
    strict = _STRICT.get(name)
    if strict is None:
        raise UnevaluableError(f"the function {name}")
    return None if None in arguments else strict(world, arguments)


def _format(world: World, arguments: Arguments) -> str | None:
    """format(): %s, %I, %L and %%, with positions."""
    if not arguments or arguments[0] is None:
        return None
    template, values = text(arguments[0]), arguments[1:]
    parts: list[str] = []
    at, following = 0, 0
    while at < len(template):
        stop = template.find("%", at)
        if stop < 0:
            parts.append(template[at:])
            break
        parts.append(template[at:stop])
        at = stop + 1
        if template[at : at + 1] == "%":
            parts.append("%")
            at += 1
            continue
        digits = at
        while is_whole(template[digits : digits + 1]):
            digits += 1
        if digits > at and template[digits : digits + 1] == "$":
            following, at = min(int(template[at:digits][:10]), len(values) + 1) - 1, digits + 1
        letter = template[at : at + 1]
        if following >= len(values):
            raise RefusedError("22023", "too few arguments for format()")
        parts.append(_formatted(world, letter, values[following]))
        following, at = following + 1, at + 1
    made = "".join(parts)
    if len(made) > MAX_TEXT:
        raise TooLongError("a text in it grows too long")
    return made


def _formatted(world: World, letter: str, found: Any) -> str:
    from workers.engine.sql.plpgsql.evaluate import shown

    if letter == "s":
        return "" if found is None else shown(world, found)
    if letter == "I":
        if found is None:
            raise RefusedError("22004", "null values cannot be formatted as an SQL identifier")
        return quote(shown(world, found))
    if letter == "L":
        return "NULL" if found is None else quote_literal(shown(world, found))
    raise UnevaluableError("a format with a width")


def _concat(world: World, arguments: Arguments) -> str:
    from workers.engine.sql.plpgsql.evaluate import shown

    joined = "".join(shown(world, one) for one in arguments if one is not None)
    if len(joined) > MAX_TEXT:
        raise TooLongError("a text in it grows too long")
    return joined


def _concat_ws(world: World, arguments: Arguments) -> str | None:
    if arguments[0] is None:
        return None
    return text(arguments[0]).join(text(one) for one in arguments[1:] if one is not None)


def _quote_literal(world: World, arguments: Arguments) -> str:
    return quote_literal(text(arguments[0]))


def _to_regclass(world: World, arguments: Arguments) -> Any:
    path = identifiers(text(arguments[0]))
    found = resolve.lookup(world.state, *resolve.split_path(path)) if path else None
    return None if found is None else class_oid(found)


def _to_regtype(world: World, arguments: Arguments) -> Any:
    path = identifiers(text(arguments[0]).removesuffix("[]"))
    found = resolve.find_type(world.state, path) if path else None
    return None if found is None else type_oid(found)


def _to_regproc(world: World, arguments: Arguments) -> Any:
    word = text(arguments[0]).partition("(")[0]
    schema, name = resolve.split_path(identifiers(word))
    for place in (schema,) if schema else tuple(resolve.searched(world.state)):
        signatures = world.state.hidden.overloads.get(QualifiedName(place, name), ())
        if signatures:
            return Oid("proc", signatures[0]) if len(signatures) == 1 else None
    return None


def _to_regprocedure(world: World, arguments: Arguments) -> Any:
    from workers.engine.sql import registered

    try:
        signature = registered.procedure(world.state, text(arguments[0]))
    except RefusedError:
        # A type that does not exist: an error until PostgreSQL 16 learnt to hold it back.
        if world.state.server_version < 16:
            raise
        return None
    return None if signature is None else Oid("proc", signature)


def _setting(world: World, arguments: Arguments) -> Any:
    name = text(arguments[0])
    if name == "server_version_num":
        world.is_certain = False
        return str(world.state.server_version * 10000)
    if name == "search_path":
        return ", ".join(quote(one) for one in world.state.search_path)
    world.is_certain = False
    return None


def _constraint_definition(world: World, arguments: Arguments) -> str | None:
    oid = arguments[0]
    for one in constraints(world.state):
        if oid == Oid("constraint", (one.table.name, one.name)):
            return showing.shown(world.state, definitions.constraint(one.letter, one.part))
    return None


def _function_definition(world: World, arguments: Arguments) -> str | None:
    function = world.state.schema.functions.get(getattr(arguments[0], "key", ""))
    if function is None or function.body is None or function.kind == "aggregate":
        raise UnevaluableError("the definition of a function that is not known")
    name = function.name.name.lower()
    if any(name in words for words in world.state.hidden.dark_texts):
        raise UnevaluableError(f"the definition of {name}, which a block may have changed")
    return definitions.function(function)


def _identity_arguments(world: World, arguments: Arguments) -> str | None:
    """pg_get_function_identity_arguments: names, where there are some, and types."""
    function = world.state.schema.functions.get(getattr(arguments[0], "key", ""))
    if function is None:
        return None
    names = (*function.parameters, *[""] * len(function.arguments))
    pairs = zip(names, function.arguments, strict=False)
    return ", ".join(f"{quote(name)} {kind}" if name else kind for name, kind in pairs)


def _serial_sequence(world: World, arguments: Arguments) -> str | None:
    oid = _to_regclass(world, arguments[:1])
    for name, sequence in world.state.schema.sequences.items():
        if oid is not None and sequence.owned_by == (oid.key, text(arguments[1])):
            return f"{quote(name.schema)}.{quote(name.name)}"
    return None


def _substring(world: World, arguments: Arguments) -> str:
    word, start = text(arguments[0]), arguments[1]
    if not isinstance(start, int):
        raise UnevaluableError("a pattern in substring")
    end = start - 1 + arguments[2] if len(arguments) > 2 else len(word)
    return word[max(start - 1, 0) : max(end, 0)]


def _split_part(world: World, arguments: Arguments) -> str:
    parts = text(arguments[0]).split(text(arguments[1]))
    number = int(arguments[2])
    at = number - 1 if number > 0 else number
    return parts[at] if -len(parts) <= at < len(parts) else ""


def _position(world: World, arguments: Arguments) -> int:
    return text(arguments[0]).find(text(arguments[1])) + 1


def _strip(world: World, arguments: Arguments) -> str:
    return text(arguments[0]).strip(text(arguments[1]) if len(arguments) > 1 else " ")


def _repeat(world: World, arguments: Arguments) -> str:
    if len(text(arguments[0])) * int(arguments[1]) > MAX_TEXT:
        raise UnevaluableError("a text that is too long")
    return text(arguments[0]) * int(arguments[1])


def _replace(world: World, arguments: Arguments) -> str:
    word, old, new = (text(one) for one in arguments)
    if old and (len(word) // len(old) + 1) * len(new) > MAX_TEXT:
        raise UnevaluableError("a text that is too long")
    return word.replace(old, new) if old else word


def _array_to_string(world: World, arguments: Arguments) -> str:
    return text(arguments[1]).join(text(one) for one in arguments[0] if one is not None)


def _like_escape(world: World, arguments: Arguments) -> str:
    """The pattern of LIKE ... ESCAPE with the backslash as its escape."""
    pattern, escape = text(arguments[0]), text(arguments[1])
    if len(escape) > 1:
        raise RefusedError(
            "22025", "invalid escape string", None, "Escape string must be empty or one character."
        )
    if escape == "\\":
        return pattern
    doubled = pattern.replace("\\", "\\\\")
    return doubled.replace(escape, "\\") if escape else doubled


def _format_type(world: World, arguments: Arguments) -> str | None:
    """format_type(oid, typmod) of what the catalogue here has for the two."""
    oid, modifiers = arguments
    if oid is None:
        return None
    if not isinstance(oid, Oid) or oid.kind != "type" or isinstance(modifiers, int):
        raise UnevaluableError("the type of a number")
    kind: SqlType = oid.key
    full = SqlType(kind.name, tuple(modifiers or ()), kind.is_array, kind.schema)
    return resolve.format_visible(world.state, full)


def _left(world: World, arguments: Arguments) -> str:
    word, count = text(arguments[0]), int(arguments[1])
    return word[:count]


def _right(world: World, arguments: Arguments) -> str:
    word, count = text(arguments[0]), int(arguments[1])
    return word[-count:] if count > 0 else word[-count:] if count else ""


def _array_length(world: World, arguments: Arguments) -> int | None:
    return len(arguments[0]) or None


def _permitted(world: World, arguments: Arguments) -> bool:
    """Who sends a migration may do everything; what another role may is not worked out."""
    if len(arguments) > 2 and arguments[0] not in (None, "postgres"):
        raise UnevaluableError("what another role may do")
    world.is_certain = False
    return True


def _comment(world: World, arguments: Arguments) -> Any:
    raise UnevaluableError("a comment")


def _environment(world: World, arguments: Arguments) -> Any:
    world.is_certain = False
    return None


_ALWAYS: dict[str, Callable[[World, Arguments], Any]] = {
    "format": _format,
    "concat": _concat,
    "concat_ws": _concat_ws,
    "quote_nullable": lambda w, a: "NULL" if a[0] is None else _quote_literal(w, a),
    "current_schema": lambda w, a: resolve.first_schema(w.state),
    "current_schemas": lambda w, a: list(resolve.searched(w.state))[1:],
    "array_append": lambda w, a: [*(a[0] or []), a[1]],
    "array_prepend": lambda w, a: [a[0], *(a[1] or [])],
    "array_cat": lambda w, a: [*(a[0] or []), *(a[1] or [])],
    "current_setting": _setting,
    "format_type": _format_type,
    "set_config": lambda w, a: text(a[1]),
    "obj_description": _comment,
    "col_description": _comment,
    "version": _environment,
    "now": _environment,
    "clock_timestamp": _environment,
    "current_database": lambda w, a: _environment(w, a) or "postgres",
    "has_table_privilege": _permitted,
    "has_schema_privilege": _permitted,
    "has_database_privilege": _permitted,
    "has_function_privilege": _permitted,
    "pg_has_role": _permitted,
    "pg_table_is_visible": lambda w, a: True,
    "pg_type_is_visible": lambda w, a: True,
    "pg_advisory_lock": _environment,
    "pg_advisory_xact_lock": _environment,
    "pg_sleep": _environment,
}
_STRICT: dict[str, Callable[[World, Arguments], Any]] = {
    "quote_ident": lambda w, a: quote(text(a[0])),
    "quote_literal": _quote_literal,
    "to_regclass": _to_regclass,
    "to_regtype": _to_regtype,
    "to_regproc": _to_regproc,
    "to_regprocedure": _to_regprocedure,
    "to_regnamespace": lambda w, a: (
        Oid("namespace", text(a[0])) if w.state.has_schema(text(a[0])) else None
    ),
    "pg_get_constraintdef": _constraint_definition,
    "pg_get_functiondef": _function_definition,
    "pg_get_function_identity_arguments": _identity_arguments,
    "oidvectortypes": lambda w, a: ", ".join(a[0]),
    "pg_get_serial_sequence": _serial_sequence,
    "pg_get_expr": lambda w, a: showing.shown(w.state, a[0]),
    "lower": lambda w, a: text(a[0]).lower(),
    "upper": lambda w, a: text(a[0]).upper(),
    "length": lambda w, a: len(text(a[0])),
    "char_length": lambda w, a: len(text(a[0])),
    "replace": _replace,
    "substring": _substring,
    "substr": _substring,
    "split_part": _split_part,
    "position": _position,
    "strpos": _position,
    "btrim": _strip,
    "left": _left,
    "like_escape": _like_escape,
    "right": _right,
    "repeat": _repeat,
    "starts_with": lambda w, a: text(a[0]).startswith(text(a[1])),
    "array_length": _array_length,
    "array_upper": _array_length,
    "cardinality": lambda w, a: len(a[0]),
    "array_to_string": _array_to_string,
    "string_to_array": lambda w, a: text(a[0]).split(text(a[1])),
    "array_position": lambda w, a: a[0].index(a[1]) + 1 if a[1] in a[0] else None,
}
