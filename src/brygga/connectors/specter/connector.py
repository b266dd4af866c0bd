"""The card of the Specter connector, and the session that joins its parts."""

from collections.abc import Mapping, Sequence
from typing import Any

from brygga.connectors.contract.connector import (
    ArticlesPut,
    Assumption,
    Connector,
    Created,
    FeedBatch,
    Identity,
    Limits,
    OpenWith,
    Role,
)
from brygga.connectors.contract.http import HttpClient
from brygga.connectors.specter import dialect as dialects
from brygga.connectors.specter import feeds
from brygga.connectors.specter.answers import Reply
from brygga.connectors.specter.check import check
from brygga.connectors.specter.client import SpecterClient, Write, encoded
from brygga.connectors.specter.feeds import confirm_feed, read_feed
from brygga.connectors.specter.knocks import answer_knock, door_urls
from brygga.connectors.specter.mapping_articles import articles_form, unfit_characters
from brygga.connectors.specter.mapping_customers import customer_form
from brygga.connectors.specter.mapping_documents import document_form
from brygga.connectors.specter.refusals import meaning, refusal
from brygga.connectors.specter.settings import FIELDS, SECRET_FIELDS, read_account
from brygga.domain.document import DocumentKind, SalesDocument
from brygga.domain.errors import OutcomeUnknown, RecordRejected, SetupWrong, TryLater
from brygga.domain.events import OrderEvent
from brygga.domain.message import Message, message
from brygga.domain.party import Customer, Matching
from brygga.domain.product import Article
from brygga.domain.supply import ArticleInfo, StockLevel


class SpecterSession:
    """One conversation with one Specter account."""

    def __init__(self, opening: OpenWith) -> None:
        self._dialect = dialects.load(opening.dialect)
        self._account = read_account(opening.settings, opening.secrets, self._dialect)
        self._client = SpecterClient(
            self._account,
            self._dialect,
            HttpClient(opening.policy, opening.observe, opening.before_write),
            opening.policy,
        )
        self._limits = _limits(self._dialect)

    @property
    def limits(self) -> Limits:
        """What a document may hold, and which payment methods the ERP has a code for."""
        return self._limits

    def close(self) -> None:
        """End the conversation and free its sockets."""
        self._client.close()

    def check(self) -> Identity:
        """Prove that the account data works, without changing anything. See `check.py`."""
        return check(self._client, self._dialect, self._account)

    def put_customer(self, customer: Customer, matching: Matching) -> Created:
        """Find or make the card and write the delivery address; return its id.

        Raises RecordRejected, ConnectionBroken and TryLater; OutcomeUnknown only when the ERP
        could not find the card again, so that a second try might make a second card.
        """
        form, signed = customer_form(customer, matching, self._dialect)
        write = Write(
            action=self._dialect.actions.new_customer,
            signed=signed,
            label=f"customer {customer.known_id or 'new'}",
            pairs=form.pairs,
            # Without it the delivery address of an old card stays what the last order made it.
            query=[("forceCustomerUpdate", "1")],
        )
        try:
            reply = self._client.write(write)
            if not reply.ok:
                raise refusal(reply, self._dialect, record=customer.name, for_us=write.label)
            return Created(_number(reply, customer.name), tuple(form.warnings))
        except OutcomeUnknown as error:
            if customer.known_id or _found_again(customer, matching):
                raise _may_repeat(error, customer.name) from error
            raise

    def create_document(self, document: SalesDocument, customer_id: str) -> Created:
        """Make the order or invoice; the ERP's duplicate control is never switched off."""
        actions = self._dialect.actions
        action = actions.new_invoice if document.kind is DocumentKind.INVOICE else actions.new_order
        if not action:
            raise SetupWrong(
                message("specter.no_invoices", record=document.number), setting="actions.new_invoice"
            )
        form = document_form(document, customer_id, self._dialect)
        write = Write(
            action=action, signed=customer_id, label=f"{document.kind} {document.number}", pairs=form.pairs
        )
        self._fits(form.pairs, document.number)
        reply = self._client.write(write, web_shop=document.web_shop or self._account.web_shop)
        if not reply.ok:
            raise refusal(
                reply,
                self._dialect,
                record=document.number,
                own_number=document.number,
                articles=(row.article_no for row in document.rows),
                for_us=write.label,
            )
        return Created(_number(reply, document.number), tuple(form.warnings))

    def unfit(self, article_no: str) -> str:
        """Return the characters that make an article number unfit, or an empty text."""
        return unfit_characters(article_no, self._dialect)

    def put_articles(self, articles: Sequence[Article], *, update: bool) -> ArticlesPut:
        """Make articles, and update those that are there only if told to.

        Specter answers one line for a whole call, so a refused call is halved until the article at
        fault stands alone. A lost answer is TryLater: making an article twice does the same as
        once, and opening stock counts only the first time.
        """
        warnings: list[Message] = []
        refused: dict[str, Message] = {}
        size = self._dialect.limits.article_batch
        for start in range(0, len(articles), size):
            self._put(articles[start : start + size], update, warnings, refused)
        return ArticlesPut(refused, tuple(warnings))

    def read_orders(self, batch: str) -> FeedBatch[OrderEvent]:
        """Read the changed orders under a batch number of ours, or the batch that is open."""
        return read_feed(self._client, self._dialect, feeds.ORDERS, batch)

    def confirm_orders(self, batch: str) -> None:
        """Tell the ERP that the rows of a batch are safe with us."""
        confirm_feed(self._client, self._dialect, feeds.ORDERS, batch)

    def read_articles(self, batch: str) -> FeedBatch[ArticleInfo]:
        """Read the changed articles under a batch number of ours, or the batch that is open."""
        return read_feed(self._client, self._dialect, feeds.ARTICLES, batch)

    def confirm_articles(self, batch: str) -> None:
        """Tell the ERP that the rows of a batch are safe with us."""
        confirm_feed(self._client, self._dialect, feeds.ARTICLES, batch)

    def read_stock(self, batch: str) -> FeedBatch[StockLevel]:
        """Read the changed stock of every site under a batch number of ours, or the open batch."""
        return read_feed(self._client, self._dialect, feeds.STOCK, batch)

    def confirm_stock(self, batch: str) -> None:
        """Tell the ERP that the rows of a batch are safe with us."""
        confirm_feed(self._client, self._dialect, feeds.STOCK, batch)

    def _put(
        self,
        articles: Sequence[Article],
        update: bool,
        warnings: list[Message],
        refused: dict[str, Message],
    ) -> None:
        if not articles:
            return
        try:
            warnings.extend(self._put_call(articles, update))
        except RecordRejected as error:
            if len(articles) == 1:
                refused[articles[0].article_no] = error.for_merchant
                return
            middle = len(articles) // 2
            self._put(articles[:middle], update, warnings, refused)
            self._put(articles[middle:], update, warnings, refused)

    def _put_call(self, articles: Sequence[Article], update: bool) -> list[Message]:
        first = articles[0].article_no
        form = articles_form(articles, update=update, dialect=self._dialect)
        self._fits(form.pairs, first)
        write = Write(
            action=self._dialect.actions.new_article,
            signed=first,
            label=f"{len(articles)} articles from {first}",
            pairs=form.pairs,
            key_in_query=self._dialect.routing.key_in_query_for_articles,
        )
        try:
            reply = self._client.write(write)
        except OutcomeUnknown as error:
            raise _may_repeat(error, first) from error
        if reply.ok:
            return form.warnings
        if not update and len(articles) == 1 and meaning(reply, self._dialect) == "article_exists":
            return [*form.warnings, message("specter.article_left", record=first)]
        raise refusal(reply, self._dialect, record=first, for_us=write.label)

    def _fits(self, pairs: Sequence[tuple[str, str]], record: str) -> None:
        limit = self._dialect.limits.form_bytes
        # Percent-encoding makes a text at most three times as long: measure only when it matters.
        if sum(len(name) + 3 * len(value) + 2 for name, value in pairs) > limit:
            size = len(encoded(pairs))
            if size > limit:
                raise RecordRejected(message("specter.form_too_large", record=record, size=size, limit=limit))


