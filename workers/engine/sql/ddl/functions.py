"""Functions and procedures: CREATE, ALTER, and finding one by its arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec.structs import replace

from workers.engine.schema.model import Function, QualifiedName, SqlType
from workers.engine.schema.names import quote
from workers.engine.schema.types import format_type
from workers.engine.sql import resolve
from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.ddl import function_options
from workers.engine.sql.ddl.parameters import check_parameters
from workers.engine.sql.ddl.replacing import refuse_other_shape
from workers.engine.sql.ddl.touch import touched
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import ExtensionsOwnError, RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

_LANGUAGES = ("internal", "c", "sql", "plpgsql")
_INPUT = frozenset(
    ("FUNC_PARAM_IN", "FUNC_PARAM_INOUT", "FUNC_PARAM_VARIADIC", "FUNC_PARAM_DEFAULT")
)
_NAMED = frozenset(("FUNC_PARAM_OUT", "FUNC_PARAM_INOUT"))
_OUTPUT = frozenset(("FUNC_PARAM_OUT", "FUNC_PARAM_INOUT", "FUNC_PARAM_TABLE"))


def create_function(run: Run, node: Node) -> None:
    """CREATE [OR REPLACE] FUNCTION and PROCEDURE."""
    state = run.state
    schema, name = resolve.split_path(strings(node["funcname"]))
    full = QualifiedName(resolve.creation_schema(state, schema), name)
    parameters = [one["FunctionParameter"] for one in node.get("parameters", ())]
    options = node.get("options", ())
    function_options.refuse_repeated(options, bool(node.get("is_procedure")))
    function_options.need_language(node)
    need_language(run, options)
    check_settings(run, options)
    depends = check_parameters(run, node, parameters)
    function = _drafted(run, full, node, parameters)
    function_options.need_one_body(function, node)
    function_options.need_estimates(options, bool(node.get("returnType", {}).get("setof")))
    row = _outputs(run, parameters) if _has_outputs(parameters) else None
    function = replace(function, depends_on=depends | _held(run, function, node))
    old = state.schema.functions.get(function.signature)
    if old is not None:
        if not node.get("replace"):
            raise RefusedError(
                "42723", f'function "{name}" already exists with same argument types'
            )
        refuse_other_shape(state, old, function, row)
        function = replace(function, comment=old.comment, history=touched(old.history, run.origin))
    state.put_function(function)
    state.hidden.outputs.pop(function.signature, None)
    if row is not None:
        state.hidden.outputs[function.signature] = row
    _check_body(run, function, node, parameters)


def _drafted(run: Run, name: QualifiedName, node: Node, parameters: list[Node]) -> Function:
    inputs = [one for one in parameters if is_input(one, node)]
    function = Function(
        name,
        tuple(argument_text(run, one["argType"]) for one in inputs),
        returns="void" if node.get("is_procedure") else _returns(run, node, parameters),
        kind="procedure" if node.get("is_procedure") else "function",
        parameters=tuple(one.get("name", "") for one in inputs),
        optional=sum("defexpr" in one for one in inputs),
        is_variadic=any(one.get("mode") == "FUNC_PARAM_VARIADIC" for one in inputs),
        history=(run.origin,),
    )
    return function_options.with_options(function, node.get("options", ()))


def _has_outputs(parameters: list[Node]) -> bool:
    return any(one.get("mode") in _NAMED for one in parameters)


def _check_body(run: Run, function: Function, node: Node, parameters: list[Node]) -> None:
    from workers.engine.sql.ddl import bodies

    if node.get("sql_body"):
        bodies.check_standard_result(run, function, node)
    else:
        bodies.check_body(run, function, node, parameters)


def _held(run: Run, function: Function, node: Node) -> frozenset[str]:
    """What a body of standard SQL stands on: the names in a text are looked up when it is run."""
    if not node.get("sql_body"):
        return frozenset()
    from workers.engine.sql.ddl import bodies

    return bodies.check_standard_body(run, function, node)


def need_language(run: Run, options: Iterable[Node]) -> None:
    """Refuse a language that neither the server nor an extension brings."""
    state = run.state
    for one in options:
        element = one["DefElem"]
        if element["defname"] != "language":
            continue
        name = resolve.value_text(element["arg"]).lower()
        other = state.hidden.other
        if name in _LANGUAGES or name in state.schema.extensions or ("language", name) in other:
            return
        if any(kind == "opaque extension" for kind, _ in other):
            return
        raise RefusedError("42704", f'language "{name}" does not exist')


def check_settings(run: Run, options: Iterable[Node]) -> None:
    """Refuse SET of what is no parameter."""
    for one in options:
        setting = one["DefElem"].get("arg", {}).get("VariableSetStmt")
        if setting and setting.get("name") not in ("search_path", "role"):
            from workers.engine.sql.ddl import parameter_settings

            parameter_settings.check(run, setting)


def is_input(parameter: Node, node: Node) -> bool:
    """Whether a parameter is part of the signature; a procedure's OUT ones are since 14."""
    mode = parameter.get("mode", "FUNC_PARAM_DEFAULT")
    return mode in _INPUT


def argument_text(run: Run, type_name: Node) -> str:
    """A type as `regprocedure` prints it: without modifiers."""
    kind = resolve.resolve_type(run.state, type_name)
    shown = format_type(SqlType(kind.name, (), kind.is_array, kind.schema))
    return "character" if shown == "bpchar" else shown


