"""The form of a new flow: which systems, who leads, and the questions a merchant is asked at the start."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from brygga.app.console.forms.settings import check_settings, defaults_of, field_of
from brygga.app.services.statuses import statuses_of
from brygga.app.store.models.connections import Connection
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS

# The questions in the order they are asked, each a setting of the flow, and the kind that must
# travel for one to be worth asking. What is not asked here keeps its default until it is changed.
QUESTIONS: Sequence[tuple[Any, Sequence[tuple[str, Kind | None]]]] = (
    (
        gettext_lazy("Products, price and stock"),
        (
            ("products", Kind.PRODUCT),
            ("opening_stock", Kind.PRODUCT),
            ("goods", Kind.GOODS),
            ("goods_draft", Kind.GOODS),
            ("price_list_regular", Kind.ITEM),
            ("stock_sites", Kind.ITEM),
            ("stock_margin", Kind.ITEM),
        ),
    ),
    (
        gettext_lazy("Orders"),
        (
            ("document", None),
            ("matching_private", None),
            ("start_date", None),
            ("statuses", None),
        ),
    ),
    (
        gettext_lazy("Article numbers in the ERP for rows that are no products"),
        (
            ("article_shipping", None),
            ("article_fee", None),
            ("article_discount", None),
            ("article_gift_card", None),
            ("article_rounding", None),
        ),
    ),
    (
        gettext_lazy("Payment, and what comes back to the shop"),
        (
            ("payment_codes", None),
            ("drawn_by", Kind.STATUS),
            ("status_by_fact", Kind.STATUS),
            ("customer_notes", Kind.STATUS),
            ("confirmation", None),
            ("feedback_note", None),
        ),
    ),
)


class FlowForm(forms.Form):
    """Asks for what a flow needs before its first order. `preset` is who leads."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    shop = forms.ChoiceField(label=gettext_lazy("Shop"))
    erp = forms.ChoiceField(label=gettext_lazy("ERP"))

    def __init__(
        self,
        shops: Sequence[Connection],
        erps: Sequence[Connection],
        preset: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("shop", shops)
        self._choose("erp", erps)
        if len(shops) == 1 and len(erps) == 1:
            self.fields["name"].initial = f"{shops[0].name} – {erps[0].name}"[:100]
        self._defaults = defaults_of(preset)
        self._asked: list[tuple[Any, list[str]]] = []
        for title, questions in QUESTIONS:
            keys = [key for key, kind in questions if kind is None or PRESETS[preset].moves(kind)]
            self._asked.append((title, keys))
            for key in keys:
                self.fields[key] = field_of(key, self._defaults[key], statuses_of(*shops))
        self.fields["start_date"].initial = timezone.localdate().isoformat()

    def clean(self) -> dict[str, Any]:
        """Check each answer as the flow will read it; what was not asked keeps its default."""
        cleaned: dict[str, Any] = super().clean() or {}
        for key in cleaned:
            if key in self._defaults and self.fields[key].widget.value_omitted_from_data(
                self.data, self.files, key
            ):
                cleaned[key] = self._defaults[key]
        check_settings(self, cleaned, [key for key in cleaned if key in self._defaults])
        return cleaned

    @property
    def systems(self) -> list[forms.BoundField]:
        """Return the fields that say what is joined."""
        return [self[name] for name in ("name", "shop", "erp")]

    @property
    def questions(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """Yield the questions under their titles."""
        for title, keys in self._asked:
            yield title, [self[key] for key in keys]

    @property
    def settings(self) -> dict[str, Any]:
        """Return what was answered otherwise than the defaults say."""
        keys = [key for _title, asked in self._asked for key in asked]
        return {key: self.cleaned_data[key] for key in keys if self.cleaned_data[key] != self._defaults[key]}

    def _choose(self, name: str, connections: Sequence[Connection]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), one.name) for one in connections]
