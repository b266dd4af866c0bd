"""A sales document as the fields of newOrderSubmit: head, and rows numbered 1..n without gaps.

Unit prices exclude VAT and carry a whole percent; the sums were checked before the document
came here, so nothing is rounded on the way out: what does not fit is refused.
"""

from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.form import Form
from brygga.domain.document import DocumentRow, RowKind, SalesDocument
from brygga.domain.errors import RecordRejected
from brygga.domain.message import message


def document_form(document: SalesDocument, customer_id: str, dialect: Dialect) -> Form:
    """Return the form without the query's parameters. Raises RecordRejected naming what does not fit."""
    form = Form(dialect, document.number)
    form.key("customerId", customer_id, 0)
    form.key("externalOrderNo", document.number, dialect.lengths.external_order_no)
    _head(form, document, dialect)
    _payment(form, document, dialect)
    _delivery(form, document, dialect)
    drops = document.payment_code in dialect.payment_codes.drops_decimals
    for number, (row, texts) in enumerate(_with_texts(form, document), start=1):
        _row(form, number, row, texts, dialect, drops)
    # Last, since every field before may have left something to keep.
    internal = " / ".join(text for text in (document.internal_comment, *form.cut_texts) if text)
    if internal:
        form.comment("internalComment", internal, dialect.lengths.comment)
    return form


def _head(form: Form, document: SalesDocument, dialect: Dialect) -> None:
    names, lengths = dialect.order, dialect.lengths
    if names.order_date:
        form.day(names.order_date, document.order_date)
    if names.delivery_date and document.delivery_date:
        form.day(names.delivery_date, document.delivery_date)
    open_here = dialect.limits.currencies
    if open_here and document.currency not in open_here:
        raise RecordRejected(
            message("specter.currency_not_open", record=document.number, currency=document.currency)
        )
    form.key("currency", document.currency, 3)
    if language := dialect.language(document.language):
        form.put("language", language)
    if names.customer_order_reference and document.customer_order_no:
        form.number(
            names.customer_order_reference, document.customer_order_no, lengths.customer_order_reference
        )
    if names.customer_reference and document.customer_reference:
        form.number(names.customer_reference, document.customer_reference, lengths.customer_reference)
    elif document.customer_reference:
        form.cut_texts.append(document.customer_reference)
    if names.user_source:
        form.put("userSource", names.user_source)
    if document.published_comment:
        form.comment("publishedComment", document.published_comment, lengths.comment)
    form.switch("sendOrderMail", document.send_confirmation)
    form.switch("sendOrderMailToUser", document.confirmation_copy)


def _payment(form: Form, document: SalesDocument, dialect: Dialect) -> None:
    code = document.payment_code
    if code and code not in dialect.payment_codes.known:
        form.warnings.append(message("specter.payment_code", record=document.number, payment=code))
    # An empty code goes out as empty: it is how other shops say "no method of yours".
    form.key("payTypeIdentifier", code, 0)
    if document.payment_reference:
        # The provider knows the payment by exactly this: another spelling would draw nothing.
        form.key("payTypeReference", document.payment_reference.strip(), dialect.lengths.payment_reference)
    if document.payment_account:
        form.key("payTypeIdentifierPaySystemUser", document.payment_account.strip(), 0)
    if document.prepayment:
        form.put("isPrepayment", "1")


def _delivery(form: Form, document: SalesDocument, dialect: Dialect) -> None:
    if document.delivery_method:
        form.number("externalDeliveryMethod", document.delivery_method, dialect.lengths.delivery_method)
    if document.prepared_shipment:
        form.key("preparedShipmentId", document.prepared_shipment.strip(), 0)
    if document.notify_mobile:
        form.put("notifyDeliveryByMobile", "1")
        form.number("notifyDeliveryMobileNo", document.notify_mobile, dialect.lengths.phone)
    if document.stock_site:
        form.key("stocksiteid", document.stock_site, 0)


def _with_texts(form: Form, document: SalesDocument) -> list[tuple[DocumentRow, list[str]]]:
    """Join text rows to the row before: a row without article number would end the list for the ERP.

    Texts before the first row go to the internal comment.
    """
    rows: list[tuple[DocumentRow, list[str]]] = []
    for row in document.rows:
        if row.article_no:
            rows.append((row, [row.comment] if row.comment else []))
        elif row.kind is RowKind.TEXT and not row.unit_price * row.quantity:
            texts = rows[-1][1] if rows else form.cut_texts
            texts.extend(text for text in (row.name, row.comment) if text)
        else:
            raise RecordRejected(
                message("specter.row_without_article", record=form.record, row=len(rows) + 1, name=row.name)
            )
    return rows


def _row(
    form: Form, number: int, row: DocumentRow, texts: list[str], dialect: Dialect, drops_decimals: bool
) -> None:
    form.key(f"articleNo_{number}", row.article_no, dialect.lengths.article_no)
    name = form.fitted(f"articleName_{number}", row.name, dialect.lengths.article_name)
    # A name of which nothing can be written must not leave the picker with an empty line.
    form.put(f"articleName_{number}", name or row.article_no)
    if texts:
        form.comment(f"articleComment_{number}", " / ".join(texts), dialect.lengths.comment)
    form.decimal(f"priceExclVAT_{number}", row.unit_price, dialect.limits.unit_decimals)
    form.decimal(f"noOfItems_{number}", row.quantity, dialect.limits.quantity_decimals)
    form.put(f"vatPercent_{number}", str(row.vat_percent))
    if dialect.order.row_discount:
        # The web price is paid: a discount on the customer's card must not be taken off again.
        form.put(f"{dialect.order.row_discount}_{number}", "0")
    if drops_decimals and row.quantity != row.quantity.to_integral_value():
        form.warnings.append(
            message(
                "specter.decimals_dropped", record=form.record, article=row.article_no, quantity=row.quantity
            )
        )
