"""Which articles are one product, per flow: kept as the feed tells of them, in few statements.

Tells which products are concerned by a change: the one an article is in, and the one it was in. An
article that only got another price concerns none.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from brygga.app.store.renumbered import renumber_taken
from brygga.app.store.sql import fetch, fetch_one, json_in, json_out, marks, run
from brygga.app.store.supply import all_supply, supply_of
from brygga.app.store.transaction import write
from brygga.domain.errors import SetupWrong
from brygga.domain.order import OptionValue
from brygga.domain.refs import Kind
from brygga.domain.supply import ArticleInfo, Supply
from brygga.flows.goods.grouping import FileRow, Rules, place
from brygga.flows.presets import PRESETS
from brygga.flows.settings import read

_AT_ONCE = 200
_ARTICLE = Kind.ARTICLE.value
# What a product shows of an article; prices and stock travel on their own.
_SHOWN = ("name", "vat_percent", "barcode", "weight_kg", "group", "parent_no", "options", "for_web", "ended",
          "description", "short_description", "id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Member:
    """An article as it was grouped before."""

    article_no: str
    key: str
    id: str
    mark: str


class Groups:
    """The groups of one flow, by its newest settings."""

    def __init__(self, tenant: int, flow: int, erp: int, rules: Rules) -> None:
        self._tenant = tenant
        self._flow = flow
        self._erp = erp
        self._rules = rules

    def regroup(self, articles: Sequence[str]) -> list[str]:
        """Group these articles anew; return the keys of the products that are concerned."""
        keys: dict[str, None] = {}
        for start in range(0, len(articles), _AT_ONCE):
            part = list(dict.fromkeys(articles[start : start + _AT_ONCE]))
            known = supply_of(self._erp, part)
            told = {no: known[no] for no in part if no in known and known[no].article_read_at is not None}
            keys.update(dict.fromkeys(self._regroup(told)))
        return list(keys)

    def regroup_all(self) -> Iterator[list[str]]:
        """Group everything anew, part by part with flat memory; yield the keys concerned."""
        supplies: Iterable[Supply] = all_supply(self._erp)
        numbers = (one.article.article_no for one in supplies)
        while part := list(islice(numbers, _AT_ONCE)):
            yield self.regroup(part)

    def _regroup(self, told: Mapping[str, Supply]) -> list[str]:
        if not told:
            return []
        keys: list[str] = []
        with write():
            before, namesakes = self._known(told)
            rows = file_rows(self._flow, list(told))
            params: list[Any] = []
            for number, supply in told.items():
                article = supply.article
                old = self._old_number(supply, namesakes)
                if old is None:  # it is the old number of an article that has another one now
                    if number in before:
                        keys.append(before[number].key)
                        self._forget(number)
                    continue
                for name in old:
                    keys += [name.key] if name.key else []
                    self._rename(name.article_no, number)
                key = place(article, self._rules, rows.get(number)).key[:200]
                mark = _mark(article, rows.get(number))
                member = before.get(number)
                if member is None or (member.key, member.mark) != (key, mark):
                    keys.append(key)
                    keys += [member.key] if member is not None and member.key != key else []
                    params += (self._tenant, self._flow, number, key, article.id[:100], mark)
            if params:
                run(
                    "INSERT INTO store_groupmember (tenant_id, flow_id, article_no, group_key, article_id, mark)"
                    f" VALUES {', '.join(['(%s, %s, %s, %s, %s, %s)'] * (len(params) // 6))}"
                    " ON CONFLICT (flow_id, article_no) DO UPDATE SET group_key = excluded.group_key,"
                    " article_id = excluded.article_id, mark = excluded.mark",
                    params,
                )
        return keys

    def _known(self, told: Mapping[str, Supply]) -> tuple[dict[str, _Member], dict[str, list[_Member]]]:
        """Return members of these numbers, and by id all numbers that the same articles have or had."""
        numbers = list(told)
        ids = list({supply.article.id[:100] for supply in told.values() if supply.article.id})
        by_id = f" OR article_id IN ({marks(len(ids))})" if ids else ""
        found = fetch(
            "SELECT article_no, group_key, article_id, mark FROM store_groupmember WHERE flow_id = %s"
            f" AND (article_no IN ({marks(len(numbers))}){by_id})",
            (self._flow, *numbers, *ids),
        )
        members = [_Member(*row) for row in found]
        namesakes: dict[str, list[_Member]] = {}
        fresh = [_Member(number, "", supply.article.id[:100], "") for number, supply in told.items()]
        known = {one.article_no for one in members}
        for one in [*members, *(one for one in fresh if one.article_no not in known)]:
            if one.id:
                namesakes.setdefault(one.id, []).append(one)
        return {one.article_no: one for one in members}, namesakes

    def _old_number(self, supply: Supply, namesakes: Mapping[str, list[_Member]]) -> list[_Member] | None:
        """Return the numbers that an article had before; None when this is such a number itself."""
        article = supply.article
        others = [one for one in namesakes.get(article.id[:100], ()) if one.article_no != article.article_no]
        if not article.id or not others:
            return []
        now = supply_of(self._erp, [one.article_no for one in others])
        for one in others:
            other = now.get(one.article_no)
            if other is None or other.article.id != article.id:
                continue
            if article.ended and not other.article.ended:
                return None
            at, mine = other.article_read_at, supply.article_read_at
            if not other.article.ended and at is not None and mine is not None and at > mine:
                return None
        return others

    def _rename(self, old: str, new: str) -> None:
        """Let an article's links and sold pieces follow it to its new number.

        Links remember the one that the shop has from us.
        """
        self._forget(old)
        renumber_taken(self._erp, old, new)
        run(
            "UPDATE store_linkrow SET target_ref = %s, target_key = %s,"
            " fingerprint = CASE WHEN fingerprint = '' THEN %s ELSE fingerprint END"
            " WHERE target_id = %s AND kind = %s AND target_ref = %s",
            (new[:100], new, old, self._erp, _ARTICLE, old[:100]),
        )

    def _forget(self, article_no: str) -> None:
        run(
            "DELETE FROM store_groupmember WHERE flow_id = %s AND article_no = %s",
            (self._flow, article_no),
        )


def groups_of(tenant: int, flow: int) -> Groups | None:
    """Return the groups of a flow that makes products; None for another, or one whose settings can't be read."""
    row = fetch_one(
        "SELECT f.erp_id, f.preset, r.settings FROM store_flow f JOIN store_flowrevision r ON r.flow_id = f.id"
        " WHERE f.id = %s ORDER BY r.number DESC LIMIT 1",
        (flow,),
    )
    if row is None or not PRESETS[row[1]].moves(Kind.GOODS):
        return None
    try:
        settings = read({**PRESETS[row[1]].defaults, **json_out(row[2])})
    except SetupWrong:
        return None  # the flow pauses over it, and everything is grouped anew when it is put right
    return Groups(tenant, flow, row[0], Rules.of(settings))


