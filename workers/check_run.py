"""The check run of a head: shown at once, always concluded, and only one, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.github.errors import NotFound, UnknownOutcome
from bot.github.facts import Action, CheckRun, Conclusion, Output
from bot.github.ports import Checks
from workers.inflight import KnownRun, KnownRuns

NAME = "Driftline"
"""Of the check run, exactly: branch protection asks for it by name."""
_REPLACED = Output("Replaced", "Another check run of this commit tells the result.")


@dataclass
class CheckRunOfHead:
    """The one check run of a head. `external_id` tells runs of two pull requests apart."""

    checks: Checks
    runs: KnownRuns
    head_sha: str
    external_id: str
    run_id: int | None = None
    annotated: int = 0
    is_silent: bool = False
    doubled: int = 0

    def begin(self, output: Output, *, ask_github: bool = False) -> int:
        """Show that the review runs: a new run, or the one that is there already.

        A run that was concluded with annotations is not taken up again, since GitHub only ever
        adds to those: the head gets a newer run of the same name, which is the one that counts.
        """
        known = self.runs.get(self.head_sha)
        if known is None and ask_github:
            known = self._found()
        if known is not None and not known.is_concluded:
            return self._take(known)
        if known is not None and known.annotations == 0:
            try:
                self.checks.update_check_run(known.id, status="in_progress", output=output)
            except (NotFound, UnknownOutcome):
                return self._created(output)
            return self._take(replace(known, is_concluded=False))
        return self._created(output)

    def _take(self, known: KnownRun) -> int:
        self.run_id, self.annotated = known.id, known.annotations
        self.runs.put(self.head_sha, known)
        return known.id

    def _created(self, output: Output) -> int:
        try:
            run = self.checks.create_check_run(
                NAME, self.head_sha, output=output, external_id=self.external_id
            )
        except UnknownOutcome:
            found = self._found()
            if found is not None and not found.is_concluded:
                return self._take(found)
            run = self.checks.create_check_run(
                NAME, self.head_sha, output=output, external_id=self.external_id
            )
        return self._take(KnownRun(run.id, is_concluded=False, annotations=0))

    def _found(self) -> KnownRun | None:
        """The newest run of ours; older ones that slipped through beside it are concluded."""
        runs = self.checks.check_runs(self.head_sha, NAME)
        ours = [run for run in runs if run.external_id == self.external_id]
        if not ours:
            return None
        for doubled in ours[1:]:
            if not doubled.is_completed:
                self.doubled += 1
                self.checks.update_check_run(doubled.id, conclusion="cancelled", output=_REPLACED)
        return KnownRun(ours[0].id, ours[0].is_completed, ours[0].annotations_count)

    def conclude(
        self,
        conclusion: Conclusion,
        output: Output,
        actions: Sequence[Action] = (),
        *,
        is_stopped: bool = False,
    ) -> None:
        """Give the run its conclusion; annotations that are there already are not sent again.

        `is_stopped` says that it is no result: the head, should it come back, is reviewed.
        """
        assert self.run_id is not None
        for _ in range(3):
            skip = min(self.annotated, len(output.annotations))
            try:
                self.checks.update_check_run(
                    self.run_id,
                    conclusion=conclusion,
                    output=output,
                    actions=actions,
                    skip_annotations=skip,
                )
            except UnknownOutcome:
                run = self.checks.check_run(self.run_id)
                self.annotated = run.annotations_count
                if _is_as_wanted(run, conclusion, output):
                    break
                continue
            break
        else:
            raise UnknownOutcome("GitHub did not say whether the check run was concluded.")
        annotations = max(self.annotated, len(output.annotations))
        known = KnownRun(self.run_id, True, annotations, is_stopped, self.is_silent)
        self.runs.put(self.head_sha, known)


def _is_as_wanted(run: CheckRun, conclusion: Conclusion, output: Output) -> bool:
    return (
        run.is_completed
        and run.conclusion == conclusion
        and run.title == output.title
        and run.annotations_count >= len(output.annotations)
    )
