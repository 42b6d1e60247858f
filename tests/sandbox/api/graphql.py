"""GraphQL against GitHub's own schema (pruned): threads, comments, resolving, minimizing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify
from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync
from graphql import validate as validate_query
from graphql.language import parse

from tests.sandbox import conversation, reviews
from tests.sandbox.api.asking import ON_PULLS, body, caller
from tests.sandbox.contract import CONTRACTS
from tests.sandbox.diff import ChangedFile
from tests.sandbox.errors import ApiError
from tests.sandbox.git import Commit
from tests.sandbox.pull_shapes import association, pull_html
from tests.sandbox.shapes import moment, node_id, stamp
from tests.sandbox.state import (
    Account,
    IssueComment,
    PullRequest,
    Repository,
    Review,
    ReviewComment,
    Thread,
)
from tests.sandbox.world import World

CLASSIFIERS = {
    "ABUSE": "abuse",
    "DUPLICATE": "duplicate",
    "LOW_QUALITY": "low-quality",
    "OFF_TOPIC": "off-topic",
    "OUTDATED": "outdated",
    "RESOLVED": "resolved",
    "SPAM": "spam",
}


@dataclass(frozen=True, slots=True)
class Of:
    """A thing with the pull request that it stands on."""

    pull: PullRequest
    thing: Any


@functools.cache
def schema() -> GraphQLSchema:
    """GitHub's schema, pruned; abstract types are told apart by `__typename`."""
    built = build_schema((CONTRACTS / "schema.graphql").read_text(), assume_valid=True)
    for type_ in built.type_map.values():
        if hasattr(type_, "resolve_type"):
            type_.resolve_type = lambda value, *_: value["__typename"]
    return built


def blueprint(world: World) -> Blueprint:
    """The one route of GraphQL."""
    routes = Blueprint("graphql", __name__)

    @routes.post("/graphql")
    def answer() -> Response:
        caller().installation()
        request = body()
        query = request.get("query")
        if not isinstance(query, str):
            raise ApiError(400, "A query attribute must be specified and must be a string.")
        problems = refusals(query)
        if problems:
            world.violate(f"GraphQL: {'; '.join(problems)}")
            return jsonify({"errors": [{"message": problem} for problem in problems]})
        result = graphql_sync(
            schema(),
            query,
            root_value=roots(world),
            variable_values=request.get("variables"),
            operation_name=request.get("operationName"),
        )
        shape: dict[str, Any] = {"data": result.data}
        if result.errors:
            shape["errors"] = [error_json(error) for error in result.errors]
        return jsonify(shape)

    return routes


def refusals(query: str) -> list[str]:
    """Why GitHub's schema does not allow the query."""
    try:
        return [error.message for error in validate_query(schema(), parse(query))]
    except GraphQLError as error:
        return [error.message]


def error_json(error: GraphQLError) -> dict[str, Any]:
    """An error as GitHub writes it: `type` beside the message."""
    shape: dict[str, Any] = {"message": error.message, "path": error.path}
    kind = (error.extensions or {}).get("type")
    return ({"type": kind} if kind else {}) | shape


def refuse(kind: str, message: str) -> GraphQLError:
    """An error of GitHub's kind."""
    return GraphQLError(message, extensions={"type": kind})


def forbidden() -> GraphQLError:
    """What an App without the permission gets."""
    return refuse("FORBIDDEN", "Resource not accessible by integration")


def need(pull: PullRequest, permissions: list[str], level: str) -> None:
    """Raises the GraphQL form of a refusal."""
    try:
        caller().allowed(pull.repository, permissions, level)
    except ApiError as error:
        if error.status == 404:
            raise refuse("NOT_FOUND", "Could not resolve to a node.") from None
        raise forbidden() from None


def node(typename: str, **fields: Any) -> dict[str, Any]:
    """A mapping that graphql-core resolves fields from."""
    return Fields({"__typename": typename} | fields)


