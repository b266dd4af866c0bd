"""A web shop's side of the API, as plain as can be, for testing the simulated Specter."""

import json
from hashlib import md5
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import urllib3

V2_INNER = "00112233445566778899aabbccddeeff"
V2_OUTER = "11111111-2222-3333-4444-555555555555"

FEEDS = {
    "stock": ("getArticleExternalNeedUpdate", "updateArticlesFromBatch"),
    "articles": ("getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch"),
    "orders": ("getOrdersExternalNeedUpdate", "updateOrdersFromBatch"),
}


class Answer:
    """A raw answer, read as the short form or as XML."""

    def __init__(self, response):
        self.status = response.status
        self.data = response.data
        self.content_type = response.headers.get("Content-Type", "")

    @property
    def text(self):
        return self.data.decode("latin-1")

    @property
    def parts(self):
        return self.text.split(";", 2)

    @property
    def ok(self):
        return self.parts[0] == "1"

    @property
    def second(self):
        return int(self.parts[1])

    @property
    def xml(self):
        return ET.fromstring(self.data)


class Shop:
    """Signs and sends calls for one account."""

    def __init__(self, url, sbm_id=9999, user="7", inner=V2_INNER, outer=V2_OUTER):
        self.url, self.sbm_id, self.user = url, sbm_id, user
        self.inner, self.outer = inner, outer
        self.http = urllib3.PoolManager(retries=False, timeout=10)

    def key(self, signed):
        inner = md5(f"{self.inner}{self.sbm_id}{signed}".encode("latin-1")).hexdigest()
        return md5(f"{self.outer}{inner}".encode("latin-1")).hexdigest()

    def put(self, action, signed, fields, *, xml=False, **query):
        routing = {"action": action, "sbmId": self.sbm_id, "apiUserId": self.user, **query}
        if xml:
            routing["useXML"] = "2"
        body = urlencode({"key": self.key(signed), **fields}, encoding="latin-1")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return Answer(
            self.http.request("POST", f"{self.url}/putInfo.asp?{urlencode(routing)}", body=body, headers=form)
        )

    def get(self, action, batch_no, *, xml=True, **query):
        routing = {"Action": action, "sbmId": self.sbm_id, "apiUserId": self.user, "batchNo": batch_no}
        routing |= {"key": self.key(batch_no), **query}
        if xml:
            routing["useXML"] = "2"
        return Answer(self.http.request("GET", f"{self.url}/getInfo.asp?{urlencode(routing)}"))

    def customer(self, *, xml=False, force=False, **fields):
        fields = fields or a_person()
        signed = fields.get("name") or f"{fields.get('firstName', '')} {fields.get('surName', '')}"
        query = {"forceCustomerUpdate": "1"} if force else {}
        return self.put("newCustomerSubmit", signed, fields, xml=xml, **query)

    def order(self, customer_id, rows, *, xml=False, **header):
        fields = {"customerId": customer_id, **header, **numbered(rows)}
        return self.put("newOrderSubmit", str(customer_id), fields, xml=xml)

    def articles(self, *articles, xml=False, **fields):
        signed = articles[0].get("articleNo", "")
        return self.put("newArticleSubmit", signed, {**fields, **numbered(articles)}, xml=xml)

    def stock(self, batch_no, **query):
        return self.get("getArticleExternalNeedUpdate", batch_no, **query)

    def confirm_stock(self, batch_no, **query):
        return self.get("updateArticlesFromBatch", batch_no, xml=False, **query)

    def control(self, method, path, body=None):
        response = self.http.request(method, f"{self.url}/_control/{path}", json=body)
        assert response.status < 400, response.data
        return json.loads(response.data)

    def refused(self, method, path, body=None):
        response = self.http.request(method, f"{self.url}/_control/{path}", json=body)
        assert response.status == 400
        return json.loads(response.data)["error"]

    def do(self, deed, **body):
        """Do what staff do, in this shop's account."""
        return self.control("POST", deed, {"sbmId": self.sbm_id, **body})

    def cannot(self, deed, **body):
        """Try what staff can't do, and return why."""
        return self.refused("POST", deed, {"sbmId": self.sbm_id, **body})

    def drain(self, *feeds):
        """Read and confirm what waits in the feeds (all, when none is named)."""
        for feed in feeds or FEEDS:
            read, confirm = FEEDS[feed]
            self.get(read, "drain")
            self.get(confirm, "drain")

    def news(self, feed, batch_no="news", **query):
        """Read a feed as XML and confirm it."""
        read, confirm = FEEDS[feed]
        root = self.get(read, batch_no, **query).xml
        self.get(confirm, batch_no, **query)
        return root

    def stock_news(self, **query):
        """Return what the stock feed tells: the number by article, of each site when all are asked for."""
        root = self.news("stock", **query)
        told = {
            (s.get("stockSiteId"), a.findtext("articleNo")): a.findtext("noItemsAv")
            for s in root.iter("stock")
            for a in s.iter("article")
        }
        return told if query else {number: count for (_, number), count in told.items()}

    def options(self, **options):
        self.control("POST", "options", {"sbmId": self.sbm_id, **options})

    def seen_order(self, order_no):
        return self.control("GET", f"orders?sbmId={self.sbm_id}&orderNo={order_no}")[0]

    def seen_customer(self, customer_id):
        return self.control("GET", f"customers?sbmId={self.sbm_id}&customerId={customer_id}")[0]

    def seen_article(self, number):
        return self.control("GET", f"articles?sbmId={self.sbm_id}&articleNo={number}")[0]

    def has_article(self, number, stock="10", **more):
        return self.control("POST", "articles", {"articleNo": number, "name": number, "stock": stock, **more})


def numbered(rows):
    return {f"{name}_{n}": value for n, row in enumerate(rows, start=1) for name, value in row.items()}


def a_person(**changes):
    person = {
        "firstName": "Åsa", "surName": "Öberg", "customerOrganizationalForm": "P", "emailAddress": "asa@exempel.se",
        "address": "Storgatan 1", "zipCodeEng": "901 01", "city": "Umeå", "countryCode": "SE",
    }  # fmt: skip
    return {**person, **changes}


def a_company(**changes):
    company = {
        "name": "Testbolaget AB", "customerOrganizationalForm": "C", "emailAddress": "info@exempel.se",
        "orgNo": "556016-0680", "address": "Gatan 1", "zipCodeEng": "411 01", "city": "Göteborg", "countryCode": "SE",
    }  # fmt: skip
    return {**company, **changes}


def a_row(number="A-1", price="199.200", quantity="1", vat="25", **more):
    return {"articleNo": number, "articleName": f"Namn {number}", "priceExclVAT": price, "noOfItems": quantity,
            "vatPercent": vat, **more}  # fmt: skip
