"""A merchant's tenant in the middle of a working day, for tests and for looking at the pages.

`python -m tests.app.console.seed FOLDER [calm|empty|broken]` fills a fresh installation in a folder
and says how to sign in; then `python -m tests.app.console.serve FOLDER PORT` shows it.
"""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from brygga.domain.message import Message, message

WHO = "alice@example.se"
PASSWORD = "en lugn dag i Umeå"
# As the shop calls them, one of a plugin's among them.
STATUSES = [
    ["pending", "Väntar på betalning"],
    ["processing", "Behandlas"],
    ["on-hold", "Parkerad"],
    ["completed", "Färdigbehandlad"],
    ["cancelled", "Avbruten"],
    ["refunded", "Återbetalad"],
    ["failed", "Misslyckades"],
    ["checkout-draft", "Utkast"],
    ["packed", "Packad"],
]


@dataclass(frozen=True)
class Seeded:
    """Ids a test may want."""

    tenant: int
    slug: str
    shop: int
    erp: int
    flow: int
    held: int  # an order held for a missing fee article
    company: int  # an order held for a missing organisation number
    taken: int  # an order whose number is taken in the ERP
    twin: int  # an order held as another's twin
    untold: int  # a sent order whose shop would not be told of it
    done: int
    unknown: int
    product: int


def seed(slug: str = "nordlys", name: str = "Nordlys Keramik AB", *, orders: int = 60) -> Seeded:
    """Fill a tenant."""
    from brygga.app.store.models import Connection, Flow, FlowRevision, Lane
    from brygga.app.tenancy.models import Tenant
    from brygga.app.tenancy.scope import scope

    now = datetime.now(UTC)
    tenant = Tenant.objects.create(slug=slug, name=name)
    with scope(tenant.pk):
        shop = Connection.objects.create(
            connector="woocommerce",
            role="shop",
            name="Nordlys webbutik",
            settings={"url": f"https://{slug}.example", "signing": "auto"},
            secrets={"consumer_key": "ck_x", "consumer_secret": "cs_x"},
            statuses=STATUSES,
            identity={
                "key": f"{slug}.example",
                "name": "Nordlys Keramik",
                "currency": "SEK",
                "time_zone": "Europe/Stockholm",
            },
            last_success_at=now - timedelta(minutes=1),
        )
        erp = Connection.objects.create(
            connector="specter",
            role="erp",
            name="Specter",
            settings={"base_url": "https://api.specter.se", "sbm_id": "4711", "api_version": "2"},
            secrets={"api_user_key": "x", "integration_key": "y"},
            identity={"key": "4711", "name": "Nordlys Keramik AB", "currency": "SEK"},
            last_success_at=now - timedelta(minutes=2),
        )
        Lane.objects.create(connection=erp)
        flow = Flow.objects.create(
            name="Ordrar till Specter",
            shop=shop,
            erp=erp,
            state="running",
            started_at=now - timedelta(days=20),
        )
        first = {"start_date": "2026-11-01", "article_shipping": "FRAKT", "prefix": "N"}
        FlowRevision.objects.create(flow=flow, number=1, settings=first, who=WHO)
        latest = FlowRevision.objects.create(
            flow=flow,
            number=2,
            settings={
                **first,
                "article_rounding": "AVRUND",
                "payment_codes": {"klarna_payments": "KL", "bacs": "BG"},
            },
            who="bob@example.se",
            why="Bokföringen vill ha öresavrundning på eget konto",
        )
        maker = _Maker(tenant.pk, flow, latest, shop, erp, now)
        ids = _orders(maker, orders)
        product = _products(maker)
        _notices(tenant.pk, shop.pk, erp.pk, now)
    return Seeded(tenant.pk, slug, shop.pk, erp.pk, flow.pk, product=product, **ids)


