"""Model fields whose column is encrypted and whose value is in the clear."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from brygga.app.vault.keys import decrypt, encrypt

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
    _Data = models.TextField[Any, Any]
else:
    _Text = _Data = models.TextField


class EncryptedText(_Text):
    """A text, encrypted in the database. It can't be searched for."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return None if value is None else encrypt(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ARG002
        """Decrypt on the way out."""
        return None if value is None else decrypt(value)


class EncryptedJson(_Data):
    """Plain data, encrypted in the database as JSON."""

    _pyi_private_set_type: Any  # read by django-stubs: any plain data may be set and comes back
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return (
            None if value is None else encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        )

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ARG002
        """Decrypt on the way out."""
        return json.loads(decrypt(value)) if value else {}

    def to_python(self, value: Any) -> Any:
        """Values are plain data already."""
        return value