class Fields(dict[str, Any]):
    """A mapping of fields in which a missing one is an error, not null."""

    def get(self, name: str, default: Any = None) -> Any:
        """The field; raises for one that the sandbox does not answer."""
        if name not in self:
            raise refuse("SANDBOX", f"the sandbox does not answer {self['__typename']}.{name}")
        return self[name]


def connection(items: Sequence[Any], make: Callable[[Any], Any]) -> Callable[..., dict[str, Any]]:
    """A connection's resolver: `first`, `after`, `last` and `before`; cursors are indexes."""

    def resolve(info: Any, **asked: Any) -> dict[str, Any]:
        size = asked.get("first") or asked.get("last")
        if size is None:
            text = "You must provide a `first` or `last` value to properly paginate."
            raise refuse("MISSING_PAGINATION_BOUNDARIES", text)
        if not 1 <= size <= 100:
            raise refuse("EXCESSIVE_PAGINATION", f"Requesting {size} records exceeds 100.")
        start = int(asked["after"]) + 1 if asked.get("after") else 0
        end = int(asked["before"]) if asked.get("before") else len(items)
        if asked.get("first"):
            end = min(end, start + size)
        else:
            start = max(start, end - size)
        shown = items[start:end]
        nodes = [make(one) for one in shown]
        return node(
            "Connection",
            nodes=nodes,
            edges=[node("Edge", cursor=str(start + i), node=one) for i, one in enumerate(nodes)],
            totalCount=len(items),
            pageInfo=node(
                "PageInfo",
                hasNextPage=end < len(items),
                hasPreviousPage=start > 0,
                startCursor=str(start) if shown else None,
                endCursor=str(end - 1) if shown else None,
            ),
        )

    return resolve


def actor(world: World, account: Account) -> dict[str, Any]:
    """An Actor; a bot's login stands without `[bot]` here, as on GitHub."""
    return node(
        account.type,
        id=node_id("U", account.id),
        login=account.login.removesuffix("[bot]"),
        url=f"{world.url}/{account.login}",
        resourcePath=f"/{account.login}",
        databaseId=account.id,
        avatarUrl=f"{world.url}/avatars/u/{account.id}",
    )


def repository_node(world: World, repository: Repository) -> dict[str, Any]:
    """A Repository."""

    def pulls(info: Any, **asked: Any) -> dict[str, Any]:
        states = asked.get("states")
        found = [
            one for one in repository.pulls.values() if not states or pull_state(one) in states
        ]
        if asked.get("baseRefName"):
            found = [one for one in found if one.base_ref == asked["baseRefName"]]
        if asked.get("headRefName"):
            found = [one for one in found if one.head_ref == asked["headRefName"]]
        order = asked.get("orderBy") or {}
        key = "updated_at" if order.get("field") == "UPDATED_AT" else "number"
        found.sort(key=lambda one: getattr(one, key), reverse=order.get("direction") == "DESC")
        return connection(found, lambda one: pull_node(world, one))(info, **asked)

    def pull_request(info: Any, number: int) -> dict[str, Any] | None:
        pull = repository.pulls.get(number)
        if pull is None:
            text = f"Could not resolve to a PullRequest with the number of {number}."
            raise refuse("NOT_FOUND", text)
        need(pull, ["pull_requests"], "read")
        return pull_node(world, pull)

    return node(
        "Repository",
        id=node_id("R", repository.id),
        databaseId=repository.id,
        name=repository.name,
        nameWithOwner=repository.full_name,
        isPrivate=repository.private,
        isArchived=repository.archived,
        isFork=repository.parent is not None,
        url=f"{world.url}/{repository.full_name}",
        owner=actor(world, repository.owner),
        pullRequest=pull_request,
        pullRequests=pulls,
        object=lambda info, **asked: git_object(world, repository, **asked),
        defaultBranchRef=ref_node(world, repository, repository.default_branch),
    )


