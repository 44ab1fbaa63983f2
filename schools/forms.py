"""What administrators send in; what is in a file is for `domain/imports` to say."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .domain.imports.edexml import MAX_BYTES
from .domain.imports.messages import FILES
from .domain.imports.preview import APART, Close


class KeyForm(forms.Form):
    """Every form carries a key: posted twice it acts once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class UploadForm(KeyForm):
    """The two files. `body_size` is that of the whole request: a body over the limit arrives without files."""

    edexml = forms.FileField(
        label=_("Pupils, groups and teachers"),
        help_text=_("EDEXML 2.1, from your pupil administration. At most 8 MB."),
        error_messages={"required": _("Choose the EDEXML file."), "empty": FILES["empty"]},
        widget=forms.FileInput(attrs={"accept": ".xml,text/xml,application/xml"}),
    )
    guardians = forms.FileField(
        label=_("Parents (may be left out)"),
        help_text=_("CSV: one row per parent per child. Without this file the parents stay as they are."),
        required=False,
        error_messages={"empty": FILES["empty"]},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def __init__(self, *args: Any, body_size: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if body_size > MAX_BYTES:
            self.fields["edexml"].error_messages["required"] = FILES["too_big"]

    def clean_edexml(self) -> bytes:
        return _bytes_of(self.cleaned_data["edexml"])

    def clean_guardians(self) -> bytes | None:
        file = self.cleaned_data["guardians"]
        return _bytes_of(file) if file else None


class TakeInForm(KeyForm):
    """The plan that was looked at, and an answer for every close match. Nothing is ticked beforehand."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, close: list[Close], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.close = close
        for match in close:
            options = [(str(person.id), _("Yes, the same person")) for person in match.candidates]
            if len(options) > 1:
                options = [
                    (str(person.id), f"{person.full_name} ({person.key})") for person in match.candidates
                ]
            self.fields[match.field_name] = forms.ChoiceField(
                choices=[*options, (APART, _("No, somebody else"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose whether this is the same person.")},
            )

    @property
    def decisions(self) -> dict[str, str]:
        return {match.field_name: self.cleaned_data[match.field_name] for match in self.close}


def _bytes_of(file: Any) -> bytes:
    if file.size > MAX_BYTES:
        raise forms.ValidationError(FILES["too_big"], code="too_big")
    return bytes(file.read())
