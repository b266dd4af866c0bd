"""`brygga goods` and `brygga flow preset`: what would change is shown first, and nothing without a yes."""

from pathlib import Path

from tests.app.commands.terminal import Terminal, call

GROUPING = "Artikelnummer;Grupp;Storlek\nK-1;KEPS;S\nK-2;KEPS;M\n;KEPS;L\nX-9;KEPS;XL\n"


def test_another_preset_is_shown_first_and_chosen_with_a_yes(linked: Terminal) -> None:
    linked.set_up()
    looked = linked.brygga("flow", "preset", "F", "2", "--dry-run", "--json").data
    assert (looked["before"], looked["after"], looked["changed"]) == (1, 2, False)
    assert {one["kind"] for one in looked["begins"]} == {"goods", "item", "status"}
    assert {"field": "stock.quantity", "before": "shop:create", "after": "erp:overwrite"} in looked["leads"]
    asked = linked.brygga("flow", "preset", "2", code=2)
    assert "products to the shop" in asked.out or "begins" in asked.out
    assert "--yes" in asked.err
    assert linked.brygga("flow", "show", "F", "--json").data["preset"] == 1
    said = linked.brygga(
        "flow", "preset", "2", "--yes", "--because", "the ERP leads now", BRYGGA_LANG="sv"
    ).out
    assert "F är ändrat" in said
    assert linked.brygga("flow", "show", "F", "--json").data["preset"] == 2
    assert "Nothing was changed" in linked.brygga("flow", "preset", "F", "2").out
    assert linked.brygga("flow", "preset", "F", "7", code=2).err


def test_a_grouping_is_shown_taken_and_written_out(linked: Terminal, tmp_path: Path) -> None:
    linked.set_up()
    linked.brygga("flow", "preset", "2", "--yes")
    file, out = tmp_path / "g.csv", tmp_path / "out.xlsx"
    file.write_text(GROUPING, "utf-8")
    plan = linked.brygga("goods", "upload", str(file), "--dry-run", "--json").data
    assert (plan["rows"], plan["added"], plan["taken"]) == (3, 3, False)
    left_out = [one for one in plan["faults"] if not one["kept"]]
    assert [(one["row"], one["column"], one["code"]) for one in left_out] == [
        (4, "Artikelnummer", "goods.file_row_empty")
    ]
    assert "--yes" in linked.brygga("goods", "upload", str(file), code=2).err
    assert "3 articles" in linked.brygga("goods", "upload", str(file), "--yes").out
    assert linked.brygga("goods", "download", str(out), "--json").data["rows"] == 3
    again = linked.brygga("goods", "upload", str(out), "--yes", "--json").data
    assert (again["same"], again["taken"]) == (3, False)
    (tmp_path / "b.xlsx").write_bytes(b"PK no spreadsheet")
    assert "b.xlsx" in linked.brygga("goods", "upload", str(tmp_path / "b.xlsx"), "--yes", code=1).err


def test_what_only_the_shop_has_is_listed_after_a_comparison(linked: Terminal) -> None:
    linked.set_up()
    linked.brygga("flow", "preset", "3", "--yes")
    linked.brygga("sync", "--until-quiet")
    for number in range(3):
        product = {
            "name": f"Egen {number}",
            "sku": "",
            "type": "simple",
            "status": "publish",
            "regular_price": "9",
        }
        call(f"{linked.shop}/_control/shop/raw/products", product)
    assert "not been reconciled" in linked.brygga("goods", "unknown").out
    linked.brygga("reconcile", "--dry-run")
    listed = linked.brygga("goods", "unknown", "--json").data
    assert ([one["name"] for one in listed["items"]], listed["count"]) == (["Egen 0", "Egen 1", "Egen 2"], 3)
    assert {one["cause"] for one in listed["items"]} == {"reconcile.cause_no_sku"}
    assert [
        one["name"] for one in linked.brygga("goods", "unknown", "--search", "gen 1", "--json").data["items"]
    ] == ["Egen 1"]
    paged = linked.brygga("goods", "unknown", "--size", "2").out
    assert "Egen 1" in paged
    assert "Egen 2" not in paged
