"""`python -m tests.bench.plot`: deploy/figures.json, drawn as deploy/figures.svg.

The figures are those that `make load` and `make bench` printed; put yours into the file, and draw.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import drawsvg

DEPLOY = Path(__file__).parents[2] / "deploy"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 400, 230, 30, 50, 40
INK, LINE = "#444", "#2563eb"


def drawn(figures: dict[str, Any]) -> drawsvg.Drawing:
    """Two charts beside each other in each row."""
    rows = (len(figures) + 1) // 2
    picture = drawsvg.Drawing(2 * WIDTH, rows * HEIGHT)
    picture.append(drawsvg.Rectangle(0, 0, 2 * WIDTH, rows * HEIGHT, fill="white"))
    for number, figure in enumerate(figures.values()):
        left, top = number % 2 * WIDTH, number // 2 * HEIGHT
        picture.append(_chart(figure, left, top))
    return picture


def _chart(figure: dict[str, Any], left: float, top: float) -> drawsvg.Group:
    group = drawsvg.Group(font_family="sans-serif", transform=f"translate({left},{top})")
    for line, text in enumerate(_folded(figure["title"])):
        group.append(drawsvg.Text(text, 12, LEFT, 18 + 14 * line, fill=INK))
    points = figure["points"]
    widest, highest = max(x for x, _ in points), max(y for _, y in points)
    floor = HEIGHT - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + x / widest * (WIDTH - 2 * LEFT - 30),
            floor - y / highest * (floor - TOP - 15),
        )

    group.append(drawsvg.Line(LEFT, floor, WIDTH - LEFT, floor, stroke=INK))
    path = drawsvg.Path(stroke=LINE, stroke_width=2, fill="none")
    path.M(*at(*points[0]))
    for x, y in points[1:]:
        path.L(*at(x, y))
    group.append(path)
    for x, y in points:
        across, up = at(x, y)
        group.append(drawsvg.Circle(across, up, 3, fill=LINE))
        group.append(drawsvg.Text(f"{y:g}{figure['unit']}", 11, across - 6, up - 8, fill=INK))
        group.append(drawsvg.Text(f"{x}", 11, across - 6, floor + 14, fill=INK))
    group.append(drawsvg.Text(figure["x"], 11, LEFT, floor + 30, fill=INK))
    return group


def _folded(title: str) -> list[str]:
    """Two lines at most."""
    head, comma, tail = title.partition(", by ")
    return [head, f"by {tail}"] if comma else [title]


def main() -> None:
    """Draw what the file says."""
    figures = json.loads((DEPLOY / "figures.json").read_text())
    drawn(figures).save_svg(str(DEPLOY / "figures.svg"))


if __name__ == "__main__":
    main()
