"""The shared library of libpg_query, which comes with the postgast wheel, and its C structures.

Called by `postgres.py` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import CDLL, POINTER, Structure, c_bool, c_char_p, c_int, c_size_t, c_void_p
from functools import cache
from importlib.machinery import PathFinder
from typing import Any

from msgspec import Struct

from workers.engine.errors import EngineError


class _Error(Structure):
    _fields_ = (
        ("message", c_char_p),
        ("funcname", c_char_p),
        ("filename", c_char_p),
        ("lineno", c_int),
        ("cursorpos", c_int),
        ("context", c_char_p),
    )


class _Tree(Structure):
    _fields_ = (("tree", c_char_p), ("stderr", c_char_p), ("error", POINTER(_Error)))


class Bytes(Structure):
    """`PgQueryProtobuf`: bytes and how many they are."""

    _fields_ = (("length", c_size_t), ("data", c_void_p))


class _Scan(Structure):
    _fields_ = (("tokens", Bytes), ("stderr", c_char_p), ("error", POINTER(_Error)))


class _Statement(Structure):
    _fields_ = (("location", c_int), ("length", c_int))


class _Split(Structure):
    _fields_ = (
        ("statements", POINTER(POINTER(_Statement))),
        ("count", c_int),
        ("stderr", c_char_p),
        ("error", POINTER(_Error)),
    )


class _Functions(Structure):
    _fields_ = (("functions", c_char_p), ("error", POINTER(_Error)))


class Printed(Structure):
    """What a tree reads like as SQL."""

    _fields_ = (("query", c_char_p), ("error", POINTER(_Error)))


class Printing(Structure):
    """`PostgresDeparseOpts` of libpg_query's postgres_deparse.h."""

    _fields_ = (
        ("comments", c_void_p),
        ("comment_count", c_size_t),
        ("pretty_print", c_bool),
        ("indent_size", c_int),
        ("max_line_length", c_int),
        ("trailing_newline", c_bool),
        ("commas_start_of_line", c_bool),
    )


class Library(Struct, frozen=True):
    """The functions of the library, each with what frees its answer."""

    parse: Any
    free_parse: Any
    scan: Any
    free_scan: Any
    split: Any
    free_split: Any
    functions: Any
    free_functions: Any


_NAMES = {"Linux": "libpg_query.so", "Darwin": "libpg_query.dylib", "Windows": "pg_query.dll"}


@cache
def library() -> Library:
    """The functions, their types told."""
    return _declare(loaded())


def folders() -> Iterable[str]:
    """Where the postgast package is."""
    spec = PathFinder.find_spec("postgast")
    return (spec.submodule_search_locations if spec is not None else None) or ()


@cache
def loaded() -> CDLL:
    """The library itself; raises EngineError where it is not installed."""
    for folder in folders():
        for name in _NAMES.values():
            try:
                library = CDLL(f"{folder}/{name}")
            except OSError:
                continue
            return library
    raise EngineError("libpg_query, which comes with the postgast package, was not found")


def _declare(library: CDLL) -> Library:
    def function(name: str, result: Any, argument: Any = c_char_p) -> Any:
        found = getattr(library, name)
        found.argtypes = [argument]
        found.restype = result
        return found

    return Library(
        parse=function("pg_query_parse", _Tree),
        free_parse=function("pg_query_free_parse_result", None, _Tree),
        scan=function("pg_query_scan", _Scan),
        free_scan=function("pg_query_free_scan_result", None, _Scan),
        split=function("pg_query_split_with_scanner", _Split),
        free_split=function("pg_query_free_split_result", None, _Split),
        functions=function("pg_query_parse_plpgsql", _Functions),
        free_functions=function("pg_query_free_plpgsql_parse_result", None, _Functions),
    )
