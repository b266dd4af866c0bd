"""The words a seeded shop is made of: people, places, goods, payment and shipping methods."""

FIRST_NAMES = (
    "Åsa Örjan Björn Märta Källe Sofia Erik Anna Lars Karin Johan Elin Göran Siv Håkan Ebba Nils Wilma Sören Tuva "
    "Zlatan Łukasz Đorđe Chloë José François Þóra Siobhán Renée Müge Jiří Håvard Søren Aino Jürgen Émilie"
).split()
LAST_NAMES = (
    "Öberg Ångström Lindqvist Ek Ståhl Nordström Åkesson Björkman Sjögren Hägg Bergström Lund Söderberg Åhl Wåhlin "
    "O'Brien Nuñez Kowalski Đokić Łaski Groß Ærø Bjørnsen Müller-Lüdenscheidt Virtanen Mäkelä D'Angelo Dvořák"
).split()
COMPANIES = (
    ("Exempelbolaget AB", "5566778899"),
    ("Björk & Söner Bygg AB", "5560160680"),
    ("Åre Fjällutrustning AB", "5591234561"),
    ("Café Öster HB", "5560000167"),
    ("Måleri “Färg & Form” AB", "5566778899"),
)
PLACES = (
    ("Storgatan", "Göteborg", "411 01"),
    ("Kungsgatan", "Umeå", "903 25"),
    ("Åvägen", "Malmö", "211 22"),
    ("Drottninggatan", "Stockholm", "111 51"),
    ("Skeppsbron", "Visby", "621 57"),
    ("Sjövägen", "Åre", "83752"),
    ("Östra Hamngatan", "Växjö", "SE-352 31"),
    ("Norrgatan", "Kiruna", "981 31"),
)
ABROAD = {
    "NO": (("Karl Johans gate", "Oslo", "0154", "+4722123456"), ("Bryggen", "Bergen", "5003", "55123456")),
    "DK": (("Strøget", "København K", "1160", "+4533123456"), ("Åboulevarden", "Aarhus", "8000", "86123456")),
    "DE": (("Königstraße", "Köln", "50667", "+49 221 123456"), ("Münchner Straße", "München", "80331", "")),
    "FI": (
        ("Mannerheimintie", "Helsinki", "00100", "+358 9 123456"),
        ("Ålandsvägen", "Mariehamn", "22100", ""),
    ),
    "US": (
        ("5th Avenue", "New York", "10001", "+1 212 555 0100"),
        ("Sunset Blvd", "Los Angeles", "90028", ""),
    ),
}
NOTES = (
    "Ställ vid dörren 🌲",
    "Ring innan leverans! 📦 Porten är röd – kod 1234",
    "Present till mormor 🎁❤️, lägg inte i kvitto",
    "Märk: Projekt Älg\nAtt: Åsa Öberg",
    "Please deliver after 17:00…",
    "“Glöm inte” bruksanvisningen; tack!",
)

CATEGORIES = {
    "Kläder & Skor": ("", ("Tröja", "T-shirt", "Regnjacka", "Byxa", "Mössa", "Vante", "Känga")),
    "Kaffe & Te": ("moms-12", ("Kaffebönor", "Bryggkaffe", "Espresso", "Grönt te", "Rooibos", "Örtte")),
    "Skafferi": ("moms-12", ("Honung", "Lingonsylt", "Knäckebröd", "Rapsolja", "Flingsalt", "Kola")),
    "Böcker": ("moms-6", ("Kokbok", "Vandringsguide", "Roman", "Barnbok", "Trädgårdsbok")),
    "Kök": ("", ("Mugg", "Kastrull", "Skärbräda", "Kniv", "Kaffebryggare", "Termos", "Förkläde")),
    "Friluft": ("", ("Ryggsäck", "Tält", "Sovsäck", "Pannlampa", "Vattenflaska", "Stormkök", "Liggunderlag")),
    "Hem": ("", ("Ljusstake", "Filt", "Kudde", "Doftljus", "Korg", "Tavla")),
    "Tjänster": ("momsfri", ("Presentkort", "Gåvobevis")),
}
PLACENAMES = (
    "Åre Öland Västkusten Dalarna Gotland Kebnekaise Skåne Småland Bohuslän Jämtland Norrland Mälaren Vättern "
    "Sarek Abisko Österlen Roslagen Koster Hälsingland Värmland"
).split()
COLOURS = ("Röd", "Blå", "Grön", "Svart", "Grå", "Senapsgul")
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
UNFIT_SKUS = ("MUGG BLÅ 3", "SKÄR-ÅÄÖ", "Kniv 20 cm")
"""SKUs as real shops have them, though no ERP takes them."""

SHIPPING = (
    ("flat_rate", "PostNord MyPack", "39.20", "1"),
    ("flat_rate", "DHL Servicepoint", "47.20", "3"),
    ("flat_rate", "Hemleverans", "79.20", "4"),
    ("free_shipping", "Fri frakt", "0", "2"),
    ("local_pickup", "Hämta i butik", "0", "5"),
)
PAYMENTS = (
    ("klarna_payments", "Klarna", 26),
    ("kco", "Klarna Checkout", 12),
    ("swish", "Swish", 16),
    ("stripe", "Kort", 12),
    ("bacs", "Banköverföring", 7),
    ("dibs_easy", "Nets Easy", 6),
    ("svea_checkout", "Svea Checkout", 6),
    ("paypal", "PayPal", 4),
    ("qliro_one", "Qliro", 4),
    ("collector_checkout", "Walley Checkout", 4),
    ("cod", "Postförskott", 3),
)
COUPONS = (
    ("valkommen10", "percent", "10"),
    ("sommar20", "percent", "20"),
    ("fast50", "fixed_cart", "50"),
    ("vara10", "fixed_product", "10"),
    ("frifrakt", "percent", "0"),
)
FEES = (
    {"name": "Fakturaavgift", "total": "23.20", "tax_class": ""},
    {"name": "Presentinslagning", "total": "31.20", "tax_class": ""},
    {"name": "Mängdrabatt", "total": "-40.00", "tax_class": ""},
    {"name": "Presentkort PK-7781", "total": "-100.00", "tax_class": "", "tax_status": "none"},
)
