"""The card of the __TITLE__ connector, and its session.

The session here only proves the connection. Give it one capability of
`connectors/contract/connector.py` after the other (`GivesOrders`, `TakesDocuments`, …): shapes of
the system in `wire.py`, translation without calls in `mapping.py`, one method per address in
`client.py`, what its answers mean in `answers.py`. Flows ask for capabilities, so nothing else has
to be told.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from brygga.connectors.__NAME__.settings import FIELDS, SECRET_FIELDS
from brygga.connectors.contract.connector import (
    Assumption,
    Connector,
    DoorAnswer,
    Identity,
    Knock,
    OpenWith,
    Role,
)
from brygga.connectors.contract.http import HttpClient, Request, retry_after
from brygga.connectors.contract.settings import read_settings
from brygga.domain.errors import ConnectionBroken, SetupWrong, TryLater
from brygga.domain.message import message


class __CLASS__Session:
    """One conversation with __TITLE__."""

    def __init__(self, opening: OpenWith) -> None:
        self._values = read_settings(FIELDS, {**opening.settings, **opening.secrets})
        self._http = HttpClient(opening.policy, opening.observe)

    def check(self) -> Identity:
        """Prove address and key with a real call. Raises ConnectionBroken, TryLater."""
        url = self._values["url"]
        answer = self._http.send(
            Request(
                "GET", url, "check", changes=False, headers={"Authorization": f"Bearer {self._values['key']}"}
            )
        )
        if answer.status in {401, 403}:
            raise ConnectionBroken(message("__NAME__.key_refused", url=url), f"status {answer.status}")
        if answer.status != 200:
            raise TryLater(
                message("http.busy", host=url, status=answer.status),
                f"status {answer.status}",
                after=retry_after(answer, datetime.now(UTC)),
            )
        return Identity(key=url, name=url)

    def close(self) -> None:
        """Free the sockets."""
        self._http.close()


def _answer_knock(knock: Knock, settings: Mapping[str, Any], secret: str) -> DoorAnswer:  # noqa: ARG001
    # Until a signature is understood a knock proves nothing, and polling does the work.
    return DoorAnswer(404, "")


def _assumptions(settings: Mapping[str, Any], dialect: Mapping[str, str]) -> Sequence[Assumption]:  # noqa: ARG001
    return ()


def _check_dialect(dialect: Mapping[str, str]) -> Mapping[str, str]:
    for name in dialect:
        raise SetupWrong(message("setup.unknown_field", field=name), setting=name)
    return {}


connector = Connector(
    key="__NAME__",
    title="__TITLE__",
    role=Role.SHOP,
    fields=FIELDS,
    open=__CLASS__Session,
    answer_knock=_answer_knock,
    assumptions=_assumptions,
    check_dialect=_check_dialect,
    secret_fields=SECRET_FIELDS,
    package="brygga.connectors.__NAME__",
)
