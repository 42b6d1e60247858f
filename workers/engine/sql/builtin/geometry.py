"""PostGIS's type modifiers, as its own output functions write them."""

from __future__ import annotations

_SHAPES = (
    "Geometry", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString",
    "MultiPolygon", "GeometryCollection", "CircularString", "CompoundCurve", "CurvePolygon",
    "MultiCurve", "MultiSurface", "PolyhedralSurface", "Triangle", "Tin",
)  # fmt: skip

_SPELLED = {
    f"{shape}{suffix}".lower(): f"{shape}{suffix}"
    for shape in _SHAPES
    for suffix in ("", "Z", "M", "ZM")
}


def geometry_arguments(name: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """`POINT` becomes `Point`; a geography without a reference system is in 4326."""
    if name not in ("geometry", "geography") or not arguments:
        return arguments
    shape = _SPELLED.get(arguments[0].lower().replace(" ", ""), arguments[0])
    if len(arguments) > 1 and arguments[1] == "0":
        arguments = arguments[:1]
    if name == "geography" and len(arguments) == 1:
        return (shape, "4326")
    return (shape, *arguments[1:])