class _Maker:
    def __init__(self, tenant: int, flow: Any, revision: Any, shop: Any, erp: Any, now: datetime) -> None:
        self.tenant, self.flow, self.revision = tenant, flow, revision
        self.shop, self.erp, self.now = shop, erp, now
        self.number = 10400

    def order(self, state: str, reason: Message, age: timedelta, **more: Any) -> Any:
        """Make an order's work, with its journal."""
        from brygga.app.store.models import LinkRow, Work

        self.number += 1
        number = str(self.number)
        at = self.now - age
        facts = {**reason.facts, "number": number} if "number" in reason.facts else dict(reason.facts)
        work = Work.objects.create(
            flow=self.flow,
            revision=self.revision,
            kind="order",
            source=self.shop,
            target=self.flow.erp,
            source_ref=str(self.number - 2000),
            key=number,
            sort=f"1 {at:%Y%m%d%H%M%S} {number}",
            state=state,
            reason={"code": reason.code, "facts": facts},
            reason_code=reason.code,
            first_seen_at=at,
            created_at_source=at,
            settled_at=None if state == "waiting" else at + timedelta(seconds=4),
            **more,
        )
        if state == "done":
            LinkRow.objects.create(
                source=self.shop,
                kind="order",
                source_ref=work.source_ref,
                source_key=number,
                target=self.erp,
                target_ref=work.target_key,
                target_key=work.target_key,
                at=at + timedelta(seconds=4),
            )
        self.journal(work, at, Message(reason.code, facts))
        return work

    def journal(self, work: Any, at: datetime, reason: Message) -> None:
        """Write the lines that an order's trip leaves."""
        from brygga.app.store.lines import insert, prepare
        from brygga.connectors.contract.http import Exchange
        from brygga.flows.journal import Entry, Step

        def exchange(
            label: str, method: str, url: str, status: int, answer: bytes, sent: bytes = b""
        ) -> Entry:
            took = Exchange(label, method, url, sent, status, answer, at, 0.213)
            return Entry(at, Step.SENT, message("journal.exchange", label=label, status=status), {}, took)

        lines = [Entry(at, Step.SEEN, message("journal.hint"))]
        if work.state != "waiting":
            answer = b'{"id": 8401, "number": "10401", "total": "647.00", "billing": {"first_name": "Bj\xc3\xb6rk"}}'
            lines += [
                exchange(
                    "GET order", "GET", "https://nordlys.example/wp-json/wc/v3/orders/8401", 200, answer
                ),
                Entry(
                    at,
                    Step.READ,
                    message(
                        "order.read", number=work.key, status="processing", total="647.00", currency="SEK"
                    ),
                ),
            ]
        if work.state in {"done", "unknown"}:
            lines += [
                Entry(
                    at,
                    Step.PLANNED,
                    message("order.planned", rows=3, total="647.00", currency="SEK"),
                    _planned(work),
                ),
                Entry(at, Step.SENDING, message("order.sending", number=f"N{work.key}")),
                exchange(
                    "new order",
                    "POST",
                    "https://api.specter.se/4711",
                    200 if work.state == "done" else 0,
                    b"<answer><order>88123</order></answer>" if work.state == "done" else b"",
                    b"order_no=N10401&row_1_article=MUGG-BLA&row_1_price=199.2",
                ),
            ]
        if work.state not in {"waiting"}:
            lines.append(Entry(at, Step.SETTLED if work.state == "done" else Step.DECIDED, reason))
        if work.state == "done":
            lines.append(Entry(at, Step.FEEDBACK, message("feedback.done", erp_no=work.target_key)))
        insert(prepare(lines), self.tenant, work.pk, 90, self.now)


def _planned(work: Any) -> dict[str, Any]:
    return {
        "number": f"N{work.key}",
        "shop_total": "647.00",
        "erp_total": "647.00",
        "rounding": "0",
        "allowed": "0.04",
        "vat_type": "home",
        "rates": [[25, "109.40", "109.40"], [12, "10.71", "10.71"]],
        "rows": [
            ["product", "MUGG-BLA", "Mugg Nordlys, Färg: Blå", "2", "199.200", 25],
            ["product", "TE-BLAND", "Teblandning 100 g", "1", "89.286", 12],
            ["shipping", "FRAKT", "PostNord MyPack Collect", "1", "39.200", 25],
        ],
    }


def _orders(maker: _Maker, orders: int) -> dict[str, int]:
    minute = timedelta(minutes=1)
    untold = None
    for n in range(orders):
        erp_no = str(88000 + n)
        told = message(
            "order.transferred", number="?", erp_no=erp_no, total=f"{249 + n * 7}.00", currency="SEK"
        )
        warnings = []
        if n in {orders - 8, orders - 3}:
            warned = message(
                "feedback.not_told",
                number=str(maker.number + 1),
                erp_no=erp_no,
            )
            warnings = [warned.as_data()]
        done = maker.order(
            "done",
            told,
            minute * (900 - n * 12),
            target_ref=erp_no,
            target_key=erp_no,
            warnings=warnings,
            remarks=2 if warnings else 0,
        )
        untold = done if warnings else untold
    for n in range(3):
        status = "pending" if n else "cancelled"
        maker.order("ignored", message("order.status_waits", number="?", status=status), minute * (240 - n))
    fee = message("order.no_article", number="?", kind="fee", row="Fakturaavgift")
    held = [maker.order("held", fee, minute * (200 - n * 3)) for n in range(4)]
    company = maker.order(
        "held",
        message("customer.company_without_number", number="?", company="Bergströms Bygg AB"),
        minute * 95,
    )
    maker.order("held", message("order.line_without_sku", number="?", row="Skål liten"), minute * 70)
    taken = maker.order(
        "held",
        message("specter.duplicate_order", record="N10471", existing="88017", text="Ordernumret finns redan"),
        minute * 44,
    )
    twin = maker.order("held", message("order.twin", number="?", twin=taken.key), minute * 31)
    unknown = maker.order(
        "unknown",
        message("http.answer_lost", host="api.specter.se"),
        minute * 3,
        due_at=maker.now + timedelta(seconds=90),
        attempt=1,
    )
    for n in range(3):
        maker.order("waiting", message("journal.hint"), timedelta(seconds=50 - n * 9), due_at=maker.now)
    return {
        "held": held[0].pk,
        "company": company.pk,
        "taken": taken.pk,
        "twin": twin.pk,
        "untold": untold.pk if untold else 0,
        "done": done.pk,
        "unknown": unknown.pk,
    }


