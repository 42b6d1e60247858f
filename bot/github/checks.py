"""The check run (port `Checks`).

Annotations go 50 a request, and each request appends: a run is only concluded by the request
that carries the last of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.github import answers
from bot.github.facts import (
    ACTIONS_PER_RUN,
    ANNOTATIONS_PER_REQUEST,
    OUTPUT_BYTES,
    Action,
    Annotation,
    CheckRun,
    CheckStatus,
    Conclusion,
    Output,
)
from bot.github.repository import RepositoryClient


class CheckRuns(RepositoryClient):
    """Check runs of one repository."""

    _app_id: str

    def create_check_run(
        self,
        name: str,
        head_sha: str,
        *,
        status: CheckStatus = "in_progress",
        conclusion: Conclusion | None = None,
        output: Output | None = None,
        actions: Sequence[Action] = (),
        external_id: str = "",
        details_url: str = "",
        started_at: datetime | None = None,
    ) -> CheckRun:
        """Create a check run; past 50 annotations the rest is appended by `update_check_run`."""
        is_whole = output is None or len(output.annotations) <= ANNOTATIONS_PER_REQUEST
        state = _state(status, conclusion) if is_whole else {"status": "in_progress"}
        body = {
            "name": name,
            "head_sha": head_sha,
            **state,
            "external_id": external_id or None,
            "details_url": details_url or None,
            "started_at": _time(started_at),
            "output": _output(output, 0) if output is not None else None,
            "actions": _actions(actions) if actions else None,
        }
        run = answers.check_run(
            self._transport.write("POST", self._path("check-runs"), _given(body))
        )
        if is_whole:
            return run
        return self.update_check_run(
            run.id,
            status=status,
            conclusion=conclusion,
            output=output,
            actions=actions,
            skip_annotations=ANNOTATIONS_PER_REQUEST,
        )

    def update_check_run(
        self,
        run_id: int,
        *,
        status: CheckStatus | None = None,
        conclusion: Conclusion | None = None,
        output: Output | None = None,
        actions: Sequence[Action] = (),
        skip_annotations: int = 0,
    ) -> CheckRun:
        """Change a check run; `skip_annotations` leaves out those that are there already."""
        count = len(output.annotations) if output is not None else 0
        starts = range(skip_annotations, count, ANNOTATIONS_PER_REQUEST) or range(
            skip_annotations, skip_annotations + 1
        )
        answer: Any = None
        for start in starts:
            is_last = start == starts[-1]
            body = {
                **(_state(status, conclusion) if is_last else {}),
                "output": _output(output, start) if output is not None else None,
                "actions": _actions(actions) if actions and is_last else None,
            }
            # A request that appends annotations and is sent twice appends them twice.
            answer = self._transport.write(
                "PATCH",
                self._path("check-runs", run_id),
                _given(body),
                may_repeat=start >= count,
            )
        return answers.check_run(answer)

    def check_run(self, run_id: int) -> CheckRun:
        """One check run."""
        return answers.check_run(self._transport.get(self._path("check-runs", run_id)))

    def check_runs(self, head_sha: str, name: str) -> tuple[CheckRun, ...]:
        """This App's runs of that name on a commit, the newest first, doubled ones included."""
        items = self._transport.pages(
            self._path("commits", head_sha, "check-runs"),
            key="check_runs",
            check_name=name,
            filter="all",
            app_id=self._app_id if self._app_id.isdigit() else None,
        )
        runs = (answers.check_run(item) for item in items)
        ours = (run for run in runs if run.name == name and self._is_ours(run))
        return tuple(sorted(ours, key=lambda run: run.id, reverse=True))

    def _is_ours(self, run: CheckRun) -> bool:
        return self._app_id in (str(run.app_id), run.app_client_id)


def _state(status: CheckStatus | None, conclusion: Conclusion | None) -> dict[str, Any]:
    if conclusion is not None:
        return {
            "status": "completed",
            "conclusion": conclusion,
            "completed_at": _time(datetime.now(UTC)),
        }
    if status == "completed":
        raise ValueError("A completed check run needs a conclusion.")
    return {"status": status} if status else {}


def _output(output: Output, start: int) -> dict[str, Any]:
    for text in (output.summary, output.text):
        if len(text.encode()) > OUTPUT_BYTES:
            raise ValueError(f"A check run's text is bounded to {OUTPUT_BYTES} bytes.")
    batch = output.annotations[start : start + ANNOTATIONS_PER_REQUEST]
    body = {
        "title": output.title,
        "summary": output.summary,
        "text": output.text or None,
        "annotations": [_annotation(each) for each in batch] or None,
    }
    return _given(body)


def _annotation(annotation: Annotation) -> dict[str, Any]:
    has_columns = annotation.start_line == annotation.end_line
    body = {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        # GitHub refuses columns on more than one line.
        "start_column": annotation.start_column if has_columns else None,
        "end_column": annotation.end_column if has_columns else None,
        "annotation_level": annotation.level,
        "message": annotation.message,
        "title": annotation.title or None,
        "raw_details": annotation.raw_details or None,
    }
    return _given(body)


def _actions(actions: Sequence[Action]) -> list[dict[str, str]]:
    if len(actions) > ACTIONS_PER_RUN:
        raise ValueError(f"A check run has at most {ACTIONS_PER_RUN} buttons.")
    return [
        {"label": each.label, "description": each.description, "identifier": each.identifier}
        for each in actions
    ]


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