def ref_node(world: World, repository: Repository, branch: str) -> dict[str, Any] | None:
    """A Ref."""
    sha = repository.git.resolve(f"refs/heads/{branch}")
    if sha is None:
        return None
    commit = repository.git.read_commit(sha)
    return node(
        "Ref",
        id=node_id("REF", repository.id),
        name=branch,
        prefix="refs/heads/",
        target=commit_node(world, repository, commit),
    )


def git_object(
    world: World, repository: Repository, expression: str | None = None, oid: str | None = None
) -> dict[str, Any] | None:
    """What `object(expression:)` finds: a blob, a tree or a commit."""
    if not (caller().grants("contents", "read")):
        raise forbidden()
    git = repository.git
    wanted = expression or oid or ""
    out = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted, ok=(0, 1, 128))
    sha = out.decode().strip()
    if not sha:
        return None
    kind = git.text("cat-file", "-t", sha)
    if kind == "commit":
        return commit_node(world, repository, git.read_commit(sha))
    if kind == "blob":
        raw = git.blob(sha)
        binary = b"\0" in raw
        text = None if binary else raw.decode(errors="replace")
        return node(
            "Blob", id=f"B_{sha}", oid=sha, byteSize=len(raw), text=text, isBinary=binary,
            isTruncated=False, abbreviatedOid=sha[:7],
        )  # fmt: skip
    entries = [
        node(
            "TreeEntry", name=path, path=path, mode=int(mode, 8), type=type_, oid=one,
            size=size or 0, object=functools.partial(entry_object, world, repository, one),
        )
        for mode, type_, one, size, path in git.tree(sha, recursive=False)
    ]  # fmt: skip
    return node("Tree", id=f"T_{sha}", oid=sha, entries=entries, abbreviatedOid=sha[:7])


def entry_object(world: World, repository: Repository, sha: str, info: Any) -> Any:
    """The object of a tree's entry."""
    return git_object(world, repository, oid=sha)


def commit_node(world: World, repository: Repository, commit: Commit) -> dict[str, Any]:
    """A Commit."""
    return node(
        "Commit",
        id=f"C_{commit.sha}",
        oid=commit.sha,
        abbreviatedOid=commit.sha[:7],
        message=commit.message,
        messageHeadline=commit.message.split("\n")[0],
        committedDate=moment(commit.time),
        url=f"{world.url}/{repository.full_name}/commit/{commit.sha}",
    )


def pull_state(pull: PullRequest) -> str:
    """OPEN, CLOSED or MERGED."""
    return "MERGED" if pull.merged_at else pull.state.upper()


def pull_node(world: World, pull: PullRequest) -> dict[str, Any]:
    """A PullRequest."""
    threads = [one for one in pull.threads if one.comments[0].review.state != "PENDING"]
    reviews_shown = [one for one in pull.reviews if one.state != "PENDING"]

    def commits(info: Any, **asked: Any) -> dict[str, Any]:
        git = pull.repository.git
        shas = git.between(pull.base_sha, pull.head_sha)

        def make(sha: str) -> dict[str, Any]:
            commit = commit_node(world, pull.repository, git.read_commit(sha))
            return node("PullRequestCommit", id=f"PRC_{sha}", commit=commit)

        return connection(shas, make)(info, **asked)

    def files(info: Any, **asked: Any) -> dict[str, Any]:
        return connection(world.files(pull), file_node)(info, **asked)

    head = pull.head_repository
    living = head if head is not None and not head.deleted else None
    return node(
        "PullRequest",
        id=node_id("PR", pull.id),
        databaseId=pull.id,
        fullDatabaseId=str(pull.id),
        number=pull.number,
        title=pull.title,
        body=pull.body,
        state=pull_state(pull),
        isDraft=pull.draft,
        locked=pull.locked,
        merged=pull.merged_at is not None,
        closed=pull.state == "closed",
        mergeable="MERGEABLE" if pull.mergeable else "CONFLICTING",
        url=pull_html(world, pull),
        createdAt=stamp(pull.created_at),
        updatedAt=stamp(pull.updated_at),
        author=actor(world, pull.user),
        baseRefName=pull.base_ref,
        baseRefOid=pull.base_sha,
        headRefName=pull.head_ref,
        headRefOid=pull.head_sha,
        isCrossRepository=head is not pull.repository,
        baseRepository=lambda info: repository_node(world, pull.repository),
        headRepository=lambda info: living and repository_node(world, living),
        repository=lambda info: repository_node(world, pull.repository),
        additions=lambda info: sum(file.additions for file in world.files(pull)),
        deletions=lambda info: sum(file.deletions for file in world.files(pull)),
        changedFiles=lambda info: len(world.files(pull)),
        reviewThreads=connection(threads, lambda one: thread_node(world, pull, one)),
        reviews=connection(reviews_shown, lambda one: review_node(world, pull, one)),
        comments=connection(pull.comments, lambda one: issue_comment_node(world, pull, one)),
        commits=commits,
        files=files,
    )


