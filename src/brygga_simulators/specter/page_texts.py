"""The words on the hand page, in Swedish and English."""

from brygga_simulators.specter.deed_texts import BUTTONS, FIELDS, WORDS

_SWEDISH_ENGLISH = {
    **WORDS,
    "simulator": ("Simulerat Specter", "Simulated Specter"),
    "not_real": ("Detta är en simulator, inte Specter.", "This is a simulator, not Specter."),
    "accounts": ("Konton", "Accounts"),
    "account": ("Konto", "Account"),
    "orders": ("Order", "Orders"),
    "order": ("Order", "Order"),
    "customers": ("Kunder", "Customers"),
    "customer": ("Kund", "Customer"),
    "articles": ("Artiklar", "Articles"),
    "version": ("Version", "Version"),
    "other_language": ("In English", "På svenska"),
    "search": ("Sök", "Search"),
    "latest": ("De senaste {n} av {total} visas.", "The latest {n} of {total} are shown."),
    "none": ("Inga.", "None."),
    "external": ("Butikens ordernr", "Shop's order no."),
    "date": ("Datum", "Date"),
    "status": ("Status", "Status"),
    "total": ("Summa", "Total"),
    "vat": ("Moms", "VAT"),
    "net": ("Exkl. moms", "Excl. VAT"),
    "gross": ("Inkl. moms", "Incl. VAT"),
    "rate": ("Momssats", "VAT rate"),
    "rounding": ("Öresavrundning", "Rounding"),
    "row": ("Rad", "Row"),
    "article_no": ("Artikelnr", "Article no."),
    "name": ("Namn", "Name"),
    "quantity": ("Antal", "Quantity"),
    "delivered_quantity": ("Levererat", "Delivered"),
    "unit_price": ("À-pris exkl. moms", "Unit price excl. VAT"),
    "discount": ("Rabatt %", "Discount %"),
    "price": ("Pris exkl. moms", "Price excl. VAT"),
    "on_hand": ("Lagersaldo", "On hand"),
    "reserved": ("Reserverat", "Reserved"),
    "available": ("Disponibelt", "Available"),
    "site": ("Lagerställe", "Stock site"),
    "save": ("Spara", "Save"),
    "change": ("Ändra eller lägg upp artikel", "Change or add an article"),
    "currency": ("Valuta", "Currency"),
    "payment": ("Betalsätt", "Payment"),
    "reference": ("Betalreferens", "Payment reference"),
    "delivery_method": ("Leveranssätt", "Delivery method"),
    "comment": ("Kommentar", "Comment"),
    "internal_comment": ("Intern kommentar", "Internal comment"),
    "delivery_address": ("Leveransadress", "Delivery address"),
    "invoice_address": ("Fakturaadress", "Invoice address"),
    "tracking": ("Kollinummer", "Tracking number"),
    "invoices": ("Fakturor", "Invoices"),
    "document": ("Dokument", "Document"),
    "deliver": ("Leverera allt", "Deliver all"),
    "delete": ("Radera spårlöst", "Delete without trace"),
    "email": ("E-post", "E-mail"),
    "phone": ("Telefon", "Phone"),
    "org_no": ("Org.nr", "Organisation no."),
    "vat_no": ("VAT-nr", "VAT no."),
    "by_hand": ("Ändra för hand", "Change by hand"),
    "cannot": ("Det går inte", "That can't be done"),
    "back": ("Tillbaka", "Back"),
    "status_1": ("Ny", "New"),
    "status_3": ("Dellevererad", "Partly delivered"),
    "status_4": ("Levererad", "Delivered"),
    "status_5": ("Makulerad", "Cancelled"),
    "invoiced": ("fakturerad", "invoiced"),
    "deleted": ("borttagen", "deleted"),
}
LANGUAGES = ("sv", "en")


class Texts:
    """The words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "sv"
        self._column = LANGUAGES.index(self.language)

    def __getitem__(self, key: str) -> str:
        return _SWEDISH_ENGLISH[key][self._column]

    def button(self, path: str) -> str:
        """Return what stands on the button of a deed."""
        return BUTTONS[path][self._column]

    def field(self, name: str) -> str:
        """Return what stands at a field of a deed's form."""
        return FIELDS[name][self._column]
