"""What a connection to __TITLE__ asks for."""

from brygga.connectors.contract.settings import Field

FIELDS = (
    Field(
        name="url",
        label={"sv": "Adress", "en": "Address"},
        help={
            "sv": "Adressen till systemet, med https:// först.",
            "en": "The address of the system, beginning with https://.",
        },
    ),
    Field(
        name="key",
        label={"sv": "Nyckel", "en": "Key"},
        help={
            "sv": "Säg var i systemet nyckeln skapas och vilken behörighet den behöver.",
            "en": "Say where in the system the key is made and which permission it needs.",
        },
        secret=True,
    ),
)

SECRET_FIELDS = tuple(field.name for field in FIELDS if field.secret)