def _products(maker: _Maker) -> int:
    from brygga.app.store.models import Work

    made = []
    for n, (state, reason) in enumerate(
        [
            ("done", message("product.transferred", product="Mugg Nordlys", articles=4)),
            ("done", message("product.transferred", product="Teblandning", articles=1)),
            ("held", message("product.no_sku", product="Skål liten", options="Färg: Grå")),
        ]
    ):
        made.append(
            Work.objects.create(
                flow=maker.flow,
                revision=maker.revision,
                kind="product",
                source=maker.shop,
                target=maker.flow.erp,
                source_ref=str(700 + n),
                key=str(700 + n),
                sort=f"2 {n}",
                state=state,
                reason=reason.as_data(),
                reason_code=reason.code,
                first_seen_at=maker.now - timedelta(hours=30 - n),
                settled_at=maker.now - timedelta(hours=30 - n),
            )
        )
    return int(made[-1].pk)


def _notices(tenant: int, shop: int, erp: int, now: datetime) -> None:
    from brygga.app.store import notices

    notices.say(
        tenant,
        message("woocommerce.hooks_healed", topics="order.created"),
        now - timedelta(hours=3),
        connection=shop,
        passing=True,
    )
    notices.say(
        tenant,
        message("connection.back", name="Specter"),
        now - timedelta(hours=27),
        connection=erp,
        passing=True,
    )
    notices.say(
        tenant, message("connection.feed_shared", name="Specter"), now - timedelta(hours=5), connection=erp
    )


def person(email: str, *roles: tuple[int, str]) -> Any:
    """Make a person with a role in each of some tenants."""
    from django.contrib.auth import get_user_model

    from brygga.app.tenancy.models import Membership

    user = get_user_model().objects.create_user(username=email, email=email, password=PASSWORD)
    for tenant, role in roles:
        Membership.objects.create(user=user, tenant_id=tenant, role=role)
    return user


def break_connection(seeded: Seeded) -> None:
    """Have the ERP's keys refused."""
    from brygga.app.worker import health
    from brygga.domain.errors import ConnectionBroken

    told = message("specter.bad_key", text="Invalid IntegrationKey")
    health.broken(seeded.erp, ConnectionBroken(told), datetime.now(UTC))


def calm_down(seeded: Seeded) -> None:
    """Have nothing stopped."""
    from brygga.app.store.models import Task, Work
    from brygga.app.tenancy.scope import scope

    with scope(seeded.tenant):
        Task.objects.all().delete()
        Work.objects.exclude(state__in=["done", "ignored"]).delete()
        Work.objects.update(remarks=0, warnings=[])


def main() -> None:
    """Fill a fresh installation."""
    folder, *rest = sys.argv[1:]
    os.environ["BRYGGA_DATA"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "brygga.app.django_settings"
    import django
    from django.core.management import call_command

    django.setup()
    from tests.app.console.seed_range import seed_range
    from tests.app.console.seed_shelf import seed_shelf
    from tests.app.console.seed_tasks import seed_tasks

    call_command("migrate", verbosity=0)
    seeded = seed()
    second = seed("granberg", "Granbergs Cykel", orders=5)
    third = seed("tyg", "Tyg & Tråd", orders=5)
    seed_shelf(second)
    seed_shelf(third, preset=2)
    seed_range(third, strangers=120)
    seed_tasks(seeded)
    person(WHO, *((one.tenant, "owner") for one in (seeded, second, third)))
    person("bob@example.se", (seeded.tenant, "viewer"), (second.tenant, "member"))
    if "calm" in rest:
        calm_down(seeded)
    if "broken" in rest:
        break_connection(seeded)
    print(f"{WHO} / {PASSWORD}")


if __name__ == "__main__":
    main()
