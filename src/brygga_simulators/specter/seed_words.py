"""The words and figures that a made-up Swedish range is put together from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A kind of goods: its number's stem, its name, group, VAT kind, price span in kronor, weight in grams."""

    stem: str
    name: str
    group: str
    vat: str
    """full, reduced (hot food and rooms), books or food: rates of food have dates."""
    cheapest: int
    dearest: int
    grams: int
    sizes: tuple[str, ...] = ()
    coloured: bool = False


CLOTHES = ("XS", "S", "M", "L", "XL")
SHOES = ("37", "38", "39", "40", "41", "42", "43", "44")
CHILDREN = ("92", "98", "104", "110", "116")
COLOURS = {
    "RED": "Röd", "BLA": "Blå", "SVART": "Svart", "VIT": "Vit", "GRON": "Grön", "GRA": "Grå",
}  # fmt: skip

LINES = (
    Line("TROJA", "Tröja", "Dam", "full", 199, 899, 320, CLOTHES, coloured=True),
    Line("MUGG", "Mugg", "Kök", "full", 79, 249, 380, coloured=True),
    Line("BYXA", "Byxa", "Herr", "full", 399, 1299, 540, CLOTHES, coloured=True),
    Line("KAFFE", "Kaffe 450 g", "Livsmedel", "food", 59, 149, 470),
    Line("SKJORTA", "Skjorta", "Herr", "full", 299, 999, 260, CLOTHES, coloured=True),
    Line("BOK", "Bok", "Böcker", "books", 59, 349, 420),
    Line("SKO", "Sko", "Skor", "full", 499, 1799, 900, SHOES, coloured=True),
    Line("SYLT", "Sylt 400 g", "Livsmedel", "food", 39, 89, 640),
    Line("OVERALL", "Overall", "Barn", "full", 399, 899, 480, CHILDREN, coloured=True),
    Line("BRICKA", "Bricka", "Kök", "full", 199, 599, 700),
    Line("LUNCH", "Lunchlåda, levererad", "Catering", "reduced", 95, 189, 600),
    Line("FILT", "Filt", "Hem", "full", 299, 1499, 1100, coloured=True),
    Line("KNACKE", "Knäckebröd 500 g", "Livsmedel", "food", 25, 69, 520),
    Line("LAMPA", "Lampa", "Hem", "full", 499, 3999, 2400, coloured=True),
    Line("MOSSA", "Mössa", "Accessoarer", "full", 149, 399, 90, coloured=True),
)

MODELS = """
    Birka Sala Orust Tjörn Visby Ven Marstrand Kiruna Abisko Åre Idre Sälen Mora Falun Leksand Rättvik Siljan Vänern
    Vättern Hjo Skara Lysekil Smögen Fjällbacka Strömstad Dalsland Ystad Simrishamn Österlen Kivik Åhus Kalmar Öland
    Borgholm Gränna Visingsö Omberg Vadstena Motala Trosa Nynäs Sandhamn Utö Vaxholm Grisslehamn Öregrund Hälsingland
    Järvsö Nordingrå Härnösand Umeå Lövånger Piteå Luleå Haparanda Jokkmokk Kvikkjokk Sarek Nikkaluokta
""".split()
