"""What one file of TypeScript or JavaScript says, apart from any schema: kept by blob id.

Three small languages, all plain data that goes through JSON: a *reference* (what an expression
means, as far as the file itself tells), a *value* (an argument written out), and a *shape* (what a
type annotation promises). Positions are characters of the file, half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

from msgspec import Struct, field

FORMAT = 4
"""Goes up with every change of what is read or how it is kept."""


class Imported(Struct, frozen=True, array_like=True, gc=False, tag="i"):
    """What a module exports under a name; `*` is the module itself, `default` its default."""

    module: str
    name: str


class Top(Struct, frozen=True, array_like=True, gc=False, tag="t"):
    """A name at the top of this file."""

    name: str


class Member(Struct, frozen=True, array_like=True, gc=False, tag="m"):
    """A property of something."""

    base: Ref
    name: str


class Called(Struct, frozen=True, array_like=True, gc=False, tag="c"):
    """What a call gives; `argument` is what its first argument refers to.

    For `$extends` it is a record of the extension's components, where they are written out.
    """

    callee: Ref
    argument: Ref | None = None


class Made(Struct, frozen=True, array_like=True, gc=False, tag="n"):
    """What `new X()` makes."""

    maker: Ref


class Either(Struct, frozen=True, array_like=True, gc=False, tag="e"):
    """One of several: `a ?? b`, `c ? a : b`."""

    options: tuple[Ref, ...]


class This(Struct, frozen=True, array_like=True, gc=False, tag="h"):
    """`this` inside a class at the top of this file, by the class's name."""

    owner: str


class Shaped(Struct, frozen=True, array_like=True, gc=False, tag="s"):
    """Something of which an annotation tells the shape."""

    shape: Shape


class CallbackOf(Struct, frozen=True, array_like=True, gc=False, tag="b"):
    """The first parameter of a function that is handed to a call, by the callee."""

    callee: Ref


class Returned(Struct, frozen=True, array_like=True, gc=False, tag="f"):
    """A function, by what it returns."""

    result: Ref


class Record(Struct, frozen=True, array_like=True, gc=False, tag="o"):
    """An object written out, by what its properties refer to."""

    members: dict[str, Ref]


class Nameless(Struct, frozen=True, array_like=True, gc=False, tag="?"):
    """Nothing that the file tells more of: a parameter or a global, by its name."""

    name: str


Ref = Union[
    "Imported",
    "Top",
    "Member",
    "Called",
    "Made",
    "Either",
    "This",
    "Shaped",
    "CallbackOf",
    "Returned",
    "Record",
    "Nameless",
]


class Named(Struct, frozen=True, array_like=True, gc=False, tag="n"):
    """A type by its name, with its arguments."""

    ref: Ref
    arguments: tuple[Shape, ...] = ()


class Fields(Struct, frozen=True, array_like=True, gc=False, tag="o"):
    """An object type, an interface or a class: its members, and what it extends."""

    members: dict[str, Shape]
    bases: tuple[Shape, ...] = ()


class Among(Struct, frozen=True, array_like=True, gc=False, tag="u"):
    """A union or an intersection."""

    options: tuple[Shape, ...]


class TypeOf(Struct, frozen=True, array_like=True, gc=False, tag="t"):
    """The type of a value."""

    ref: Ref


class Indexed(Struct, frozen=True, array_like=True, gc=False, tag="x"):
    """The type of a member: `Context["prisma"]`."""

    base: Shape
    key: str


class Giving(Struct, frozen=True, array_like=True, gc=False, tag="f"):
    """A function type, by what it returns."""

    result: Shape


class Unsaid(Struct, frozen=True, array_like=True, gc=False, tag="?"):
    """A type that tells nothing here."""


Shape = Union["Named", "Fields", "Among", "TypeOf", "Indexed", "Giving", "Unsaid"]


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """One property: its name and where that stands; no name for a spread."""

    name: str | None
    start: int
    end: int
    value: Value


