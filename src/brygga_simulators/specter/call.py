"""One call of the API, after its account and signature were found right."""

from collections.abc import Mapping
from dataclasses import dataclass

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.options import Options


@dataclass(slots=True)
class Call:
    """Who calls, on which books, with what; parameter names are in lower case."""

    books: Books
    params: Mapping[str, str]
    api_user: str

    @property
    def options(self) -> Options:
        """How the called account behaves."""
        return self.books.options


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to a write that succeeded: a new or found number, and a message."""

    new_id: str
    message: str
