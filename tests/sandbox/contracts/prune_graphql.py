"""Cuts GitHub's GraphQL schema down to the types that the sandbox answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphql import build_ast_schema, parse, print_schema
from graphql.language import (
    DefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    UnionTypeDefinitionNode,
)

TYPES = {
    "Query",
    "Mutation",
    "Node",
    "Actor",
    "User",
    "Bot",
    "Organization",
    "RepositoryOwner",
    "PageInfo",
    "RateLimit",
    "Repository",
    "PullRequest",
    "PullRequestConnection",
    "PullRequestEdge",
    "Ref",
    "Commit",
    "GitObject",
    "Blob",
    "Tree",
    "TreeEntry",
    "GitActor",
    "PullRequestChangedFile",
    "PullRequestChangedFileConnection",
    "PullRequestCommit",
    "PullRequestCommitConnection",
    "PullRequestReview",
    "PullRequestReviewConnection",
    "PullRequestReviewThread",
    "PullRequestReviewThreadConnection",
    "PullRequestReviewComment",
    "PullRequestReviewCommentConnection",
    "IssueComment",
    "IssueCommentConnection",
    "Comment",
    "Minimizable",
    "Updatable",
    "Deletable",
    "Reactable",
    "ReactionGroup",
    "UniformResourceLocatable",
    "Closable",
    "Lockable",
    "ResolveReviewThreadPayload",
    "UnresolveReviewThreadPayload",
    "MinimizeCommentPayload",
    "UnminimizeCommentPayload",
    "UpdatePullRequestReviewCommentPayload",
    "UpdateIssueCommentPayload",
    "DeletePullRequestReviewCommentPayload",
    "AddPullRequestReviewThreadReplyPayload",
}
QUERIES = {"id", "node", "nodes", "rateLimit", "repository", "viewer"}
MUTATIONS = {
    "addPullRequestReviewThreadReply",
    "deletePullRequestReviewComment",
    "minimizeComment",
    "resolveReviewThread",
    "unminimizeComment",
    "unresolveReviewThread",
    "updateIssueComment",
    "updatePullRequestReviewComment",
}
SCALARS = {"String", "Int", "Float", "Boolean", "ID"}

Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode


def prune_graphql(text: str) -> str:
    """The schema's text with the kept types alone; fields that lead elsewhere are dropped."""
    definitions: dict[str, Any] = {
        node.name.value: node
        for node in parse(text, no_location=True).definitions
        if hasattr(node, "name") and not node.kind.startswith("directive")
    }
    kept: dict[str, DefinitionNode] = {}
    inputs: set[str] = set()
    for name in sorted(TYPES):
        kept[name] = cut(definitions[name], definitions, inputs)
    while inputs - kept.keys():
        for name in sorted(inputs - kept.keys()):
            node = kept[name] = definitions[name]
            if isinstance(node, InputObjectTypeDefinitionNode):
                inputs |= {named(field.type) for field in node.fields or ()} - SCALARS
    schema = build_ast_schema(plain(DocumentNode(definitions=tuple(kept.values()))))
    return print_schema(schema) + "\n"


def cut(node: DefinitionNode, all_types: dict[str, Any], inputs: set[str]) -> DefinitionNode:
    """A type without the fields, members and interfaces that are not kept."""
    if isinstance(node, UnionTypeDefinitionNode):
        return replace(node, types=tuple(t for t in node.types or () if t.name.value in TYPES))
    assert isinstance(node, Fielded)
    roots = {"Query": QUERIES, "Mutation": MUTATIONS}.get(node.name.value)
    fields = tuple(
        field
        for field in node.fields or ()
        if (roots is None or field.name.value in roots) and is_kept(field.type, all_types)
    )
    for field in fields:
        inputs |= {named(argument.type) for argument in field.arguments or ()} - SCALARS
        if named(field.type) not in SCALARS | TYPES:
            inputs.add(named(field.type))
    interfaces = tuple(i for i in node.interfaces or () if i.name.value in TYPES)
    return replace(node, fields=fields, interfaces=interfaces)


def is_kept(type_: Any, all_types: dict[str, Any]) -> bool:
    """Whether a field of this type stays: a scalar, an enum or a kept type."""
    name = named(type_)
    leaves = ScalarTypeDefinitionNode | EnumTypeDefinitionNode
    return name in SCALARS | TYPES or isinstance(all_types.get(name), leaves)


def named(type_: Any) -> str:
    """The name under lists and non-nulls."""
    while not isinstance(type_, NamedTypeNode):
        type_ = type_.type
    return type_.name.value


def plain(node: Any) -> Any:
    """The node without descriptions and GitHub's own directives, and so all that it holds."""
    changes: dict[str, Any] = {}
    if getattr(node, "description", None):
        changes["description"] = None
    if getattr(node, "directives", None):
        changes["directives"] = ()
    for part in ("definitions", "fields", "values", "arguments"):
        if getattr(node, part, None):
            changes[part] = tuple(plain(inner) for inner in getattr(node, part))
    return replace(node, **changes)