class Object(Struct, frozen=True, array_like=True, gc=False, tag="o"):
    """An object literal; open where more properties may come in unseen."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    is_open: bool = False


class Array(Struct, frozen=True, array_like=True, gc=False, tag="a"):
    """An array literal; open where it holds a spread."""

    items: tuple[Value, ...]
    is_open: bool = False


class Text(Struct, frozen=True, array_like=True, gc=False, tag="s"):
    """A string literal without substitutions."""

    text: str
    start: int
    end: int


class Constant(Struct, frozen=True, array_like=True, gc=False, tag="k"):
    """A number, `true`, `false`, `null` or `undefined`, as written."""

    text: str


class Reference(Struct, frozen=True, array_like=True, gc=False, tag="r"):
    """A name or a path of names."""

    ref: Ref
    start: int
    end: int


class Choice(Struct, frozen=True, array_like=True, gc=False, tag="c"):
    """One of several values."""

    options: tuple[Value, ...]


class Opaque(Struct, frozen=True, array_like=True, gc=False, tag="?"):
    """Anything else."""


Value = Union["Object", "Array", "Text", "Constant", "Reference", "Choice", "Opaque"]


class Call(Struct, frozen=True, array_like=True, gc=False):
    """A call that may be a delegate's: `receiver.method(argument)`."""

    receiver: Ref
    method: str
    argument: Value | None
    start: int
    """Where the method's name stands."""
    end: int


class Annotated(Struct, frozen=True, array_like=True, gc=False):
    """A value of which an annotation names the type: `const where: Prisma.UserWhereInput = ...`."""

    namespace: Ref
    type: str
    value: Value


class EnumUse(Struct, frozen=True, array_like=True, gc=False):
    """`Role.ADMIN`, where `Role` comes from another file."""

    base: Ref
    member: str
    start: int
    end: int


class Query(Struct, frozen=True, array_like=True, gc=False):
    """SQL in a template or a string: its parts, each with the place where it begins.

    A part at -1 is a substitution. `receiver` is what was called or tagged, `route` how: a Prisma
    client's method, `sql` for a tag, `query` for a driver's method.
    """

    receiver: Ref
    route: str
    parts: tuple[tuple[str, int], ...]
    start: int
    end: int


class Mention(Struct, frozen=True, array_like=True, gc=False):
    """A name in a built query: a table or a column, perhaps with its table before a point."""

    name: str
    alias: str
    start: int
    end: int
    how: str
    """`reads`, `filters by`, `sorts by` or `writes`."""


class Built(Struct, frozen=True, array_like=True, gc=False):
    """A query that Kysely's builder makes: its tables, and the columns that it names.

    `labels` are what the file calls other queries and expressions. In an open one there is more in
    reach than its tables: another query's rows, or a table whose name is not written out.
    """

    method: str
    tables: tuple[Mention, ...]
    columns: tuple[Mention, ...]
    labels: tuple[str, ...]
    is_open: bool


class Copy(Struct, frozen=True, array_like=True, gc=False):
    """A type written out that may repeat a model: `kind` is interface, type, return or zod."""

    kind: str
    name: str
    start: int
    end: int
    fields: tuple[tuple[str, str], ...]
    """Names, and their types as written, shortened."""
    bases: tuple[str, ...] = ()


class Facts(Struct, frozen=True, array_like=True, gc=False):
    """Everything that one file says."""

    exports: Mapping[str, Ref] = field(default_factory=dict)
    stars: tuple[str, ...] = ()
    """The modules whose exports are all exported again."""
    tops: Mapping[str, Ref] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    annotated: tuple[Annotated, ...] = ()
    enums: tuple[EnumUse, ...] = ()
    queries: tuple[Query, ...] = ()
    copies: tuple[Copy, ...] = ()
    unread: int = 0
    """Calls and queries that are put together at run time."""
    outline: tuple[int | str, ...] = ()
    """Each line of the file: its text where something stands in it, else its length."""
    modules: tuple[str, ...] = ()
    """The modules that anything of this refers to."""
    built: tuple[Built, ...] = ()
