"""A row of the plan: which item and article it is about, what was found of them, and what is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """Which of the four lists something is on."""

    MATCHED = "matched"  # the same thing on both sides
    AMBIGUOUS = "ambiguous"  # perhaps the same: a person must say, it is never joined
    ONLY_HERE = "only_here"  # in the shop alone
    ONLY_THERE = "only_there"  # in the ERP alone


class Action(StrEnum):
    """What is done about it."""

    LINK = "link"  # joined, and from then on kept alike as the flow says
    SEND = "send"  # made in the ERP
    MAKE = "make"  # made in the shop
    NOTHING = "nothing"  # listed


class Result(StrEnum):
    """What became of a row."""

    LEFT = ""  # its turn has not come
    DONE = "done"
    ALREADY = "already"  # somebody else had done it since
    CHANGED = "changed"  # it is no longer what the plan was made of: not touched, listed
    LISTED = "listed"


@dataclass(slots=True)
class Row:
    """One row. `facts` are what people are shown: names, prices, stock, why it is on its list."""

    verdict: Verdict
    action: Action = Action.NOTHING
    article_no: str = ""
    item_ref: str = ""
    barcode: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    place: int = 0
    result: Result = Result.LEFT
