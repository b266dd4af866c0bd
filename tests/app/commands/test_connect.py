"""Connections on the command line: kept only after a real call, and a script never waits."""

from tests.app.commands.terminal import ACCOUNT, Terminal, call


def test_a_shop_is_connected_after_it_has_answered(terminal: Terminal):
    ran = terminal.connect_shop()
    assert ran.code == 0
    assert ran.data["identity"]["currency"] == "SEK"
    [kept] = terminal.brygga("connections", "--json").data
    assert (kept["name"], kept["state"], kept["connector"]) == ("Butiken", "active", "woocommerce")


def test_an_erp_is_connected_by_its_own_options(terminal: Terminal):
    words = ["--name", "Specter", "--base-url", terminal.erp, *ACCOUNT]
    ran = terminal.brygga("connect", "specter", *words, "--yes", "--json")
    assert ran.data["state"] == "active"
    assert ran.data["assumptions"] > 0


def test_a_wrong_secret_is_told_in_words_and_nothing_is_kept(terminal: Terminal):
    ran = terminal.connect_shop(secret="cs_" + "0" * 40)
    assert ran.code == 1
    assert ran.data["error"]["code"].startswith("woocommerce.")
    assert "secret" in ran.err
    assert terminal.brygga("connections", "--json").data == []


def test_wrong_erp_keys_are_told_in_words(terminal: Terminal):
    words = ["--name", "Specter", "--base-url", terminal.erp, *ACCOUNT[:-1], "wrong"]
    ran = terminal.brygga("connect", "specter", *words, "--yes", "--json", code=1)
    assert ran.data["error"]["code"] == "specter.bad_key"


def test_an_address_where_nobody_answers_is_told_in_words(terminal: Terminal):
    ran = terminal.connect_shop(url="http://127.0.0.1:9")
    assert ran.code == 1
    assert ran.data["error"]["code"].startswith("http.")


def test_a_script_is_told_which_options_are_missing(terminal: Terminal):
    ran = terminal.connect_shop(key="", secret="")
    assert ran.code == 2
    assert "--key" in ran.err
    assert "--secret" in ran.err


def test_a_script_is_told_to_say_yes(terminal: Terminal):
    words = ["--url", terminal.shop, "--key", terminal.key, "--secret", terminal.secret]
    ran = terminal.brygga("connect", "woocommerce", "--name", "Butiken", *words, code=2)
    assert "--yes" in ran.err
    assert terminal.brygga("connections", "--json").data == []


def test_secrets_may_come_from_standard_input_and_the_environment(terminal: Terminal):
    words = ["--name", "Butiken", "--url", terminal.shop, "--yes", "--json"]
    ran = terminal.brygga(
        *("connect", "woocommerce", *words, "--secret", "-"),
        stdin=f"{terminal.secret}\n",
        BRYGGA_CONSUMER_KEY=terminal.key,
    )
    assert ran.data["state"] == "active"


def test_a_revoked_key_is_replaced_by_a_check(terminal: Terminal):
    terminal.connect_shop()
    made = call(f"{terminal.shop}/_control/shop/keys", {"permissions": "read_write"})
    bad = terminal.brygga(
        "connect", "recheck", "Butiken", "--key", "ck_1", "--secret", "cs_1", "--json", code=1
    )
    assert bad.data["error"]["code"]
    new = ["--key", made["key"], "--secret", made["secret"]]
    assert terminal.brygga("connect", "recheck", "Butiken", *new, "--json").data["state"] == "active"


def test_connecting_again_under_the_same_name_changes_the_keys(terminal: Terminal):
    terminal.connect_shop()
    made = call(f"{terminal.shop}/_control/shop/keys", {"permissions": "read_write"})
    assert terminal.connect_shop(key=made["key"], secret=made["secret"]).code == 0
    assert len(terminal.brygga("connections", "--json").data) == 1


def test_a_connection_is_paused_and_goes_on(terminal: Terminal):
    terminal.connect_shop()
    terminal.brygga("connect", "pause", "Butiken", "--because", "stocktaking")
    assert terminal.brygga("connections", "--json").data[0]["state"] == "paused"
    terminal.brygga("connect", "resume", "Butiken")
    assert terminal.brygga("connections", "--json").data[0]["state"] == "active"


def test_an_unknown_name_is_told_with_those_there_are(terminal: Terminal):
    terminal.connect_shop()
    assert "Butiken" in terminal.brygga("connect", "recheck", "Nope", code=2).err


def test_several_tenants_must_be_told_apart(terminal: Terminal):
    terminal.brygga("tenant", "create", "ett", "--language", "sv")
    terminal.brygga("tenant", "create", "two", "--language", "en")
    assert [t["slug"] for t in terminal.brygga("tenant", "list", "--json").data] == ["ett", "two"]
    assert "--tenant" in terminal.brygga("connections", "--json", code=2).err
    assert terminal.brygga("connections", "--json", "--tenant", "two").data == []
    assert terminal.brygga("--tenant", "ett", "connections", "--json").data == []
    assert terminal.brygga("connections", "--json", BRYGGA_TENANT="two").data == []


def test_a_user_is_made_with_a_role(terminal: Terminal):
    words = ["--email", "Asa@Example.se", "--password", "-", "--json"]
    made = terminal.brygga("user", "create", *words, stdin="korrekt häst batteri\n").data
    assert made == {"email": "asa@example.se", "tenant": "default", "role": "owner", "made": True}
    weak = terminal.brygga("user", "create", "--email", "b@example.se", "--password", "12345", code=2)
    assert "12345" not in weak.out
    assert terminal.brygga("user", "create", "--email", "c@example.se", code=2).err.count("--password") == 1


def test_sentences_come_in_swedish(terminal: Terminal):
    ran = terminal.brygga("flow", "start", code=2, BRYGGA_LANG="sv")
    assert "Det finns inget flöde än" in ran.err