def file_node(file: ChangedFile) -> dict[str, Any]:
    """A PullRequestChangedFile."""
    kinds = {"removed": "DELETED"}
    return node(
        "PullRequestChangedFile",
        path=file.path,
        additions=file.additions,
        deletions=file.deletions,
        changeType=kinds.get(file.status, file.status.upper()),
        viewerViewedState="UNVIEWED",
    )


def thread_node(world: World, pull: PullRequest, thread: Thread) -> dict[str, Any]:
    """A PullRequestReviewThread."""
    first = thread.comments[0]
    resolved = thread.resolved_by
    may = caller().grants("contents", "write") and caller().grants("pull_requests", "write")
    return node(
        "PullRequestReviewThread",
        id=node_id("PRRT", thread.id),
        isResolved=resolved is not None,
        resolvedBy=resolved and actor(world, resolved),
        isOutdated=first.subject_type == "line" and first.line is None,
        isCollapsed=resolved is not None or first.line is None,
        path=first.path,
        line=first.line,
        startLine=first.start_line,
        originalLine=first.original_line,
        originalStartLine=first.original_start_line,
        diffSide=first.side,
        startDiffSide=first.start_side,
        subjectType=first.subject_type.upper(),
        viewerCanResolve=may and resolved is None,
        viewerCanUnresolve=may and resolved is not None,
        viewerCanReply=not pull.locked,
        comments=connection(
            thread.comments, lambda one: review_comment_node(world, pull, one, thread)
        ),
        pullRequest=lambda info: pull_node(world, pull),
    )


def comment_fields(
    world: World, pull: PullRequest, comment: IssueComment | ReviewComment | Review
) -> dict[str, Any]:
    """What every comment has."""
    mine = comment.by_app
    return {
        "databaseId": comment.id,
        "fullDatabaseId": str(comment.id),
        "body": comment.body,
        "author": actor(world, comment.user),
        "authorAssociation": association(pull, comment.user),
        "isMinimized": comment.minimized is not None,
        "minimizedReason": comment.minimized,
        "viewerDidAuthor": mine,
        "viewerCanUpdate": mine,
        "viewerCanDelete": mine,
        "viewerCanMinimize": True,
        "pullRequest": lambda info: pull_node(world, pull),
    }


def issue_comment_node(world: World, pull: PullRequest, comment: IssueComment) -> dict[str, Any]:
    """An IssueComment."""
    return node(
        "IssueComment",
        id=node_id("IC", comment.id),
        url=f"{pull_html(world, pull)}#issuecomment-{comment.id}",
        createdAt=stamp(comment.created_at),
        updatedAt=stamp(comment.updated_at),
        **comment_fields(world, pull, comment),
    )


