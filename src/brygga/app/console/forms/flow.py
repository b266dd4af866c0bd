"""The form of a new flow: which shop, which ERP, and the settings nobody should start without."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brygga.app.console.forms.settings import field_of
from brygga.app.store.models.connections import Connection

FIRST = ("start_date", "article_shipping", "article_fee", "article_discount", "article_rounding")


class FlowForm(forms.Form):
    """Asks for what a flow needs before its first order."""

    name = forms.CharField(label=_("Name"), max_length=100)
    shop = forms.ChoiceField(label=_("Shop"))
    erp = forms.ChoiceField(label=_("ERP"))

    def __init__(
        self, shops: Sequence[Connection], erps: Sequence[Connection], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("shop", shops)
        self._choose("erp", erps)
        if len(shops) == 1 and len(erps) == 1:
            self.fields["name"].initial = f"{shops[0].name} – {erps[0].name}"[:100]
        for key in FIRST:
            self.fields[key] = field_of(key)
        self.fields["start_date"].initial = timezone.localdate().isoformat()

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings that were filled in."""
        return {key: self.cleaned_data[key] for key in FIRST if self.cleaned_data[key]}

    def _choose(self, name: str, connections: Sequence[Connection]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), one.name) for one in connections]
