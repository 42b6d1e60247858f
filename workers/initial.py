"""`driftline init`: write what keeps a project from drifting, or show what would be written.

Nothing is replaced that people wrote: a file that exists is kept, or gets lines added to it, and
each is told. Run again, it finds everything there and writes nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from workers.checkout import CheckoutError, local_snapshot
from workers.engine.prevention.offers import HOOKS, Offer, offers
from workers.engine.project.discovery import discover
from workers.engine.project.layout import is_wanted
from workers.engine.project.texts import Texts
from workers.output.wording import printable
from workers.refusals import WrongUse


def initialise(repository: Path, *, is_dry: bool) -> Iterator[str]:
    """Write the offers, one told a line; dry, with their differences and nothing written."""
    try:
        snapshot = local_snapshot(repository, wanted=lambda path: is_wanted(path) or path in HOOKS)
    except CheckoutError as error:
        raise WrongUse(str(error)) from error
    texts = Texts(snapshot.head)
    for offer in list(offers(texts, discover(texts))):
        yield f"{_verb(offer, is_dry=is_dry)} {printable(offer.path)}: {printable(offer.why)}."
        if offer.text is None:
            continue
        if is_dry:
            yield from _difference(offer)
        else:
            _write(repository, offer)


def _verb(offer: Offer, *, is_dry: bool) -> str:
    if offer.text is None:
        return "keep  " if offer.before is not None else "by you"
    verb = "create" if offer.before is None else "change"
    return f"would {verb}" if is_dry else f"{verb}"


def _difference(offer: Offer) -> Iterable[str]:
    before = (offer.before or "").splitlines()
    after = (offer.text or "").splitlines()
    lines = difflib.unified_diff(before, after, offer.path, offer.path, lineterm="")
    return [printable(f"    {line}") for line in lines]


def _write(repository: Path, offer: Offer) -> None:
    target = repository / offer.path
    if target.is_symlink() or not target.parent.resolve().is_relative_to(repository.resolve()):
        raise WrongUse(f"`{offer.path}` is a link, or lies outside; nothing was written to it.")
    if target.exists() != (offer.before is not None):
        raise WrongUse(f"`{offer.path}` changed while it was read; run `driftline init` again.")
    text = offer.text or ""
    if offer.before is not None and "\r\n" in offer.before:
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    if offer.is_executable:
        target.chmod(target.stat().st_mode | 0o111)