def review_node(world: World, pull: PullRequest, review: Review) -> dict[str, Any]:
    """A PullRequestReview."""
    own_comments = [c for t in pull.threads for c in t.comments if c.review is review]
    commit = pull.repository.git.read_commit(review.commit_id)
    return node(
        "PullRequestReview",
        id=node_id("PRR", review.id),
        url=f"{pull_html(world, pull)}#pullrequestreview-{review.id}",
        state=review.state,
        createdAt=stamp(review.submitted_at),
        submittedAt=stamp(review.submitted_at),
        commit=commit_node(world, pull.repository, commit),
        comments=connection(own_comments, lambda one: review_comment_node(world, pull, one)),
        **comment_fields(world, pull, review),
    )


def review_comment_node(
    world: World, pull: PullRequest, comment: ReviewComment, thread: Thread | None = None
) -> dict[str, Any]:
    """A PullRequestReviewComment."""
    answered = comment.in_reply_to
    return node(
        "PullRequestReviewComment",
        id=node_id("PRRC", comment.id),
        url=f"{pull_html(world, pull)}#discussion_r{comment.id}",
        createdAt=stamp(comment.created_at),
        updatedAt=stamp(comment.updated_at),
        path=comment.path,
        line=comment.line,
        startLine=comment.start_line,
        originalLine=comment.original_line,
        originalStartLine=comment.original_start_line,
        position=comment.position or 0,
        originalPosition=comment.original_position or 0,
        diffHunk=comment.diff_hunk,
        outdated=comment.line is None and comment.subject_type == "line",
        subjectType=comment.subject_type.upper(),
        state="SUBMITTED",
        replyTo=answered and review_comment_node(world, pull, answered),
        pullRequestReview=lambda info: review_node(world, pull, comment.review),
        commit=lambda info: commit_node(
            world, pull.repository, pull.repository.git.read_commit(comment.commit_id)
        ),
        originalCommit=lambda info: commit_node(
            world, pull.repository, pull.repository.git.read_commit(comment.original_commit_id)
        ),
        **comment_fields(world, pull, comment),
    )


def find(world: World, wanted: str) -> Of:
    """The thing with that id on any pull request; raises NOT_FOUND."""
    prefix, _, number = wanted.partition("_")
    for repository in world.repositories.values():
        for pull in repository.pulls.values():
            groups: dict[str, list[Any]] = {
                "PR": [pull],
                "PRRT": pull.threads,
                "PRR": pull.reviews,
                "PRRC": pull.review_comments,
                "IC": pull.comments,
            }
            for thing in groups.get(prefix, []):
                if str(thing.id) == number:
                    need(pull, ["pull_requests", "issues"], "read")
                    return Of(pull, thing)
    raise refuse("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'")


def node_of(world: World, found: Of) -> dict[str, Any]:
    """The GraphQL node of a thing."""
    pull, thing = found.pull, found.thing
    if isinstance(thing, PullRequest):
        return pull_node(world, pull)
    if isinstance(thing, Thread):
        return thread_node(world, pull, thing)
    if isinstance(thing, Review):
        return review_node(world, pull, thing)
    if isinstance(thing, ReviewComment):
        return review_comment_node(world, pull, thing)
    return issue_comment_node(world, pull, thing)


def expected(found: Of, kind: type) -> Any:
    """The thing, where it is of that kind."""
    if not isinstance(found.thing, kind):
        raise refuse("NOT_FOUND", f"Could not resolve to {kind.__name__} node.")
    return found.thing


