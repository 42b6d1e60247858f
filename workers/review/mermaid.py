"""Pictures as Mermaid, which GitHub draws in comments and files
(https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams).

Names out of a repository stand in quoted labels alone, with everything that could end a label or
mean something to Mermaid or HTML as a `#code;` entity; the nodes have names of Driftline's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.dossier.pictures import Relations, Stop, Timeline
from workers.review.markdown import visible

_PLAIN = frozenset(" .,()/")
_LABEL = 48
_STYLES = (
    "classDef bad stroke:#d1242f,stroke-width:2px",
    "classDef warn stroke:#bf8700,stroke-width:2px",
    "classDef good stroke:#1a7f37",
    "classDef muted stroke-dasharray:3 3",
)


def timeline(picture: Timeline) -> str:
    """The migrations in the order of their names; a dotted arrow leads to where one is needed."""
    lines = ["flowchart TD"]
    for number, stop in enumerate(picture.stops):
        lines.append(f'  m{number}["{_stop(stop)}"]:::{stop.tone}')
    lines += [f"  m{number} --> m{number + 1}" for number in range(len(picture.stops) - 1)]
    lines += _moves(picture)
    return _fenced(lines)


def _stop(stop: Stop) -> str:
    label = escaped(stop.label)
    if stop.count > 1:
        return label
    if stop.needed is None:
        return f"{label}<br/>by name {stop.position}, never runs"
    if stop.needed != stop.position:
        return f"{label}<br/>by name {stop.position}, needed {stop.needed}"
    return f"{label}<br/>by name {stop.position}" + (", fails" if stop.tone == "bad" else "")


def _moves(picture: Timeline) -> Iterator[str]:
    at = {stop.position: number for number, stop in enumerate(picture.stops)}
    for number, stop in enumerate(picture.stops):
        target = at.get(stop.needed or 0)
        if target is not None and target != number and stop.needed != stop.position:
            yield f"  m{number} -. has to be here .-> m{target}"


def relations(picture: Relations) -> str:
    """The drifted tables, with their neighbours and the foreign keys."""
    lines = ["flowchart LR"]
    node = {box.name: f"t{number}" for number, box in enumerate(picture.boxes)}
    for box in picture.boxes:
        note = f"<br/>{escaped(box.note)}" if box.note else ""
        lines.append(f'  {node[box.name]}["{escaped(box.name)}{note}"]:::{box.tone}')
    for edge in picture.edges:
        arrow = "-->" if edge.tone == "muted" else "-.->"
        lines.append(f'  {node[edge.start]} {arrow}|"{escaped(edge.label)}"| {node[edge.end]}')
    return _fenced(lines)


def escaped(text: str) -> str:
    """A label: letters, digits and a few signs as they are, all else as entities of Mermaid's."""
    shown = visible(" ".join(text.split()))
    shown = shown if len(shown) <= _LABEL else f"{shown[: _LABEL - 1]}…"
    return "".join(_sign(shown, at) for at in range(len(shown)))


def _sign(text: str, at: int) -> str:
    """Mermaid reads labels as Markdown, in which a line or a dash can mean something too."""
    sign = text[at]
    is_within = text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()
    if sign.isalnum() or sign in _PLAIN or (sign in "_-" and is_within):
        return sign
    return f"#{ord(sign)};"


def _fenced(lines: list[str]) -> str:
    body = "\n".join([*lines, *(f"  {style}" for style in _STYLES)])
    return f"```mermaid\n{body}\n```"
