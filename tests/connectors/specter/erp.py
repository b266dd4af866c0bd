"""The simulated ERP as a test sees it: what it holds, and hands to change it with."""

import json
from urllib.request import Request, urlopen


class Erp:
    """The other side: what it holds, and hands to change it with."""

    def __init__(self, url):
        self.url = url

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = Request(
            f"{self.url}/_control/{path}", data=data, method=method or ("POST" if data else "GET")
        )
        with urlopen(request) as answer:
            return json.load(answer)

    def orders(self, **query):
        return self.ask("orders" + "".join(f"?{k}={v}" for k, v in query.items()))

    def fault(self, name, **changes):
        self.ask("faults", {"name": name, **changes})