def file_rows(flow: int, article_nos: Sequence[str]) -> dict[str, FileRow]:
    """Return what an uploaded file says of these articles."""
    found: dict[str, FileRow] = {}
    for start in range(0, len(article_nos), _AT_ONCE):
        part = article_nos[start : start + _AT_ONCE]
        for number, key, options in fetch(
            "SELECT article_no, group_key, options FROM store_grouprow WHERE flow_id = %s"
            f" AND article_no IN ({marks(len(part))})",
            (flow, *part),
        ):
            said = tuple(OptionValue(name, value) for name, value in json_out(options))
            found[number] = FileRow(number, key, said)
    return found


def keep_file_rows(tenant: int, flow: int, rows: Sequence[FileRow]) -> list[str]:
    """Replace what was uploaded for a flow before; return the articles that were or are in it."""
    with write():
        before = [no for (no,) in fetch("SELECT article_no FROM store_grouprow WHERE flow_id = %s", (flow,))]
        run("DELETE FROM store_grouprow WHERE flow_id = %s", (flow,))
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            params: list[Any] = []
            for row in part:
                options = json_in([[one.name, one.value] for one in row.options])
                params += (tenant, flow, row.article_no[:200], row.group[:200], options)
            run(
                "INSERT INTO store_grouprow (tenant_id, flow_id, article_no, group_key, options)"
                f" VALUES {', '.join(['(%s, %s, %s, %s, %s)'] * len(part))}",
                params,
            )
    return list(dict.fromkeys([*before, *(row.article_no for row in rows)]))


def _mark(article: ArticleInfo, row: FileRow | None) -> str:
    shown = [msgspec.to_builtins(getattr(article, name), enc_hook=str) for name in _SHOWN]
    said = [[one.name, one.value] for one in row.options] if row is not None else []
    return hashlib.sha256(json_in([shown, said]).encode()).hexdigest()[:32]
