"""How calls and answers travel: encodings, names in any case, the short form and XML."""

from urllib.parse import urlencode

import pytest

from brygga_simulators.specter.params import read_params
from tests.simulators.specter.shop import a_person, a_row


def test_values_are_latin_1_and_names_are_of_any_case():
    params = read_params("Action=x&SBMID=1", b"firstName=%C5sa&surName=%D6berg+B&empty=&sbmId=2")

    assert params == {"action": "x", "sbmid": "1", "firstname": "Åsa", "surname": "Öberg B", "empty": ""}


def test_a_doubled_slash_and_a_get_with_everything_in_the_query_work(shop, buyer):
    fields = {"action": "newOrderSubmit", "sbmId": 9999, "customerId": buyer, "key": shop.key(str(buyer))}
    fields |= {f"{name}_1": value for name, value in a_row().items()}
    query = urlencode(fields, encoding="latin-1")

    answer = shop.http.request("GET", f"{shop.url}//putInfo.asp?{query}")

    assert answer.data.startswith(b"1;10001;")


def test_swedish_letters_arrive_whole(shop, buyer):
    customer = shop.seen_customer(buyer)

    assert (customer["firstName"], customer["surName"], customer["invoice"]["city"]) == (
        "Åsa",
        "Öberg",
        "Umeå",
    )


@pytest.mark.parametrize("use_xml", ["", "1"])
def test_without_use_xml_2_the_answer_is_the_short_form(shop, use_xml):
    answer = shop.put("newCustomerSubmit", "Åsa Öberg", a_person(), useXML=use_xml)

    assert answer.text.startswith("1;1001;")
    assert "html" in answer.content_type


def test_with_use_xml_2_the_answer_is_xml(shop):
    answer = shop.customer(**a_person(), xml=True)

    assert answer.data.startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert answer.xml.findtext("APIresponse/result") == "1"
    assert answer.xml.findtext("APIresponse/id") == "1001"


def test_the_id_element_can_be_renamed_or_left_out(shop, buyer):
    shop.options(id_element="orderNo")
    assert shop.order(buyer, [a_row()], xml=True).xml.findtext("APIresponse/orderNo") == "10001"

    shop.options(id_element="")
    assert [e.tag for e in shop.order(buyer, [a_row()], xml=True).xml.find("APIresponse")] == [
        "result",
        "code",
        "message",
    ]


def test_xml_may_be_utf_8(shop):
    shop.options(xml_encoding="UTF-8")
    shop.has_article("A-1", name="Räksmörgås – stor")

    answer = shop.get("getArticleInfoExternalNeedUpdate", "b1")

    assert "Räksmörgås – stor".encode() in answer.data
    assert answer.xml.findtext("articles/article/name") == "Räksmörgås – stor"


def test_letters_outside_latin_1_survive_in_latin_1_xml(shop):
    shop.has_article("A-1", name="Łódź & co <b>")

    answer = shop.get("getArticleInfoExternalNeedUpdate", "b1")

    assert answer.xml.findtext("articles/article/name") == "Łódź & co <b>"


def test_an_unknown_action_is_refused(shop):
    assert shop.put("newNothingSubmit", "", {}).text.startswith("0;9;")
    assert shop.put("getOrdersExternalNeedUpdate", "b1", {"batchNo": "b1"}).text.startswith("0;9;")