def _returns(run: Run, node: Node, parameters: list[Node]) -> str:
    returned = node.get("returnType")
    if returned:
        shown = argument_text(run, returned)
        table = [one for one in parameters if one.get("mode") == "FUNC_PARAM_TABLE"]
        if table:
            inside = ", ".join(
                f"{quote(one['name'])} {argument_text(run, one['argType'])}" for one in table
            )
            return f"TABLE({inside})"
        return f"SETOF {shown}" if returned.get("setof") else shown
    outputs = [one for one in parameters if one.get("mode") in _OUTPUT]
    if len(outputs) == 1:
        return argument_text(run, outputs[0]["argType"])
    return "record" if outputs else "void"


def _outputs(run: Run, parameters: list[Node]) -> str:
    """What OUT parameters give, as a table."""
    named = [one for one in parameters if one.get("mode") in _OUTPUT]
    inside = ", ".join(
        f"{quote(one.get('name') or f'column{number}')} {argument_text(run, one['argType'])}"
        for number, one in enumerate(named, 1)
    )
    return f"TABLE({inside})"


def find_function(run: Run, node: Node, word: str) -> Function:
    """The function that a name and argument types mean, or the refusal."""
    state = run.state
    path = strings(node["objname"])
    schema, name = resolve.split_path(path)
    if schema is not None and not state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    places = (schema,) if schema is not None else tuple(resolve.searched(state))
    candidates = [
        state.schema.functions[signature]
        for place in places
        for signature in state.hidden.overloads.get(QualifiedName(place, name), ())
    ]
    if node.get("args_unspecified"):
        candidates = [one for one in candidates if _may_be(one, word)]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise RefusedError("42725", f'function name "{name}" is not unique')
        raise RefusedError("42883", f'could not find a {word} named "{name}"')
    arguments = _arguments(run, node)
    for function in candidates:
        if function.arguments == arguments:
            state.log.needs.add(function.signature)
            if not _may_be(function, word):
                raise RefusedError("42809", f"{resolve.dotted(path)} is not a {word}")
            return function
    if is_elsewhere(state, schema, name):
        raise ExtensionsOwnError(resolve.dotted(path))
    shown = f"{resolve.dotted(path)}({', '.join(arguments)})"
    state.log.needs.add(f"{schema or resolve.first_schema(state)}.{name}()")
    kind: Literal["function", "procedure", "aggregate"] | str = word
    raise RefusedError("42883", f"{kind} {shown} does not exist")


def bare_function(run: Run, path: tuple[str, ...]) -> Function | None:
    """The function of the history that a trigger runs: one without arguments."""
    state = run.state
    schema, name = resolve.split_path(path)
    if schema is not None and not state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        signature = f"{QualifiedName(place, name)}()"
        if signature in state.schema.functions:
            state.log.needs.add(signature)
            return state.schema.functions[signature]
    return None


def no_bare_function(run: Run, path: tuple[str, ...]) -> RefusedError:
    """The refusal of such a function that nobody has made."""
    schema, name = resolve.split_path(path)
    run.state.log.needs.add(f"{schema or resolve.first_schema(run.state)}.{name}()")
    return RefusedError("42883", f"function {resolve.dotted(path)}() does not exist")


def word_of(kind: str) -> str:
    """The word of a statement that names a function: "procedure" of OBJECT_PROCEDURE."""
    return kind.removeprefix("OBJECT_").lower()


def _may_be(function: Function, word: str) -> bool:
    """Whether FUNCTION, PROCEDURE, AGGREGATE or ROUTINE may mean it."""
    if word in ("procedure", "aggregate"):
        return function.kind == word
    return word == "routine" or function.kind != "procedure"


def is_elsewhere(state: State, schema: str | None, name: str) -> bool:
    """Whether the server or an extension has a function of that name, of whatever arguments."""
    if schema in (None, "pg_catalog") and is_builtin_function(name, state.reads_as):
        return True
    other = state.hidden.other
    places = (schema,) if schema is not None else tuple(resolve.searched(state))
    return any(
        ("function", f"{place}.{name}") in other
        or ("opaque schema", place) in other
        or ("opaque extension", place) in other
        for place in places
    )


def _arguments(run: Run, node: Node) -> tuple[str, ...]:
    parameters = node.get("objfuncargs")
    if parameters:
        return tuple(
            argument_text(run, one["FunctionParameter"]["argType"])
            for one in parameters
            if is_input(one["FunctionParameter"], node)
        )
    return tuple(
        argument_text(run, one["TypeName"]) for one in node.get("objargs", ()) if "TypeName" in one
    )


def alter_function(run: Run, node: Node) -> None:
    """ALTER FUNCTION: security, settings; what the catalogue does not show is let be."""
    kind = str(node.get("objtype", "OBJECT_FUNCTION"))
    function = find_function(run, node["func"], word_of(kind))
    actions = node.get("actions", ())
    function_options.refuse_repeated(actions, function.kind == "procedure")
    check_settings(run, actions)
    is_set = function.returns.startswith(("SETOF ", "TABLE("))
    function_options.need_estimates(actions, is_set)
    made = function_options.with_options(function, actions)
    history = touched(function.history, run.origin)
    run.state.put_function(replace(made, history=history))
