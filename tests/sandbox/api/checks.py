"""Check runs and suites over REST."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.sandbox import checks
from tests.sandbox.api.asking import body, caller, paged
from tests.sandbox.api.revisions import revision
from tests.sandbox.check_shapes import check_run_json, suite_json
from tests.sandbox.errors import not_found
from tests.sandbox.state import CheckRun, CheckSuite, Repository
from tests.sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """The routes of checks."""
    routes = Blueprint("checks", __name__)

    def asked(owner: str, name: str, level: str = "read") -> Repository:
        return caller().repository(owner, name, "checks", level)

    @routes.post("/repos/<owner>/<name>/check-runs")
    def create(owner: str, name: str) -> tuple[Response, int]:
        repository = asked(owner, name, "write")
        run = checks.create_run(world, repository, body())
        world.observe("check", f"check run created: {run.status}", run=run, new=True)
        return jsonify(check_run_json(world, repository, run)), 201

    @routes.get("/repos/<owner>/<name>/check-runs/<int:number>")
    def show(owner: str, name: str, number: int) -> Response:
        repository = asked(owner, name)
        run = checks.find_run(repository, number)
        return jsonify(check_run_json(world, repository, run))

    @routes.patch("/repos/<owner>/<name>/check-runs/<int:number>")
    def update(owner: str, name: str, number: int) -> Response:
        repository = asked(owner, name, "write")
        run = checks.find_run(repository, number)
        checks.update_run(world, repository, run, body())
        text = f"check run updated: {run.conclusion or run.status}"
        world.observe("check", text, run=run, new=False)
        return jsonify(check_run_json(world, repository, run))

    @routes.get("/repos/<owner>/<name>/check-runs/<int:number>/annotations")
    def annotations(owner: str, name: str, number: int) -> Response:
        repository = asked(owner, name)
        run = checks.find_run(repository, number)
        return paged(run.annotations, lambda one: annotation_json(world, repository, run, one))

    @routes.get("/repos/<owner>/<name>/commits/<path:ref>/check-runs")
    def of_commit(owner: str, name: str, ref: str) -> Response:
        repository = asked(owner, name)
        sha = revision(repository, ref)
        runs = [run for run in repository.check_runs if run.head_sha == sha]
        if request.args.get("filter", "latest") == "latest":
            runs = checks.latest_runs(repository, sha)
        return run_page(repository, runs)

    @routes.get("/repos/<owner>/<name>/commits/<path:ref>/check-suites")
    def suites_of_commit(owner: str, name: str, ref: str) -> Response:
        repository = asked(owner, name)
        sha = revision(repository, ref)
        suites = [suite for suite in repository.check_suites if suite.head_sha == sha]
        return paged(suites, lambda one: suite_json(world, repository, one), key="check_suites")

    @routes.get("/repos/<owner>/<name>/check-suites/<int:number>")
    def show_suite(owner: str, name: str, number: int) -> Response:
        repository = asked(owner, name)
        return jsonify(suite_json(world, repository, find_suite(repository, number)))

    @routes.get("/repos/<owner>/<name>/check-suites/<int:number>/check-runs")
    def runs_of_suite(owner: str, name: str, number: int) -> Response:
        repository = asked(owner, name)
        suite = find_suite(repository, number)
        return run_page(repository, [run for run in repository.check_runs if run.suite is suite])

    def run_page(repository: Repository, runs: list[CheckRun]) -> Response:
        asked_name = request.args.get("check_name")
        status = request.args.get("status")
        app = request.args.get("app_id")
        shown = [
            run
            for run in reversed(runs)
            if asked_name in (None, run.name)
            and status in (None, run.status)
            and app in (None, str(world.app.id))
        ]
        return paged(shown, lambda one: check_run_json(world, repository, one), key="check_runs")

    return routes


def find_suite(repository: Repository, number: int) -> CheckSuite:
    """The suite; raises 404."""
    for suite in repository.check_suites:
        if suite.id == number:
            return suite
    raise not_found()


def annotation_json(
    world: World, repository: Repository, run: CheckRun, annotation: dict[str, Any]
) -> dict[str, Any]:
    """A `check-annotation`."""
    keys = (
        "path", "start_line", "end_line", "start_column", "end_column", "annotation_level",
        "title", "message", "raw_details",
    )  # fmt: skip
    html = f"{world.url}/{repository.full_name}/blob/{run.head_sha}"
    shape = {key: annotation.get(key) for key in keys}
    return shape | {"blob_href": f"{html}/{annotation['path']}"}
