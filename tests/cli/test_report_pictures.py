"""The pictures of the report: as data, as SVG and as Mermaid."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.dossier.dossier import compile_dossier
from workers.engine.dossier.pictures import (
    Box,
    Edge,
    Relations,
    Stop,
    Timeline,
    relations_of,
    timeline_of,
)
from workers.engine.report import PairReport, Report
from workers.engine.snapshot import Snapshot
from workers.output.report.compose import compose
from workers.output.report.drawing import draw_relations, draw_timeline
from workers.output.report.html import render
from workers.output.report.layers import layered
from workers.output.report.links import Places
from workers.review import mermaid

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '"];<script>alert(1)</script>|x`\u202e]]>&amp; --> t9'
SCHEMA = """datasource db {
  provider = "postgresql"
}

model Author {
  id    Int    @id
  name  String
  books Book[]
}

model Book {
  id       Int    @id
  authorId Int
  author   Author @relation(fields: [authorId], references: [id])
}

model Shelf {
  id Int @id
}
"""
AUTHOR = (
    'CREATE TABLE "Author" ("id" INTEGER NOT NULL, CONSTRAINT "Author_pkey" PRIMARY KEY ("id"));'
)
BOOK = (
    'CREATE TABLE "Book" ("id" INTEGER NOT NULL, "authorId" INTEGER NOT NULL,'
    ' CONSTRAINT "Book_pkey" PRIMARY KEY ("id"),'
    ' CONSTRAINT "Book_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id")'
    " ON DELETE RESTRICT ON UPDATE CASCADE);"
)
OLD = 'CREATE TABLE "Old" ("id" INTEGER NOT NULL, CONSTRAINT "Old_pkey" PRIMARY KEY ("id"));'


def analyzed(**migrations: str) -> Report:
    files = {"prisma/schema.prisma": SCHEMA}
    for name, text in migrations.items():
        files[f"prisma/migrations/{name.removeprefix('m')}/migration.sql"] = text
    return analyze(Snapshot(tree({path: text.encode() for path, text in files.items()})))


def pair_of(**migrations: str) -> PairReport:
    return analyzed(**migrations).pairs[0]


def test_the_drifted_tables_stand_with_their_neighbours_and_keys() -> None:
    picture = relations_of(pair_of(m1_a=AUTHOR, m2_b=BOOK, m3_c=OLD))
    assert picture is not None
    assert {(box.name, box.note, box.tone) for box in picture.boxes} == {
        ("Author", "1 of 2 columns", "bad"),
        ("Shelf", "no migration creates it", "bad"),
        ("Old", "not declared", "warn"),
        ("Book", "", "muted"),
    }
    assert picture.edges == (Edge("Book", "Author", "authorId", "muted"),)


def test_a_key_that_one_side_lacks_is_marked() -> None:
    without = re.sub(r", CONSTRAINT \"Book_authorId_fkey\".*CASCADE", "", BOOK)
    picture = relations_of(pair_of(m1_a=AUTHOR, m2_b=without))
    assert picture is not None
    assert [edge.tone for edge in picture.edges] == ["bad"]


def test_the_timeline_tells_where_each_migration_is_needed() -> None:
    picture = timeline_of(pair_of(m1_b=BOOK, m2_a=AUTHOR))
    assert picture == Timeline((Stop("1_b", 1, 2, "bad"), Stop("2_a", 2, 1, "warn")))
    assert not picture.is_in_order


def test_a_long_timeline_keeps_what_is_in_trouble() -> None:
    many = {f"m{n:03}_x": f'CREATE TABLE "T{n}" ("id" INTEGER PRIMARY KEY);' for n in range(1, 60)}
    picture = timeline_of(pair_of(**{**many, "m030_x": BOOK, "m031_x": AUTHOR}))
    assert picture is not None
    assert [stop.label for stop in picture.stops] == [
        "001_x",
        "… 27 migrations",
        "029_x",
        "030_x",
        "031_x",
        "032_x",
        "… 26 migrations",
        "059_x",
    ]


def test_layers_lead_from_left_to_right_and_circles_are_cut() -> None:
    arrows = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "d")]
    assert layered(["c", "b", "a", "d"], arrows) == [["a", "d"], ["b"], ["c"]]
    assert sum(map(len, layered([str(n) for n in range(40)], []))) == 40


def test_a_key_past_a_layer_runs_between_its_tables_not_behind_them() -> None:
    boxes = tuple(Box(name, "", "muted") for name in ("a", "b", "c"))
    edges = (Edge("a", "b", "b", "muted"), Edge("b", "c", "c", "muted"), Edge("a", "c", "c", "bad"))
    root = ElementTree.fromstring(draw_relations(Relations(boxes, edges), 1).svg)
    middle = root.findall(f".//{SVG}rect")[1].attrib
    top, height = float(middle["y"]), float(middle["height"])
    (path,) = (
        p.attrib["d"] for p in root.iter(f"{SVG}path") if p.attrib.get("class") == "edge bad"
    )
    straight = [float(y) for y in re.findall(r"L[-\d.]+,([-\d.]+)", path)]
    assert len(straight) == 1
    assert not top <= straight[0] <= top + height


EVIL_RELATIONS = Relations(
    (Box(EVIL, EVIL, "bad"), Box("b", "", "muted")),
    (
        Edge(EVIL, "b", EVIL, "bad"),
        Edge(EVIL, EVIL, "self", "muted"),
        Edge("b", EVIL, "back", "bad"),
    ),
)
EVIL_TIMELINE = Timeline((Stop(EVIL, 1, 2, "warn"), Stop("b", 2, None, "bad")))


@pytest.mark.parametrize(
    "svg",
    [draw_relations(EVIL_RELATIONS, 1).svg, draw_timeline(EVIL_TIMELINE, 1).svg],
    ids=["relations", "timeline"],
)
def test_names_stay_text_in_svg(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "defs", "marker", "path", "g", "rect", "text", "title", "circle"),
    }
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    assert any("<script>alert(1)</script>" in title for title in titles)
    assert "\u202e" not in svg
    assert root.attrib["aria-labelledby"] == "figure1"


def test_each_picture_of_the_page_has_a_caption_of_its_own() -> None:
    report = analyzed(m1_b=BOOK, m2_a=AUTHOR)
    html = render(compose(compile_dossier(report), "x", "Now."), Places(report))
    labels = re.findall(r'aria-labelledby="(figure\d+)"', html)
    captions = re.findall(r'<figcaption id="(figure\d+)">', html)
    assert labels == captions == ["figure1", "figure2"]
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "text",
    [mermaid.relations(EVIL_RELATIONS), mermaid.timeline(EVIL_TIMELINE)],
    ids=["relations", "timeline"],
)
def test_names_stay_labels_in_mermaid(text: str) -> None:
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == ("```mermaid", "```")
    label = r'"(?:[\w .,()/-]|#\d+;|<br/>)*"'
    node = rf"  [tm]\d+\[{label}\]:::(?:bad|warn|good|muted)"
    arrow = rf"  [tm]\d+ (?:-->|-\.->)(?:\|{label}\|)? ?[tm]\d+"
    moved = r"  m\d+ -\. has to be here \.-> m\d+"
    style = r"  classDef \w+ [\w:#,;. -]+"
    for line in lines[2:-1]:
        assert re.fullmatch(rf"{node}|{arrow}|{moved}|{style}", line), line
    assert "script" in text
    assert "<script" not in text


def test_labels_hold_nothing_that_mermaid_or_markdown_reads() -> None:
    assert mermaid.escaped("add_users-2 (a, b)") == "add_users-2 (a, b)"
    assert mermaid.escaped("__x__") == "#95;#95;x#95;#95;"
    assert mermaid.escaped('a"b\n`c`') == "a#34;b #96;c#96;"
    assert len(mermaid.escaped("x" * 500)) == 47 + len("#8230;")
