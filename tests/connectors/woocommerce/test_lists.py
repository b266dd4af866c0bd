"""A list is read whole while rows come, go and change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brygga.connectors.woocommerce.lists import Page, Window, place_after, rows_by_id, rows_of_few
from brygga.domain.errors import ConnectionBroken, TryLater


@dataclass
class Row:
    id: int


class Shelf:
    """Pages over a set of ids as WooCommerce does: by counting rows, sorted by id."""

    def __init__(self, ids: set[int], between: Callable[["Shelf"], None] = lambda shelf: None) -> None:
        self.ids = ids
        self.between = between
        self.reads = 0
        self.hidden: set[int] = set()  # counted but left out of the answer

    def __call__(self, query: dict[str, str]) -> Page[Row]:
        assert (query["orderby"], query["order"]) == ("id", "asc")
        self.reads += 1
        offset, size = int(query.get("offset", "0")), int(query["per_page"])
        rows = [Row(i) for i in sorted(self.ids)[offset : offset + size] if i not in self.hidden]
        page = Page(rows, len(self.ids))
        self.between(self)
        return page


def read(shelf: Shelf, per_page: int) -> list[int]:
    return [row.id for row in rows_by_id(shelf, "orders", per_page)]


@pytest.mark.parametrize("per_page", [2, 5, 7, 20, 100])
def test_500_rows_of_the_same_second_all_come_once(per_page: int) -> None:
    assert read(Shelf(set(range(1, 501))), per_page) == list(range(1, 501))


@pytest.mark.parametrize("count", [0, 1, 2, 99, 100, 101, 198, 199, 200, 201])
def test_every_length_of_list_ends(count: int) -> None:
    shelf = Shelf(set(range(1, count + 1)))
    assert read(shelf, 100) == list(range(1, count + 1))
    assert shelf.reads <= count // 99 + 2


def test_a_row_that_leaves_its_window_hides_no_other() -> None:
    def leave(shelf: Shelf) -> None:
        shelf.ids.discard(shelf.reads * 3)  # one already read goes, after every page

    rows = read(Shelf(set(range(1, 501)), leave), 7)
    assert rows == sorted(set(rows))
    assert set(rows) >= set(range(1, 501)) - {n * 3 for n in range(1, 200)}


def test_most_of_the_list_leaving_at_once_hides_nothing() -> None:
    def leave(shelf: Shelf) -> None:
        if shelf.reads == 20:
            shelf.ids -= set(range(1, 1500))

    rows = read(Shelf(set(range(1, 3001)), leave), 100)
    assert set(rows) >= set(range(1500, 3001))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_happens_between_pages_no_lasting_row_is_missed_or_repeated(data: st.DataObject) -> None:
    start = data.draw(st.sets(st.integers(1, 400), max_size=120))
    lasting = (
        {i for i in start if data.draw(st.booleans())} if len(start) < 40 else {i for i in start if i % 3}
    )
    per_page = data.draw(st.integers(2, 12))
    moves = data.draw(
        st.lists(st.tuples(st.sets(st.integers(1, 400)), st.sets(st.integers(1, 400))), max_size=40)
    )

    def move(shelf: Shelf) -> None:
        if shelf.reads <= len(moves):
            leaving, coming = moves[shelf.reads - 1]
            shelf.ids = (shelf.ids - (leaving - lasting)) | coming

    rows = read(Shelf(set(start), move), per_page)
    assert len(rows) == len(set(rows))
    assert set(rows) >= lasting


@settings(deadline=None)
@given(st.sets(st.integers(1, 300), max_size=100), st.sets(st.integers(1, 300)), st.integers(2, 12))
def test_rows_the_shop_cannot_build_do_not_end_the_list_early(
    ids: set[int], hidden: set[int], per_page: int
) -> None:
    shelf = Shelf(ids)
    # A whole page without one visible row can't be held on to; that many broken rows are no shop.
    shelf.hidden = {row for place, row in enumerate(sorted(ids & hidden)) if place % 3 == 0 and per_page > 4}
    visible = ids - shelf.hidden
    assert set(read(shelf, per_page)) >= visible


def test_a_shop_that_does_not_sort_is_told_so() -> None:
    def unsorted(query: dict[str, str]) -> Page[Row]:
        return Page([Row(3), Row(1)], 2)

    with pytest.raises(ConnectionBroken) as caught:
        list(rows_by_id(unsorted, "products"))
    assert caught.value.for_merchant.code == "woocommerce.list_unsorted"


def test_a_shop_that_ignores_the_offset_does_not_hold_us_for_ever() -> None:
    def stuck(query: dict[str, str]) -> Page[Row]:
        return Page([Row(i) for i in range(1, 101)], 1000)

    with pytest.raises(ConnectionBroken):
        list(rows_by_id(stuck, "orders"))


def test_a_list_that_never_rests_is_given_up_for_now() -> None:
    grown = iter(range(10_000, 10_000_000))

    def fleeing(query: dict[str, str]) -> Page[Row]:
        if "offset" not in query:
            return Page([Row(1), Row(2)], 10)
        return Page([Row(next(grown))], 10) if int(query["offset"]) else Page([], 10)

    with pytest.raises(TryLater):
        list(rows_by_id(fleeing, "orders", 2))


def test_a_row_without_id_is_no_silent_loss() -> None:
    with pytest.raises(TryLater):
        list(rows_by_id(lambda query: Page([Row(None)]), "orders"))  # type: ignore[arg-type]


def test_a_translation_plugin_that_doubles_rows_gives_each_once() -> None:
    assert [r.id for r in rows_by_id(lambda q: Page([Row(1), Row(1), Row(2)], 3), "products")] == [1, 2]


def test_the_window_is_asked_a_second_wider_without_z() -> None:
    stockholm = timezone(timedelta(hours=1))
    since = datetime(2026, 3, 29, 2, 59, 59, 900_000, tzinfo=stockholm)
    window = Window.of(since, datetime(2026, 3, 29, 2, 0, 0, 100, tzinfo=UTC))
    assert window.query() == {
        "modified_after": "2026-03-29T01:59:58",
        "modified_before": "2026-03-29T02:00:01",
        "dates_are_gmt": "true",
    }
    assert window.holds(datetime(2026, 3, 29, 1, 59, 59, tzinfo=UTC))
    assert window.holds(datetime(2026, 3, 29, 2, 0, 0, tzinfo=UTC))
    assert not window.holds(datetime(2026, 3, 29, 1, 59, 58, tzinfo=UTC))
    assert not window.holds(datetime(2026, 3, 29, 2, 0, 1, tzinfo=UTC))


def test_without_a_beginning_the_window_is_everything_up_to_its_end() -> None:
    window = Window.of(None, datetime(2026, 1, 1, tzinfo=UTC))
    assert "modified_after" not in window.query()
    assert window.holds(datetime(1999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("after", [0, 1, 57, 498, 499, 500, 900])
@pytest.mark.parametrize("start", [0, 3, 57, 250, 499, 500, 2000])
def test_a_reading_is_taken_up_behind_an_id_wherever_it_is_looked_for(after: int, start: int) -> None:
    found = [
        row.id for row in rows_by_id(Shelf(set(range(1, 501))), "products", 50, after=after, start=start)
    ]
    assert found == [n for n in range(1, 501) if n > after]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 5000])
def test_the_place_of_an_id_is_found_in_few_reads(count: int) -> None:
    shelf = Shelf({n * 3 for n in range(1, count + 1)})
    after = count * 2
    place = place_after(shelf, "products", after)
    assert place <= sum(n <= after for n in shelf.ids) < place + 100
    assert shelf.reads < 9
    found = [row.id for row in rows_by_id(shelf, "products", after=after, start=place)]
    assert found == sorted(n for n in shelf.ids if n > after)


@pytest.mark.parametrize(("count", "reads"), [(0, 1), (1, 1), (100, 1), (101, 2), (250, 3)])
def test_a_list_that_fits_a_page_takes_one_call(count: int, reads: int) -> None:
    shelf = Shelf(set(range(1, count + 1)))
    assert [row.id for row in rows_of_few(shelf, "products")] == list(range(1, count + 1))
    assert shelf.reads == reads