def _open(opening: OpenWith) -> SpecterSession:
    return SpecterSession(opening)


def _assumptions(
    settings: Mapping[str, Any],  # noqa: ARG001 - part of the contract
    dialect: Mapping[str, str],
) -> Sequence[Assumption]:
    return dialects.assumptions(dialect)


def _limits(dialect: dialects.Dialect) -> Limits:
    bounds = dialect.limits
    return Limits(
        unit_decimals=bounds.unit_decimals,
        amount_decimals=bounds.amount_decimals,
        whole_percent=bounds.whole_percent,
        rounding=bounds.rounding,
        makes_invoices=bool(dialect.actions.new_invoice),
        article_batch=bounds.article_batch,
        currencies=frozenset(bounds.currencies),
        knows_articles=False,  # no public action asks for one
        payment_codes={method: code for method, code in dialect.payments.items() if code},
        prepaid_methods=frozenset(dialect.payment_codes.prepaid_methods),
    )


def _number(reply: Reply, record: str) -> str:
    if not reply.number:
        # "All well" without a number: it may or may not have been made.
        raise OutcomeUnknown(message("specter.no_number", record=record, text=reply.text or "-"), reply.text)
    return reply.number


def _found_again(customer: Customer, matching: Matching) -> bool:
    by_email = matching in (Matching.EMAIL, Matching.EMAIL_THEN_NUMBER)
    by_number = matching in (Matching.NUMBER, Matching.EMAIL_THEN_NUMBER)
    return bool((by_email and (customer.email or customer.invoice.email)) or (by_number and customer.number))


def _may_repeat(error: OutcomeUnknown, record: str) -> TryLater:
    return TryLater(message("specter.again", record=record), error.for_us, system_away=error.system_away)


connector = Connector(
    key="specter",
    title="Specter",
    role=Role.ERP,
    fields=FIELDS,
    open=_open,
    answer_knock=answer_knock,
    assumptions=_assumptions,
    check_dialect=dialects.check_overrides,
    secret_fields=SECRET_FIELDS,
    package="brygga.connectors.specter",
    door_urls=door_urls,
)
