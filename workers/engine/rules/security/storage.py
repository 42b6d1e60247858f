"""Public buckets whose files everyone can list.

What it means
    A migration makes a storage bucket public, and a policy on `storage.objects` lets everyone
    select from all of it.

Why it matters
    The files of a public bucket are served by their addresses without any policy. The policy only
    adds that everyone can list them: whoever knows no address learns them all.

Example
    INSERT INTO storage.buckets (id, name, public) VALUES ('avatars', 'avatars', true);
    CREATE POLICY "read" ON storage.objects FOR SELECT USING (bucket_id = 'avatars');

Fix
    Drop the policy; or narrow it to the owner's folder:
    `bucket_id = 'avatars' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text`.

When to ignore it
    Where the list of files is meant for everyone.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.buckets import listable_bucket, public_buckets
from workers.engine.rules.security.exposure import Exposure

storage_bucket_listable = Rule(
    "storage-bucket-listable", family="security", severity=Severity.WARNING, since="0.1"
)

_EVERYBODY = frozenset({"public", "anon", "authenticated"})


@storage_bucket_listable.on(Exposure)
def check(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """A broad SELECT policy on the objects of a bucket that a migration makes public."""
    policies = [
        policy
        for policy in context.replayed.policies.values()
        if str(policy.table) == "storage.objects"
        and policy.is_permissive
        and policy.command in ("SELECT", "ALL")
        and not _EVERYBODY.isdisjoint(policy.roles)
    ]
    public = public_buckets(context) if policies else {}
    for policy in policies:
        for bucket, origin in public.items():
            if not listable_bucket(policy.using, bucket):
                continue
            yield storage_bucket_listable.finding(
                subject=f"storage.{bucket}",
                detail=policy.name,
                origin=context.place(policy.history, (origin,)),
                message=(
                    f"The policy `{policy.name}` lets everyone list all files of the public bucket"
                    f" `{bucket}`."
                ),
                remedy="Drop it: a public bucket serves its files without. Or narrow it.",
            )
