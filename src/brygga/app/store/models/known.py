"""What is known of a target: its articles, its cards, and which card a shop's customer has."""

from django.db import models
from django.db.models import Q

from brygga.app.store.models.connections import Connection
from brygga.app.tenancy.owned import Owned
from brygga.app.vault.fields import EncryptedText


class KnownArticle(Owned):
    """An article number that the target is known to have."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="articles", db_index=False
    )
    article_no = models.CharField(max_length=200)
    spelling = models.CharField(max_length=200)  # what suspects have in common
    vat_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "article_no"], name="article_no"),)
        indexes = (models.Index(fields=["connection", "spelling"], name="article_spelling"),)

    def __str__(self) -> str:
        return self.article_no


class Card(Owned):
    """A customer card of a target: whose number it carries, company or person."""

    target = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    card_id = models.CharField(max_length=100)
    buyer = models.CharField(max_length=10)
    number = EncryptedText(default="")  # may be a personal number
    email_mark = models.CharField(max_length=64, default="")  # of the address last written on it

    class Meta:
        constraints = (models.UniqueConstraint(fields=["target", "card_id"], name="card_once"),)
        indexes = (
            models.Index(fields=["target", "email_mark"], name="card_email", condition=~Q(email_mark="")),
        )

    def __str__(self) -> str:
        return self.card_id


class CustomerCard(Owned):
    """Which card at the target a registered customer of the shop has."""

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    source_ref = models.CharField(max_length=100)
    target = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    card_id = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "source_ref", "target"], name="customer_card_once"),
        )

    def __str__(self) -> str:
        return self.card_id
