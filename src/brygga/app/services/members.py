"""What is known of one product that is made of the ERP's articles: its members, and where each is in the shop."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brygga.app.store.groups import file_rows
from brygga.app.store.models import Flow, GroupMember, LinkRow, Work
from brygga.app.store.supply import supply_of
from brygga.app.worker.context import settings_of
from brygga.app.worker.sessions import talk_with
from brygga.connectors.contract.goods import TakesProducts
from brygga.domain.errors import BryggaError, SetupWrong
from brygga.domain.order import OptionValue
from brygga.domain.refs import Kind
from brygga.domain.supply import ArticleInfo
from brygga.flows.goods.grouping import Rules, place
from brygga.flows.goods.wish import is_sold
from brygga.flows.settings import FlowSettings

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One article of a product. `items` are its places in the shop, `work` where its price and stock stand."""

    article_no: str
    name: str
    options: Sequence[OptionValue]
    items: Sequence[str]
    is_sold: bool
    work: int | None
    state: str


@dataclass(frozen=True, slots=True)
class GoodsStory:
    """One product: its id and page in the shop (empty while it has none), its articles, and how many those are."""

    product: str
    link: str
    members: Sequence[Member]
    count: int


def goods_story(work: Work) -> GoodsStory:
    """Return what is known of the product that a work of kind GOODS is about, by the settings of today."""
    flow, key = work.flow, work.source_ref
    found = GroupMember.objects.filter(flow=flow, group_key=key)
    numbers = list(found.order_by("article_no").values_list("article_no", flat=True)[: SHOWN + 1])
    count = len(numbers) if len(numbers) <= SHOWN else found.count()
    numbers = numbers[:SHOWN]
    supplies = supply_of(flow.erp_id, numbers)
    rows, settings = file_rows(flow.pk, numbers), _settings(flow)
    rules = Rules.of(settings)
    items, works = _items(flow, numbers), _works(flow, numbers)
    members = []
    for number in numbers:
        supply = supplies.get(number)
        article = supply.article if supply is not None else ArticleInfo(number)
        pk, state = works.get(number, (None, ""))
        options = place(article, rules, rows.get(number)).options
        sold = is_sold(article, settings)
        members.append(Member(number, article.name, options, items[number], sold, pk, state))
    product = work.target_ref
    return GoodsStory(product, _page(flow, product) if product else "", members, count)


def _settings(flow: Flow) -> FlowSettings:
    latest = flow.revisions.order_by("-number").first()
    assert latest is not None
    try:
        return settings_of(flow.preset, latest.settings)
    except SetupWrong:  # the flow stands still and says why; the page shows what it can
        return FlowSettings()


def _items(flow: Flow, numbers: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    links = LinkRow.objects.filter(
        source=flow.shop_id, kind=Kind.ARTICLE.value, target=flow.erp_id, target_ref__in=numbers
    )
    for number, ref in links.order_by("pk").values_list("target_ref", "source_ref"):
        found[number].append(ref)
    return found


def _works(flow: Flow, numbers: Sequence[str]) -> Mapping[str, tuple[int, str]]:
    works = Work.objects.filter(flow=flow, kind=Kind.ITEM.value, source_ref__in=numbers)
    return {number: (pk, state) for number, pk, state in works.values_list("source_ref", "pk", "state")}


def _page(flow: Flow, product: str) -> str:
    try:
        with talk_with(flow.shop) as session:
            return session.page_of(product) if isinstance(session, TakesProducts) else ""
    except BryggaError:
        return ""  # the page is good without the link
