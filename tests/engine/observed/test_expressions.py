"""What the server's printing of an expression adds is no difference; what people change is one."""

from __future__ import annotations

import pytest

from workers.engine.observed.expressions import same_expression

SAME = [
    ("v(id, id) > 0", "(public.v(VARIADIC ARRAY[id, id]) > 0)"),
    ("uid IN (SELECT f(a))", "(uid IN ( SELECT public.f(t.a) AS f))"),
    ("b = (SELECT b FROM p LIMIT 1 OFFSET 2)", "(b = ( SELECT p.b FROM p\n OFFSET 2\n LIMIT 1))"),
    ("EXISTS (SELECT b FROM p GROUP BY 1)", "(EXISTS ( SELECT p.b FROM p GROUP BY p.b))"),
    ("id IN (SELECT * FROM many())", "(id IN ( SELECT many.many FROM public.many() many(many)))"),
    ("k IN (SELECT k FROM p)", "(k IN ( SELECT p_1.k FROM public.p p_1))"),
]
OTHER = [
    ("uid IN (SELECT f(a))", "(uid IN ( SELECT public.g(t.a) AS g))"),
    ("EXISTS (SELECT 1 FROM p WHERE a = b)", "(EXISTS ( SELECT 1 FROM p WHERE (p.a <> p.b)))"),
    ("EXISTS (SELECT 1 FROM p WHERE a = b)", "(EXISTS ( SELECT 1 FROM p WHERE (p.a = p.c)))"),
    ("EXISTS (SELECT 1 FROM p)", "(EXISTS ( SELECT 1 FROM p WHERE p.done))"),
    ("k = 'a' AND EXISTS (SELECT 1 FROM p)", "((k = 'b'::text) AND (EXISTS ( SELECT 1 FROM p)))"),
    ("EXISTS (SELECT 1 FROM p WHERE n > 3)", "(EXISTS ( SELECT 1 FROM p WHERE (p.n > 5)))"),
    ("(SELECT 1 FROM p) - b > 0", "((b - ( SELECT 1 FROM p)) > 0)"),
    ("id IN (SELECT * FROM f(3))", "(id IN ( SELECT f.f FROM f(5) f(f)))"),
    ("a IN (SELECT b FROM p GROUP BY 1)", "(a IN ( SELECT p.c FROM p GROUP BY p.c))"),
    ("a - b > 0", "((b - a) > 0)"),
]


@pytest.mark.parametrize(("written", "printed"), SAME)
def test_what_the_server_adds_is_no_difference(written: str, printed: str) -> None:
    assert same_expression(written, printed)


@pytest.mark.parametrize(("written", "printed"), OTHER)
def test_what_people_change_is_one(written: str, printed: str) -> None:
    assert not same_expression(written, printed)
