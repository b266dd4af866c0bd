"""The form of a connection, built from its connector's fields: the card says what it asks for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from brygga.app.console.words import language
from brygga.connectors.contract.connector import Connector
from brygga.connectors.contract.settings import Field


class ConnectionForm(forms.Form):
    """Asks for a name and a connector's fields. `given` are settings of a connection that is there."""

    def __init__(
        self, connector: Connector, *args: Any, given: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.connector = connector
        self._known = given is not None
        if not self._known:
            self.fields["name"] = forms.CharField(
                label=_("Name"),
                max_length=100,
                initial=connector.title,
                help_text=_("What you call it, for example the shop's name."),
            )
        for field in connector.fields:
            self.fields[field.name] = self._form_field(field, (given or {}).get(field.name))

    def _form_field(self, field: Field, given: Any) -> forms.Field:
        text = field.help.get(language()) or field.help["en"]
        # A key that is kept already may stay: leaving the field empty keeps it.
        required = field.required and not (field.secret and self._known)
        if field.secret and self._known:
            keep = _("Leave it empty to keep the one there is.")
            text = f"{text} {keep}"
        shared: dict[str, Any] = {
            "label": field.label.get(language()) or field.label["en"],
            "help_text": text,
            "required": required,
            "initial": given or field.default,
        }
        if field.choices:
            made: forms.Field = forms.ChoiceField(choices=[(c, c) for c in field.choices], **shared)
        elif field.secret:
            widget = forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}, render_value=True)
            made = forms.CharField(max_length=500, widget=widget, **{**shared, "initial": ""})
        else:
            made = forms.CharField(max_length=500, **shared)
            made.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        made.say_optional = True  # type: ignore[attr-defined]
        return made

    @property
    def settings(self) -> dict[str, str]:
        """Return what is no secret."""
        return {f.name: self.cleaned_data.get(f.name, "") for f in self.connector.fields if not f.secret}

    @property
    def secrets(self) -> dict[str, str]:
        """Return the secrets that were typed."""
        typed = {f.name: self.cleaned_data.get(f.name, "") for f in self.connector.fields if f.secret}
        return {name: value for name, value in typed.items() if value}
