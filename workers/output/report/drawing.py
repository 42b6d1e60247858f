"""The report's pictures as SVG, for a page whose style colours them; drawn with drawsvg.

drawsvg escapes texts and titles, not attributes: those hold nothing but words of this module.
"""

from __future__ import annotations

from collections.abc import Sequence

import drawsvg as draw
from msgspec import Struct

from workers.engine.dossier.pictures import Box, Edge, Relations, Stop, Timeline
from workers.output.report.layers import layered
from workers.review.markdown import visible

_ROW, _TOP, _DOT = 28, 44, 5
_NAME_WIDTH, _GAP = 400, 170
_BOX_WIDTH, _BOX_HEIGHT, _BOX_GAP, _LAYER_GAP = 290, 46, 18, 110
_SIGNS = 52


class Drawn(Struct, frozen=True):
    """A picture: its SVG, and the width in pixels below which it is better scrolled."""

    svg: str
    width: int


def draw_timeline(picture: Timeline, number: int) -> Drawn:
    """Names in their order on the left, the order that is needed on the right, lines between."""
    stops = picture.stops
    placed = [stop for stop in stops if stop.needed is not None]
    right = sorted(placed, key=lambda stop: stop.needed or 0)
    lost = [stop for stop in stops if stop.needed is None]
    width = 2 * _NAME_WIDTH + _GAP
    height = _TOP + _ROW * len(stops)
    image = _image(width, height, number)
    image.append(draw.Text("By name", 13, _NAME_WIDTH, 20, text_anchor="end", class_="axis"))
    image.append(draw.Text("As needed", 13, _NAME_WIDTH + _GAP, 20, class_="axis"))
    heights = {id(stop): _TOP + _ROW * row for row, stop in enumerate(stops)}
    for row, stop in enumerate([*right, *lost]):
        _link(image, stop, heights[id(stop)], _TOP + _ROW * row)
    for stop in stops:
        _name(image, stop, _NAME_WIDTH, heights[id(stop)], "end")
    for row, stop in enumerate([*right, *lost]):
        _name(image, stop, _NAME_WIDTH + _GAP, _TOP + _ROW * row, "start")
    return Drawn(image.as_svg(header=""), width)


def _link(image: draw.Drawing, stop: Stop, start: int, end: int) -> None:
    left, right = _NAME_WIDTH + 18, _NAME_WIDTH + _GAP - 18
    middle = (left + right) / 2
    path = draw.Path(class_=f"link {stop.tone}" if stop.needed is not None else "link lost")
    path.M(left, start).C(middle, start, middle, end, right, end)
    image.append(path)


def _name(image: draw.Drawing, stop: Stop, x: int, y: int, anchor: str) -> None:
    is_left = anchor == "end"
    dot = draw.Circle(x + (12 if is_left else -12), y, _DOT, class_=f"dot {stop.tone}")
    image.append(dot)
    label = _cut(stop.label)
    if stop.needed is None and not is_left:
        label = f"never runs: {label}"
    elif stop.count == 1:
        label = f"{stop.position if is_left else stop.needed}  {label}"
    text = draw.Text(label, 13, x, y + 4, text_anchor=anchor, class_=f"label {stop.tone}")
    text.append_title(visible(stop.label))
    image.append(text)


def draw_relations(picture: Relations, number: int) -> Drawn:
    """Each table in a box, those that refer to it to its left; foreign keys as curves."""
    names = [box.name for box in picture.boxes]
    layers = layered(names, [(edge.start, edge.end) for edge in picture.edges])
    tallest = max(map(len, layers))
    width = len(layers) * (_BOX_WIDTH + _LAYER_GAP) - _LAYER_GAP + 20
    height = tallest * (_BOX_HEIGHT + _BOX_GAP) + 20
    image = _image(width, height, number)
    corners = _corners(layers, height)
    boxes = {box.name: box for box in picture.boxes}
    _arrow(image, number)
    for edge in picture.edges:
        _curve(image, edge, corners, number)
    for name, (x, y) in corners.items():
        _box(image, boxes[name], x, y)
    return Drawn(image.as_svg(header=""), width)


