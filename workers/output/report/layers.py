"""Where the boxes of a picture stand: in layers, arrows leading from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MOST = 9
Arrow = tuple[str, str]


def layered(names: Sequence[str], arrows: Iterable[Arrow]) -> list[list[str]]:
    """The names in layers; within one, near to what they are tied to in the layer before.

    Arrows that would close a circle are passed over. A layer holds at most nine names.
    """
    onward: dict[str, list[str]] = {name: [] for name in names}
    for start, end in arrows:
        if start != end and not _leads(onward, end, start):
            onward[start].append(end)
    depth = dict.fromkeys(names, 0)
    for name in _sorted(onward):
        for end in onward[name]:
            depth[end] = max(depth[end], depth[name] + 1)
    backward: dict[str, list[str]] = {name: [] for name in names}
    for name, ends in onward.items():
        for end in ends:
            backward[end].append(name)
    alone = {name for name in names if not onward[name] and not backward[name]}
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name in names:
        if name not in alone:
            layers[depth[name]].append(name)
    _straighten(layers, backward)
    _spread(layers, [name for name in names if name in alone])
    return [part for layer in layers for part in _parts(layer)]


def _leads(onward: dict[str, list[str]], start: str, end: str) -> bool:
    """Whether arrows lead from one name to another."""
    seen, left = set(), [start]
    while left:
        name = left.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            left += onward[name]
    return False


def _sorted(onward: dict[str, list[str]]) -> list[str]:
    """The names, each before those that its arrows lead to."""
    waiting = dict.fromkeys(onward, 0)
    for ends in onward.values():
        for end in ends:
            waiting[end] += 1
    free = [name for name, count in waiting.items() if not count]
    for name in free:
        for end in onward[name]:
            waiting[end] -= 1
            if not waiting[end]:
                free.append(end)
    return free


def _straighten(layers: list[list[str]], backward: dict[str, list[str]]) -> None:
    """Order each layer by the middle of what leads to its names, so that few lines cross."""
    for number in range(1, len(layers)):
        place = {name: at for layer in layers[:number] for at, name in enumerate(layer)}

        def middle(name: str, place: dict[str, int] = place) -> float:
            found = [place[other] for other in backward[name]]
            return sum(found) / len(found) if found else 0.0

        layers[number].sort(key=middle)


def _spread(layers: list[list[str]], alone: list[str]) -> None:
    """Names without arrows go where there is room."""
    for name in alone:
        min(layers, key=len).append(name)


def _parts(layer: list[str]) -> list[list[str]]:
    return [layer[at : at + _MOST] for at in range(0, len(layer), _MOST)]
