"""The web application of the pages: it shows, and does what its forms ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox import checks
from tests.sandbox.errors import ApiError
from tests.sandbox.handles import PullHandle
from tests.sandbox.pages import registration, view
from tests.sandbox.pages.markdown import excerpt, render
from tests.sandbox.state import PullRequest
from tests.sandbox.world import World

POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'"


def pages(world: World) -> Flask:
    """The application."""
    flask = Flask(__name__, static_url_path="/-/static")
    flask.jinja_env.globals.update(
        render=render,
        lines_of=view.commented_lines,
        words=view.check_words,
        emoji=view.EMOJI,
        excerpt=excerpt,
    )
    flask.jinja_env.trim_blocks = flask.jinja_env.lstrip_blocks = True

    flask.register_blueprint(registration.blueprint(world))

    @flask.before_request
    def own_forms_only() -> None:
        origin = request.headers.get("Origin")
        from_anywhere = request.path.endswith("/settings/apps/new")  # the App's own setup page
        if (
            request.method == "POST"
            and not from_anywhere
            and origin
            and urlsplit(origin).netloc != request.host
        ):
            abort(403)

    @flask.after_request
    def close_up(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        return response

    @flask.errorhandler(ApiError)
    def refused(error: ApiError) -> tuple[str, int]:
        return render_template("refused.html", error=error), error.status

    @flask.get("/")
    def index() -> str:
        living = [one for one in world.repositories.values() if not one.deleted]
        return render_template("index.html", repositories=living)

    @flask.get("/<owner>/<name>/pull/<int:number>")
    def pull_page(owner: str, name: str, number: int) -> str:
        with world.lock:
            pull = find(world, owner, name, number)
            return render_template(
                "pull.html",
                pull=pull,
                repository=pull.repository,
                files=view.files_view(world, pull),
                runs=view.checks_view(world, pull),
                conversation=view.conversation(pull),
                threads={t.comments[0].id: t for t in view.shown_threads(pull)},
                actors=view.actors(pull),
                prepared=world.prepared.get(pull.id, []),
                version=view.version(world, pull),
            )

    @flask.get("/<owner>/<name>/pull/<int:number>/version")
    def version(owner: str, name: str, number: int) -> Response:
        with world.lock:
            text = view.version(world, find(world, owner, name, number))
        return Response(text, content_type="text/plain")

    @flask.post("/<owner>/<name>/pull/<int:number>/<deed>")
    def act(owner: str, name: str, number: int, deed: str) -> AnyResponse:
        if deed not in DEEDS:
            abort(404)
        with world.lock:
            pull = find(world, owner, name, number)
            DEEDS[deed](PullHandle(world, pull), request.form.to_dict())
        anchor = request.form.get("anchor", "")
        return redirect(f"/{owner}/{name}/pull/{number}{'#' + anchor if anchor else ''}", 303)

    @flask.get("/<owner>/<name>/blob/<sha>/<path:path>")
    def blob(owner: str, name: str, sha: str, path: str) -> str:
        repository = world.repository(owner, name)
        raw = repository.git.file(sha, path) if repository and "-" not in sha[:1] else None
        if raw is None:
            abort(404)
        lines = raw.decode(errors="replace").splitlines()
        return render_template("blob.html", repository=repository, sha=sha, path=path, lines=lines)

    @flask.get("/<owner>/<name>/runs/<int:number>")
    def run(owner: str, name: str, number: int) -> AnyResponse:
        repository = world.repository(owner, name)
        if repository is None:
            abort(404)
        head = checks.find_run(repository, number).head_sha
        for pull in repository.pulls.values():
            if head in {pull.head_sha, *(after for _, _, after in pull.pushes)}:
                return redirect(f"/{repository.full_name}/pull/{pull.number}#checks")
        return abort(404)

    @flask.get("/avatars/u/<int:number>")
    def avatar(number: int) -> Response:
        hue = number * 47 % 360
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">'
            f'<rect width="1" height="1" fill="hsl({hue} 45% 45%)"/></svg>'
        )
        return Response(drawing, content_type="image/svg+xml")

    return flask


def find(world: World, owner: str, name: str, number: int) -> PullRequest:
    """The pull request of an address; 404 where there is none."""
    repository = world.repository(owner, name)
    if repository is None or number not in repository.pulls:
        abort(404)
    return repository.pulls[number]


Form = dict[str, str]


def comment(pull: PullHandle, form: Form) -> None:
    """The comment box."""
    pull.comment(form["user"], form["body"].replace("\r\n", "\n"))


def reply(pull: PullHandle, form: Form) -> None:
    """The answer box under a thread."""
    for one in pull.review_comments():
        if one.id == int(form["comment"]):
            pull.reply(form["user"], one, form["body"].replace("\r\n", "\n"))


def resolve(pull: PullHandle, form: Form) -> None:
    """The button that resolves a thread."""
    for thread in pull.threads():
        if thread.id == int(form["thread"]):
            pull.resolve(thread, form["user"])


def press(pull: PullHandle, form: Form) -> None:
    """One of a check run's own buttons."""
    run = checks.find_run(pull.state.repository, int(form["run"]))
    pull.press(run, form["identifier"], form["user"])


def rerun(pull: PullHandle, form: Form) -> None:
    """Re-run, beside every check run."""
    pull.rerequest(checks.find_run(pull.state.repository, int(form["run"])), form["user"])


def push(pull: PullHandle, form: Form) -> None:
    """A prepared push."""
    change = pull.world.prepared[pull.state.id][int(form["change"])]
    pull.push(change.files, change.title, force=change.force)


def state(pull: PullHandle, form: Form) -> None:
    """Close, reopen, draft, ready for review, queue."""
    user = form["user"]
    deeds: dict[str, Callable[[], Any]] = {
        "close": lambda: pull.close(user),
        "reopen": lambda: pull.reopen(user),
        "draft": lambda: pull.set_draft(True, user),
        "ready": lambda: pull.set_draft(False, user),
        "lock": lambda: pull.lock(True),
        "unlock": lambda: pull.lock(False),
        "enqueue": lambda: pull.enqueue(user),
    }
    deeds[form["to"]]()


DEEDS: dict[str, Callable[[PullHandle, Form], None]] = {
    "comment": comment,
    "press": press,
    "push": push,
    "reply": reply,
    "rerun": rerun,
    "resolve": resolve,
    "state": state,
}
