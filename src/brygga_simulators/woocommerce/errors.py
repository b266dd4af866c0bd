"""The errors the shop answers with: code, message and status, exact as the real shop's."""

from collections.abc import Mapping
from typing import Any

CRITICAL = "internal_server_error"
"""WordPress's own code for a request in which PHP died."""


class RestError(Exception):
    """An answer that is an error object; `data` is usually a dict that repeats the status."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.data: Any = {"status": status, **extra}

    def body(self) -> dict[str, Any]:
        """Return the JSON object to send."""
        body = {"code": self.code, "message": self.message, "data": self.data}
        return body | {"additional_errors": []} if self.code == CRITICAL else body


class BareError(RestError):
    """An error whose `data` is a bare number, as the refund endpoints answer."""

    def __init__(self, status: int, code: str, message: str, number: int) -> None:
        super().__init__(status, code, message)
        self.data = number


def invalid_id(resource: str, status: int = 404) -> RestError:
    """Return the error for an id that is not there, or is something else."""
    return RestError(status, f"woocommerce_rest_{resource}_invalid_id", "Ogiltigt ID.")


def no_route() -> RestError:
    """Return the error for a path, or a method on a path, that does not exist."""
    return RestError(404, "rest_no_route", "No route was found matching the URL and request method.")


def unauthorized(method: str) -> RestError:
    """Return the error for a request without valid keys; its code follows the method."""
    verb = {"POST": "create", "PUT": "edit", "PATCH": "edit", "DELETE": "delete"}.get(method, "view")
    doing = {"create": "skapa", "edit": "redigera", "delete": "ta bort", "view": "lista"}[verb]
    return RestError(401, f"woocommerce_rest_cannot_{verb}", f"Vi beklagar, du kan inte {doing} resurser.")


def bad_authentication(message: str) -> RestError:
    """Return the error for keys that are known but wrong, or not allowed to do this."""
    return RestError(401, "woocommerce_rest_authentication_error", message)


def invalid_params(problems: Mapping[str, tuple[str, str, Any]]) -> RestError:
    """Return the error for parameters of the wrong type or value.

    `problems` maps each parameter to its code, message and data.
    """
    return RestError(
        400,
        "rest_invalid_param",
        f"Ogiltiga parametrar: {', '.join(problems)}",
        params={name: message for name, (_, message, _) in problems.items()},
        details={
            name: {"code": code, "message": message, "data": data}
            for name, (code, message, data) in problems.items()
        },
    )


def invalid_json(code: int) -> RestError:
    """Return the error for a body that can't be read; 4 is bad syntax, 5 bad UTF-8."""
    text = "Syntax error" if code == 4 else "Malformed UTF-8 characters, possibly incorrectly encoded"
    return RestError(
        400,
        "rest_invalid_json",
        "Invalid JSON body passed.",
        json_error_code=code,
        json_error_message=text,
    )


def trash_not_supported(plural: str) -> RestError:
    """Return the error for deleting without force what has no trash."""
    return RestError(501, "woocommerce_rest_trash_not_supported", f"{plural} har inte stöd för kassering.")