def _corners(layers: Sequence[Sequence[str]], height: int) -> dict[str, tuple[float, float]]:
    step = _BOX_HEIGHT + _BOX_GAP
    found: dict[str, tuple[float, float]] = {}
    for column, layer in enumerate(layers):
        top = (height - len(layer) * step + _BOX_GAP) / 2
        for row, name in enumerate(layer):
            found[name] = (10 + column * (_BOX_WIDTH + _LAYER_GAP), top + row * step)
    return found


def _arrow(image: draw.Drawing, number: int) -> None:
    marker = draw.Marker(0, -4, 8, 4, scale=1, orient="auto", id=f"arrow{number}")
    marker.append(draw.Lines(0, -4, 8, 0, 0, 4, close=True, class_="arrow"))
    image.append_def(marker)


def _curve(
    image: draw.Drawing, edge: Edge, corners: dict[str, tuple[float, float]], number: int
) -> None:
    x1, y1 = corners[edge.start]
    x2, y2 = corners[edge.end]
    path = draw.Path(class_=f"edge {edge.tone}", marker_end=f"url(#arrow{number})")
    if edge.start == edge.end:
        x1 += _BOX_WIDTH
        path.M(x1, y1 + 12).C(x1 + 45, y1 - 5, x1 + 45, y1 + 51, x1 + 8, y1 + 34)
    elif x2 > x1:
        _onward(path, (x1 + _BOX_WIDTH, y1 + 23), (x2 - 8, y2 + 23), corners)
    else:  # within a layer, or against the flow
        start, end = x1 + _BOX_WIDTH, x2 + _BOX_WIDTH + 8
        out = max(start, end) + 60
        path.M(start, y1 + 23).C(out, y1 + 23, out, y2 + 23, end, y2 + 23)
    path.append_title(visible(f"{edge.start} ({edge.label}) refers to {edge.end}"))
    image.append(path)


def _onward(
    path: draw.Path,
    start: tuple[float, float],
    end: tuple[float, float],
    corners: dict[str, tuple[float, float]],
) -> None:
    """From layer to layer; past the boxes of a layer between, not behind them."""
    path.M(*start)
    (x, y), (x2, y2) = start, end
    between = sorted({left for left, _ in corners.values() if x < left < x2 - _BOX_WIDTH})
    for left in between:
        tops = [top for at, top in corners.values() if at == left]
        free = [*(top - _BOX_GAP / 2 for top in tops), max(tops) + _BOX_HEIGHT + _BOX_GAP / 2]
        wanted = y + (y2 - y) * (left - x) / (x2 - x)
        height = min(free, key=lambda one: abs(one - wanted))
        middle = (x + left) / 2
        path.C(middle, y, middle, height, left, height).L(left + _BOX_WIDTH, height)
        x, y = left + _BOX_WIDTH, height
    middle = (x + x2) / 2
    path.C(middle, y, middle, y2, x2, y2)


def _box(image: draw.Drawing, box: Box, x: float, y: float) -> None:
    group = draw.Group(class_=f"table {box.tone}")
    frame = draw.Rectangle(x, y, _BOX_WIDTH, _BOX_HEIGHT, rx=6)
    frame.append_title(visible(f"{box.name}: {box.note}" if box.note else box.name))
    group.append(frame)
    name_at = y + (19 if box.note else 28)
    group.append(draw.Text(_cut(box.name, 30), 14, x + 12, name_at, class_="name"))
    if box.note:
        group.append(draw.Text(_cut(box.note, 40), 12, x + 12, y + 36, class_="note"))
    image.append(group)


def _image(width: float, height: float, number: int) -> draw.Drawing:
    return draw.Drawing(
        width, height, id_prefix=f"d{number}", role="img", aria_labelledby=f"figure{number}"
    )


def _cut(text: str, signs: int = _SIGNS) -> str:
    shown = visible(" ".join(text.split()))
    return shown if len(shown) <= signs else f"{shown[: signs - 1]}…"
