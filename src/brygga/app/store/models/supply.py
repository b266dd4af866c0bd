"""What an ERP's feeds have told of its range, and what of it is on which shop's shelf."""

from django.db import models
from django.db.models import F, Q

from brygga.app.store.models.connections import Connection
from brygga.app.store.models.flows import Flow
from brygga.app.tenancy.owned import Owned


class SupplyRow(Owned):
    """One article as the ERP's feeds have told of it so far: the only full view of its range we have."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="supply", db_index=False
    )
    article_no = models.CharField(max_length=200)
    spelling = models.CharField(max_length=200)  # what suspects have in common
    parent_no = models.CharField(max_length=200, default="")  # of the ERP's own variant structure
    article = models.JSONField(default=dict)  # domain ArticleInfo as data
    article_mark = models.CharField(max_length=32, default="")  # hash of it
    article_read_at = models.DateTimeField(null=True)  # when the reading was begun
    ended = models.BooleanField(default=False)
    stock = models.JSONField(default=dict)  # available by site, as text
    stock_read_at = models.DateTimeField(null=True)  # when the reading was begun: newest wins

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "article_no"], name="supply_once"),)
        indexes = (
            models.Index(fields=["connection", "spelling"], name="supply_spelling"),
            models.Index(
                fields=["connection", "parent_no"], name="supply_parent", condition=~Q(parent_no="")
            ),
        )

    def __str__(self) -> str:
        return self.article_no


class GroupMember(Owned):
    """Which product of a flow's shop an article belongs to: the group's key, its own number when alone."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="members", db_index=False)
    article_no = models.CharField(max_length=200)
    group_key = models.CharField(max_length=200)
    article_id = models.CharField(max_length=100, default="")  # the ERP's own, which outlives a new number
    mark = models.CharField(max_length=32, default="")  # hash of what a product shows of it

    class Meta:
        constraints = (models.UniqueConstraint(fields=["flow", "article_no"], name="member_once"),)
        indexes = (
            models.Index(fields=["flow", "group_key"], name="member_group"),
            models.Index(fields=["flow", "article_id"], name="member_id", condition=~Q(article_id="")),
        )

    def __str__(self) -> str:
        return f"{self.article_no} in {self.group_key}"


class GroupRow(Owned):
    """What an uploaded file says of one article of a flow: which group it is in, and by which choices."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="group_rows", db_index=False)
    article_no = models.CharField(max_length=200)
    group_key = models.CharField(max_length=200)
    options = models.JSONField(default=list)  # pairs of name and value, in order

    class Meta:
        constraints = (models.UniqueConstraint(fields=["flow", "article_no"], name="group_row_once"),)

    def __str__(self) -> str:
        return f"{self.article_no} in {self.group_key} by file"


class ShelfRow(Owned):
    """What we last wrote on one item of a shop: tells a hand-made change from our own."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="shelf", db_index=False)
    item_ref = models.CharField(max_length=100)  # `<product>/<variant>`
    regular = models.CharField(max_length=40, default="")
    sale = models.CharField(max_length=40, default="")
    prices_at = models.DateTimeField(null=True)
    stock = models.CharField(max_length=40, default="")
    stock_at = models.DateTimeField(null=True)
    stock_read_at = models.DateTimeField(null=True)  # of the ERP's reading that it was computed from

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "item_ref"], name="shelf_once"),)

    def __str__(self) -> str:
        return self.item_ref


class TakenRow(Owned):
    """How many of an ERP's article one order of the shop holds of its stock: in flight until it knows.

    `sku` is the article's number where the shop's SKU is another. `sent_with` is how many it held
    when it was sent, if that was changed later; `included` how many the ERP's number surely knows of.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="taken", db_index=False)
    erp = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    order_ref = models.CharField(max_length=100)
    sku = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    sent_with = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    included = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    modified_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "order_ref", "erp", "sku"], name="taken_once"),
        )
        indexes = (
            models.Index(
                fields=["erp", "sku"], name="taken_in_flight", condition=Q(quantity__gt=F("included"))
            ),
            models.Index(fields=["erp", "modified_at"], name="taken_age"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.sku} in {self.order_ref}"


class SetPart(Owned):
    """A part of a set article: whose stock moves the set's as well."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    part_no = models.CharField(max_length=200)
    set_no = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "part_no", "set_no"], name="set_part_once"),
        )
        indexes = (models.Index(fields=["connection", "set_no"], name="set_part_set"),)

    def __str__(self) -> str:
        return f"{self.part_no} in {self.set_no}"


class FactRow(Owned):
    """One fact that an ERP has told of one of its orders, each once; parcels are facts too."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="facts", db_index=False)
    order_no = models.CharField(max_length=200)
    fact = models.CharField(max_length=20)
    detail = models.CharField(max_length=200, default="")  # an invoice's or a parcel's number
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "order_no", "fact", "detail"], name="fact_once"),
        )

    def __str__(self) -> str:
        return f"{self.order_no} {self.fact} {self.detail}".strip()
