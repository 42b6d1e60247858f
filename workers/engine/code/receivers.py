"""What the receiver of a call is named, where nothing more is known of it."""

from __future__ import annotations

from workers.engine.code import facts
from workers.engine.code.facts import Ref

_CLIENTS = frozenset(
    {"db", "tx", "trx", "client", "database", "orm", "transaction", "t", "trans", "conn",
     "dbclient", "repo", "pc", "p"}
)  # fmt: skip
_ENDINGS = ("db", "tx", "transactionclient")


def last_name(ref: Ref) -> str:
    """The last name in the way to something, as far as there is one."""
    if isinstance(ref, facts.Member | facts.Top | facts.Imported | facts.Nameless):
        return ref.name
    if isinstance(ref, facts.Called):
        return last_name(ref.callee)
    if isinstance(ref, facts.Either):
        return next(filter(None, map(last_name, ref.options)), "")
    if isinstance(ref, facts.CallbackOf):
        return "tx"
    if isinstance(ref, facts.Shaped):
        shape = ref.shape
        return last_name(shape.ref) if isinstance(shape, facts.Named) else ""
    return ref.owner if isinstance(ref, facts.This) else ""


def is_client_name(name: str) -> bool:
    """Whether something is called as Prisma clients are."""
    lower = name.lower().strip("_#$")
    return "prisma" in lower or lower in _CLIENTS or lower.endswith(_ENDINGS)
