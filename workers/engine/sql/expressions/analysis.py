"""From the raw syntax tree to the analysed expression: names, operators, functions, casts.

Follows transformExprRecurse of src/backend/parser/parse_expr.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from workers.engine.numerals import fits_numeric, is_whole
from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.schema.names import quote
from workers.engine.schema.types import format_type
from workers.engine.sql.expressions import calls, operators, standard
from workers.engine.sql.expressions.coercion import explicit, to_type, with_modifiers
from workers.engine.sql.expressions.kinds import (
    BIGINT,
    BOOLEAN,
    INTEGER,
    NUMERIC,
    RECORD,
    TEXT,
    UNKNOWN,
    array,
    bare,
    base,
    category,
    element,
)
from workers.engine.sql.expressions.polymorphic import common_type
from workers.engine.sql.expressions.typed import (
    OVERFLOW,
    Array,
    Attribute,
    Case,
    Collated,
    Const,
    Element,
    Listed,
    Logic,
    MismatchError,
    Opaque,
    Test,
    Typed,
    UnprintableError,
    Var,
    Word,
)
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings
from workers.engine.sql.scope import Scope

_STAMP = SqlType("timestamp without time zone")
_STAMPTZ = SqlType("timestamp with time zone")
_NAME = SqlType("name")

_WORDS = {
    "SVFOP_CURRENT_DATE": ("CURRENT_DATE", SqlType("date")),
    "SVFOP_CURRENT_TIME": ("CURRENT_TIME", SqlType("time with time zone")),
    "SVFOP_CURRENT_TIMESTAMP": ("CURRENT_TIMESTAMP", _STAMPTZ),
    "SVFOP_LOCALTIME": ("LOCALTIME", SqlType("time without time zone")),
    "SVFOP_LOCALTIMESTAMP": ("LOCALTIMESTAMP", _STAMP),
    "SVFOP_CURRENT_ROLE": ("CURRENT_ROLE", _NAME),
    "SVFOP_CURRENT_USER": ("CURRENT_USER", _NAME),
    "SVFOP_USER": ("USER", _NAME),
    "SVFOP_SESSION_USER": ("SESSION_USER", _NAME),
    "SVFOP_CURRENT_CATALOG": ("CURRENT_CATALOG", _NAME),
    "SVFOP_CURRENT_SCHEMA": ("CURRENT_SCHEMA", _NAME),
}
_TESTS = {"IS_TRUE": "IS TRUE", "IS_NOT_TRUE": "IS NOT TRUE", "IS_FALSE": "IS FALSE",
          "IS_NOT_FALSE": "IS NOT FALSE", "IS_UNKNOWN": "IS UNKNOWN",
          "IS_NOT_UNKNOWN": "IS NOT UNKNOWN"}  # fmt: skip


Link = Callable[["Analysis", Node], Typed]
"""Reads a SubLink."""


class Analysis:
    """The analysis of expressions in one scope; every method may raise UnprintableError.

    `link` reads the subqueries where their types alone matter, and not their text; `allows_sets`
    says whether a function that answers with rows may stand there.
    """

    def __init__(self, scope: Scope, link: Link | None = None, *, allows_sets: bool = True) -> None:
        self.scope = scope
        self.allows_sets = allows_sets
        self._link = link

    @property
    def is_printed(self) -> bool:
        """Whether the text of what is read is wanted, and not its type alone."""
        return self._link is None

    def expression(self, node: Node) -> Typed:
        """The analysed node."""
        if len(node) != 1:
            raise UnprintableError("an empty node")
        ((kind, fields),) = node.items()
        if kind in standard.KINDS:
            return standard.typed(self, kind, fields)
        step = _STEPS.get(kind)
        if step is None:
            raise UnprintableError(f"a {kind} is not analysed")
        return step(self, fields)

    def expressions(self, nodes: Iterable[Node]) -> tuple[Typed, ...]:
        """Each of the nodes, analysed."""
        return tuple(self.expression(node) for node in nodes)

    def condition(self, node: Node) -> Typed:
        """A node that must be a boolean."""
        return to_type(self.expression(node), BOOLEAN, self.scope)

    def constant(self, fields: Node) -> Typed:
        if fields.get("isnull"):
            return Const(UNKNOWN, None)
        if "ival" in fields:
            return Const(INTEGER, str(fields["ival"].get("ival", 0)))
        if "boolval" in fields:
            return Const(BOOLEAN, "true" if fields["boolval"].get("boolval") else "false")
        if "sval" in fields:
            return Const(UNKNOWN, fields["sval"].get("sval", ""))
        if "fval" in fields:
            return _number(fields["fval"].get("fval", ""))
        return _bits(fields["bsval"].get("bsval", ""))

    def column(self, fields: Node) -> Typed:
        path = strings(fields["fields"])
        if "*" in path:
            if self._link is not None:
                kind = self.scope.column(path[:-1]) if len(path) > 1 else None
                return Opaque(kind or RECORD, "a whole row")
            raise UnprintableError("a whole row")
        found = self.scope.column(path)
        if found is None:
            raise UnprintableError(f"column {'.'.join(path)} is not known")
        if self.scope.is_domain:
            return Word(bare(found), "VALUE", found.arguments)
        return Var(bare(found), self.scope.shown(path), found.arguments)

    def cast(self, fields: Node) -> Typed:
        target = self.scope.type_of(fields["typeName"])
        if target is None:
            raise UnprintableError("a type that is not known")
        argument = fields["arg"]
        if "A_ArrayExpr" in argument and target.is_array:
            made = self.array(argument["A_ArrayExpr"], replace(target, is_array=False))
            return with_modifiers(made, bare(target), target, is_implicit=False, was_cast=False)
        return explicit(self.expression(argument), target, self.scope)

    def logic(self, fields: Node) -> Typed:
        word = fields["boolop"].removesuffix("_EXPR")
        return Logic(BOOLEAN, word, tuple(self.condition(one) for one in fields["args"]))

    def null_test(self, fields: Node) -> Typed:
        operand = self.expression(fields["arg"])
        words = "IS NOT NULL" if fields.get("nulltesttype") == "IS_NOT_NULL" else "IS NULL"
        return Test(BOOLEAN, operand, words)

    def boolean_test(self, fields: Node) -> Typed:
        words = _TESTS[fields.get("booltesttype", "IS_TRUE")]
        return Test(BOOLEAN, self.condition(fields["arg"]), words)

    def case(self, fields: Node) -> Typed:
        subject = self.expression(fields["arg"]) if fields.get("arg") else None
        if subject is not None and subject.type == UNKNOWN:
            subject = to_type(subject, TEXT, self.scope)
        pairs = [one["CaseWhen"] for one in fields["args"]]
        conditions = [self._when(subject, one["expr"]) for one in pairs]
        results = list(self.expressions(one["result"] for one in pairs))
        default = self.expression(fields["defresult"]) if fields.get("defresult") else None
        first: Typed = default if default is not None else Const(UNKNOWN, None)
        kind = self.common([first, *results])
        cast = [to_type(one, kind, self.scope) for one in results]
        if default is not None:
            default = to_type(default, kind, self.scope)
        modifiers = shared_modifiers([default, *cast]) if default is not None else ()
        return Case(kind, subject, tuple(zip(conditions, cast, strict=True)), default, modifiers)

    def _when(self, subject: Typed | None, node: Node) -> Typed:
        if subject is None:
            return self.condition(node)
        # CASE x WHEN y compares x = y; the right side is printed with the casts that this takes.
        compared = operators.binary("=", subject, self.expression(node), self.scope)
        left, right = compared.operands
        if left is not subject:
            raise UnprintableError("a CASE whose subject is cast")
        return right

    def common(self, nodes: Sequence[Typed], word: str = "CASE") -> SqlType:
        """The one type that all the expressions under a word become."""
        found = common_type([node.type for node in nodes], self.scope)
        if found is None:
            self._refuse_apart([node.type for node in nodes], word)
            raise UnprintableError("types that do not match")
        return found

    def _refuse_apart(self, types: Sequence[SqlType], word: str) -> None:
        """select_common_type: types of two categories never meet."""
        known = [one for one in types if one != UNKNOWN]
        if not all(self._is_common(base(element(one), self.scope)) for one in known):
            return
        for other in known[1:]:
            if category(other, self.scope) != category(known[0], self.scope):
                shown = f"{format_type(known[0])} and {format_type(other)}"
                raise MismatchError("42804", f"{word} types {shown} cannot be matched")

    def _is_common(self, kind: SqlType) -> bool:
        if kind.schema is not None:
            return self.scope.enum(kind) is not None
        return kind.name in operators.COMMON or kind.name == "interval"

    def coalesce(self, fields: Node) -> Typed:
        return self.listed("COALESCE", self.expressions(fields["args"]))

    def listed(self, word: str, items: tuple[Typed, ...]) -> Typed:
        """A list under one word, all of one type."""
        kind = self.common(items, word)
        cast = tuple(to_type(one, kind, self.scope) for one in items)
        return Listed(kind, word, cast, shared_modifiers(cast))

    def extreme(self, fields: Node) -> Typed:
        word = "LEAST" if fields.get("op") == "IS_LEAST" else "GREATEST"
        return self.listed(word, self.expressions(fields["args"]))

    def array(self, fields: Node, wanted: SqlType | None = None) -> Typed:
        """ARRAY[...]; `wanted` is the element type that a cast around it asks for.

        The cast's length goes into the elements, so that only an empty array is cast itself.
        """
        nodes = fields.get("elements", ())
        if any("A_ArrayExpr" in node for node in nodes):
            raise UnprintableError("an array of arrays")
        items = self.expressions(nodes)
        if wanted is not None:
            cast = tuple(explicit(one, wanted, self.scope) for one in items)
            return Array(array(wanted), cast, shared_modifiers(cast))
        if not items:
            raise UnprintableError("an empty array of no type")
        kind = self.common(items, "ARRAY")
        if kind.is_array:
            raise UnprintableError("an array of arrays")
        made = tuple(to_type(one, kind, self.scope) for one in items)
        return Array(array(kind), made, shared_modifiers(made))

    def word(self, fields: Node) -> Typed:
        name = fields["op"]
        precise = name.endswith("_N")
        text, kind = _WORDS[name.removesuffix("_N")]
        size = str(fields.get("typmod", 0))
        return Word(kind, f"{text}({size})" if precise else text, (size,) if precise else ())

    def collate(self, fields: Node) -> Typed:
        path = strings(fields["collname"])
        argument = self.expression(fields["arg"])
        name = ".".join(quote(part) for part in path if part != "pg_catalog")
        return Collated(argument.type, argument, name, argument.modifiers)

    def indirection(self, fields: Node) -> Typed:
        node = self.expression(fields["arg"])
        for one in fields["indirection"]:
            if "A_Indices" in one:
                node = self._subscript(node, one["A_Indices"])
            elif "String" in one:
                node = self._field(node, one["String"].get("sval", ""))
        return node

    def _field(self, node: Typed, name: str) -> Typed:
        """A field of a row, where its type alone matters."""
        if self._link is not None and node.type.schema is not None and not node.type.is_array:
            row = self.scope.row(QualifiedName(node.type.schema, node.type.name))
            for column in row or ():
                if column.name == name:
                    kind = column.type
                    return Opaque(bare(kind), "a field of a row", kind.arguments)
        raise UnprintableError("a field of a row")

    def _subscript(self, node: Typed, fields: Node) -> Typed:
        if not node.type.is_array or node.type.schema is not None:
            raise UnprintableError("a subscript of what is no array")
        ends = tuple(
            to_type(self.expression(fields[key]), INTEGER, self.scope) if fields.get(key) else None
            for key in ("lidx", "uidx")
        )
        is_slice = bool(fields.get("is_slice"))
        index = (ends[0], ends[1], is_slice)
        kind = node.type if is_slice else element(node.type)
        if isinstance(node, Element):
            raise UnprintableError("subscripts of more than one dimension")
        return Element(kind, node, (index,))

    def row(self, fields: Node) -> Typed:
        items = tuple(
            to_type(one, TEXT, self.scope) if one.type == UNKNOWN else one
            for one in self.expressions(fields.get("args", ()))
        )
        return Listed(RECORD, "ROW", items)

    def call(self, fields: Node) -> Typed:
        return calls.call(self, fields)

    def operation(self, fields: Node) -> Typed:
        return operators.operation(self, fields)

    def link(self, fields: Node) -> Typed:
        if self._link is not None:
            return self._link(self, fields)
        from workers.engine.sql.expressions import links

        return links.link(self, fields)

    def attribute(self, node: Typed, name: str) -> Typed:
        """A field of a row of unknown make."""
        return Attribute(UNKNOWN, node, name)


def shared_modifiers(items: Sequence[Typed]) -> tuple[str, ...]:
    """exprTypmod of CASE, COALESCE and their like: the modifiers that all items have."""
    first = items[0].modifiers if items else ()
    return first if all(one.modifiers == first for one in items) else ()


def _number(text: str) -> Const:
    if is_whole(text.lstrip("-")):
        value = int(text)
        if -(2**31) <= value < 2**31:  # -2147483648: the scanner reads it without its sign
            return Const(INTEGER, str(value))
        if -(2**63) <= value < 2**63:
            return Const(BIGINT, str(value))
        return Const(NUMERIC, str(value))
    if text.startswith("."):
        text = "0" + text
    elif text.startswith("-."):
        text = "-0" + text[1:]
    if "e" in text.lower():
        number = Decimal(text)
        if not fits_numeric(number):
            raise MismatchError(*OVERFLOW)
        text = format(number, "f")
    return Const(NUMERIC, text.removesuffix("."))


def _bits(text: str) -> Const:
    if text.startswith("x"):
        text = "b" + "".join(f"{int(digit, 16):04b}" for digit in text[1:])
    return Const(SqlType("bit"), text[1:])


_STEPS: dict[str, Callable[[Analysis, Node], Typed]] = {
    "A_Const": Analysis.constant,
    "ColumnRef": Analysis.column,
    "TypeCast": Analysis.cast,
    "BoolExpr": Analysis.logic,
    "NullTest": Analysis.null_test,
    "BooleanTest": Analysis.boolean_test,
    "CaseExpr": Analysis.case,
    "CoalesceExpr": Analysis.coalesce,
    "MinMaxExpr": Analysis.extreme,
    "A_ArrayExpr": Analysis.array,
    "SQLValueFunction": Analysis.word,
    "CollateClause": Analysis.collate,
    "A_Indirection": Analysis.indirection,
    "RowExpr": Analysis.row,
    "FuncCall": Analysis.call,
    "A_Expr": Analysis.operation,
    "SubLink": Analysis.link,
}
