"""Runs `brygga` as a person or a script does: a process of its own, against real HTTP servers."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNT = [
    *("--sbm-id", "9999", "--api-version", "2", "--api-user-id", "7"),
    *("--api-user-key", "00112233445566778899aabbccddeeff"),
    *("--integration-key", "11111111-2222-3333-4444-555555555555"),
]
SETTINGS = ["prefix=W-", "article_shipping=FRAKT", "article_rounding=ORESAVR"]


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out.splitlines()[-1])


class Terminal:
    """One installation in a folder of its own, and the two systems around it."""

    def __init__(self, folder: Path, shop: str, erp: str) -> None:
        self.folder = folder
        self.shop = shop
        self.erp = erp
        site = call(f"{shop}/_control/sites")[0]
        self.key, self.secret = site["keys"][0]["key"], site["keys"][0]["secret"]
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BRYGGA_")},
            "BRYGGA_DATA": str(folder),
            "BRYGGA_ALLOW_HOSTS": "127.0.0.1",
            "BRYGGA_LANG": "en",
            "COLUMNS": "200",
            "PYTHONWARNINGS": "default",
        }

    def brygga(self, *words: str, code: int | None = 0, stdin: str = "", **environ: str) -> Ran:
        ended = subprocess.run(
            [sys.executable, "-m", "brygga.app.commands", *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            env={**self.environ, **environ},
        )
        ran = Ran(ended.returncode, ended.stdout, ended.stderr)
        if code is not None:
            assert ran.code == code, ran
        return ran

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "brygga.app.commands", *words]
        return subprocess.Popen(
            command, env=self.environ, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait_for_worker(self, seconds: float = 60) -> None:
        """Wait until `doctor` finds a worker."""
        deadline = time.monotonic() + seconds
        while any(
            finding["code"] == "no_worker" for finding in self.brygga("doctor", "--json", code=None).data
        ):
            assert time.monotonic() < deadline

    def connect_shop(self, **changes: str) -> Ran:
        given = {"name": "Butiken", "url": self.shop, "key": self.key, "secret": self.secret, **changes}
        words = [word for name, value in given.items() if value for word in (f"--{name}", value)]
        return self.brygga("connect", "woocommerce", *words, "--yes", "--json", code=None)

    def connect(self) -> None:
        assert self.connect_shop().code == 0
        self.brygga("connect", "specter", "--name", "Specter", "--base-url", self.erp, *ACCOUNT, "--yes")

    def set_up(self, *settings: str) -> None:
        """Make the flow between the two connections, and start it."""
        sets = [word for setting in (*SETTINGS, *settings) for word in ("--set", setting)]
        sides = ("--shop", "Butiken", "--erp", "Specter")
        self.brygga("flow", "create", "--preset", "1", *sides, "--name", "F", *sets, "--start")

    def buy(self, **changes: Any) -> str:
        """Let somebody buy two mugs; return the order's number."""
        goods = {
            "name": "Mugg",
            "sku": "MUGG",
            "type": "simple",
            "status": "publish",
            "regular_price": "79.00",
        }
        known = call(f"{self.shop}/_control/state?site=shop&kind=products")["shop"]["products"]
        product = next((p for p in known if p["sku"] == changes.get("sku", "MUGG")), None)
        if product is None:
            sku = {"sku": changes.pop("sku", "MUGG"), "price": "79.00"}
            product = call(f"{self.shop}/_control/shop/raw/products", {**goods, **sku})
        changes.pop("sku", None)
        billing = {
            "first_name": "Åsa",
            "last_name": "Öberg",
            "address_1": "Storgatan 1",
            "postcode": "903 25",
        }
        billing |= {"city": "Umeå", "country": "SE", "email": "asa@example.se", "phone": "0701234567"}
        wish = {
            "billing": billing,
            "payment_method": "swish",
            "payment_method_title": "Swish",
            "transaction_id": "A1",
            "lines": [{"product_id": product["id"], "quantity": 2}],
            "shipping_method": {"method_id": "flat_rate", "method_title": "PostNord", "total": "39.20"},
            **changes,
        }
        return str(call(f"{self.shop}/_control/shop/orders", wish)["number"])

    def erp_orders(self) -> list[dict[str, Any]]:
        return call(f"{self.erp}/_control/orders?sbmId=9999")


def call(url: str, body: Any = None, method: str = "") -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method or ("GET" if body is None else "POST"))
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)
