"""The signature, by the worked examples of the dossier."""

import pytest

from brygga.connectors.specter.signature import sign
from tests.connectors.specter.things import INTEGRATION_KEY, SBM_ID, USER_KEY


@pytest.mark.parametrize(
    ("signed", "key"),
    [
        ("batch-20261124-0001", "4229bd0a647096f898b8fbe073960b7b"),
        ("1042", "d3ed7fbf953b59399b2af0cadb9be0e3"),
        ("TEST-001", "dcd4ccd62aa929d045430912612abb1c"),
        ("Testbolaget AB", "2aff3ff76cf315871e1efdc2dd156f0f"),
        ("Åsa Öberg", "4b089ba56984979093476eccb7b1c37b"),
    ],
)
def test_version_2_signs_as_the_dossier_says(signed, key):
    assert sign(USER_KEY, INTEGRATION_KEY, SBM_ID, signed) == key


def test_the_signature_is_not_over_utf_8():
    assert sign(USER_KEY, INTEGRATION_KEY, SBM_ID, "Åsa Öberg") != "23983f588ecfc5e29f7bad148b1867af"


def test_version_1_signs_with_its_own_keys():
    assert sign("demo-md5-key-one", "demo-md5-key-two", SBM_ID, "1042") == "30f48e24ae12fcddc43e34cf06ce717e"