def roots(world: World) -> dict[str, Any]:
    """The resolvers of queries and mutations."""

    def repository(info: Any, owner: str, name: str, **_: Any) -> dict[str, Any]:
        try:
            found = caller().repository(owner, name)
        except ApiError as error:
            if error.status != 301:
                text = f"Could not resolve to a Repository with the name '{owner}/{name}'."
                raise refuse("NOT_FOUND", text) from None
            renamed = world.repository(owner, name)
            assert renamed is not None
            found = caller().allowed(renamed, ["metadata"], "read")
        return repository_node(world, found)

    def set_resolved(value: bool, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        found = find(world, input["threadId"])
        thread = expected(found, Thread)
        # https://github.com/orgs/community/discussions/44650: pull_requests: write is not enough
        need(found.pull, ["pull_requests"], "write")
        need(found.pull, ["contents"], "write")
        bot = world.app.bot
        reviews.resolve_thread(world, found.pull, thread, bot if value else None, bot)
        shown = thread_node(world, found.pull, thread)
        return node("Payload", thread=shown, clientMutationId=input.get("clientMutationId"))

    def set_minimized(value: bool, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        found = find(world, input["subjectId"])
        need(found.pull, ON_PULLS, "write")
        if isinstance(found.thing, PullRequest | Thread):
            raise refuse("NOT_FOUND", "Could not resolve to Minimizable node.")
        found.thing.minimized = CLASSIFIERS[input["classifier"]] if value else None
        shown = node_of(world, found)
        mutation_id = input.get("clientMutationId")
        name = "minimizedComment" if value else "unminimizedComment"
        return node("Payload", **{name: shown, "clientMutationId": mutation_id})

    def update_comment(kind: type, id_key: str, name: str, input: dict[str, Any]) -> Any:  # noqa: A002
        found = find(world, input[id_key])
        comment = expected(found, kind)
        need(found.pull, ["pull_requests"], "write")
        if not comment.by_app:
            raise forbidden()
        edit = reviews.edit_comment if kind is ReviewComment else conversation.edit_comment
        edit(world, found.pull, comment, input["body"], world.app.bot)
        mutation_id = input.get("clientMutationId")
        return node("Payload", **{name: node_of(world, found), "clientMutationId": mutation_id})

    def delete_comment(info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        found = find(world, input["id"])
        comment = expected(found, ReviewComment)
        need(found.pull, ["pull_requests"], "write")
        if not comment.by_app:
            raise forbidden()
        shown = node_of(world, found)
        reviews.delete_comment(world, found.pull, comment, world.app.bot)
        return node(
            "Payload",
            pullRequestReviewComment=shown,
            pullRequestReview=review_node(world, found.pull, comment.review),
            clientMutationId=input.get("clientMutationId"),
        )

    def reply(info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        found = find(world, input["pullRequestReviewThreadId"])
        thread = expected(found, Thread)
        need(found.pull, ["pull_requests"], "write")
        first = thread.comments[0].id
        made = reviews.reply(world, found.pull, world.app.bot, first, input["body"], by_app=True)
        shown = review_comment_node(world, found.pull, made)
        return node("Payload", comment=shown, clientMutationId=input.get("clientMutationId"))

    return node(
        "Root",
        repository=repository,
        node=lambda info, id: node_of(world, find(world, id)),  # noqa: A006
        nodes=lambda info, ids: [node_of(world, find(world, one)) for one in ids],
        viewer=lambda info: actor(world, world.app.bot),
        rateLimit=lambda info, **_: node(
            "RateLimit", cost=1, limit=5000, nodeCount=0, remaining=4999, used=1,
            resetAt=stamp(world.now()),
        ),
        resolveReviewThread=lambda info, input: set_resolved(True, input),  # noqa: A006
        unresolveReviewThread=lambda info, input: set_resolved(False, input),  # noqa: A006
        minimizeComment=lambda info, input: set_minimized(True, input),  # noqa: A006
        unminimizeComment=lambda info, input: set_minimized(False, input),  # noqa: A006
        updatePullRequestReviewComment=lambda info, input: update_comment(  # noqa: A006
            ReviewComment, "pullRequestReviewCommentId", "pullRequestReviewComment", input
        ),
        updateIssueComment=lambda info, input: update_comment(  # noqa: A006
            IssueComment, "id", "issueComment", input
        ),
        deletePullRequestReviewComment=delete_comment,
        addPullRequestReviewThreadReply=reply,
    )  # fmt: skip
