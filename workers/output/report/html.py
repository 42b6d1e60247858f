"""A document as one HTML file that needs nothing else: its style within, its script optional.

Jinja escapes every value; `inline` is the only place that makes markup, out of escaped parts.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from itertools import count
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from workers.engine.dossier.pictures import Timeline
from workers.output.report.document import Document, Figure
from workers.output.report.drawing import draw_relations, draw_timeline
from workers.output.report.links import Places
from workers.review.markdown import visible

_FOLDER = Path(__file__).parent


def render(document: Document, places: Places) -> str:
    """The whole file."""
    # jinja2 reads templates as text, so that the script's own characters are what is hashed.
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    marks = Marks()
    environment.filters.update(
        inline=inline,
        kind=_kind,
        visible=visible,
        plain=plain,
        drawn=marks.drawn,
        region=marks.region,
    )
    style, script = (
        Markup((_FOLDER / name).read_text(encoding="utf-8").strip())
        for name in ("report.css", "report.js")
    )
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        document=document, place=places.of, style=style, script=script, script_hash=digest
    )


class Marks:
    """The names of what one page holds: no two pictures and no two regions share one."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._regions: Counter[str] = Counter()

    def region(self, caption: str) -> str:
        """A caption as a region's name, with its number from the second of that name on."""
        name = plain(caption)
        self._regions[name] += 1
        seen = self._regions[name]
        return name if seen == 1 else f"{name} ({seen})"

    def drawn(self, figure: Figure) -> dict[str, object]:
        """A picture's number, its SVG and its width."""
        number = next(self._numbers)
        picture = figure.picture
        drawn = (
            draw_timeline(picture, number)
            if isinstance(picture, Timeline)
            else draw_relations(picture, number)
        )
        return {"number": number, "svg": Markup(drawn.svg), "width": drawn.width}


def inline(text: str) -> Markup:
    """Prose with names in backticks: the names become code, line ends breaks, nothing else."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner is no markup
        parts[-2:] = ["`".join(parts[-2:])]
    out = Markup("")
    for number, part in enumerate(parts):
        safe = escape(part)
        out += Markup("<code>{}</code>").format(safe) if number % 2 else safe
    return Markup(str(out).replace("\n", "<br>"))


def plain(text: str) -> str:
    """Prose without its backticks, for a page's title."""
    return visible(text).replace("`", "")


def _kind(block: object) -> str:
    return type(block).__name__.lower()
