"""Fields with the house's widgets."""

from __future__ import annotations

from typing import Any

from django import forms


class Texte(forms.CharField):
    """A few lines."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        kwargs.setdefault("max_length", 2000)
        super().__init__(**kwargs)
