"""The repository's bytes as texts."""

from __future__ import annotations

import codecs

from msgspec import Struct, field

from workers.engine.snapshot import Tree
from workers.engine.source import SourceFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 512


def encoding_of(data: bytes) -> str:
    """How a file is encoded: UTF-8 where that is possible, UTF-16 told by its mark, else Latin-1.

    PowerShell's redirection writes UTF-16; Prisma reads UTF-8 alone.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) // 3:
        return "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def decode(path: str, data: bytes) -> SourceFile:
    """The file as text; line ends are kept as they are, a byte-order mark is not."""
    text = data.decode(encoding_of(data), errors="replace")
    return SourceFile(path, text.removeprefix("\ufeff"))


class Texts(Struct):
    """The files of one tree, decoded when they are asked for."""

    tree: Tree
    sources: dict[str, SourceFile] = field(default_factory=dict)
    """What was decoded so far, by path."""
    datasources: dict[str, dict[str, str]] = field(default_factory=dict)
    """The datasource blocks that were read so far, by path."""

    def source(self, path: str) -> SourceFile | None:
        """A file's text, or None where it was not read."""
        known = self.sources.get(path)
        if known is None:
            data = self.tree.files.get(path)
            if data is None:
                return None
            known = self.sources[path] = decode(path, data)
        return known

    def text(self, path: str) -> str:
        """A file's text, empty where it was not read."""
        source = self.source(path)
        return source.text if source else ""

    def datasource(self, path: str) -> dict[str, str]:
        """The properties of the datasource block in a Prisma file, as written."""
        known = self.datasources.get(path)
        if known is None:
            known = self.datasources[path] = self._datasource(path)
        return known

    def _datasource(self, path: str) -> dict[str, str]:
        found: dict[str, str] = {}
        is_inside = False
        for line in self.text(path).splitlines():
            code = line.strip()
            if code.startswith("datasource "):
                is_inside = True
            elif code.startswith("}"):
                is_inside = False
            elif is_inside:
                key, equals, value = code.partition("=")
                if equals and not key.startswith("//"):
                    found[key.strip()] = value.strip()
        return found
