"""GitHub's error answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ApiError(Exception):
    """An answer other than 2xx: its status, message, `errors` and further headers."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Any] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = list(errors)
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The JSON that GitHub would send."""
        shape: dict[str, Any] = {"message": self.message}
        if self.errors:
            shape["errors"] = self.errors
        shape["documentation_url"] = "https://docs.github.com/rest"
        shape["status"] = str(self.status)
        return shape


def not_found() -> ApiError:
    """404, also where the caller may not know that the thing exists."""
    return ApiError(404, "Not Found")


def forbidden() -> ApiError:
    """403, as an App without the permission gets it."""
    return ApiError(403, "Resource not accessible by integration")


def invalid(resource: str, field: str, code: str = "invalid", message: str = "") -> ApiError:
    """422 with one entry in `errors`."""
    entry = {"resource": resource, "code": code, "field": field}
    if message:
        entry["message"] = message
    return ApiError(422, "Validation Failed", [entry])
