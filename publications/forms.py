"""What staff send in about an item; which of it holds is for `domain/` to say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from consent.forms import KeyForm
from ledger.acting import current

from .choices import Ending
from .models import Publication

TOO_LONG = _("This is too long. Use fewer letters.")


class PlacedForm(KeyForm):
    """Where a checked picture was placed."""

    place = forms.CharField(max_length=60)


class DetailsForm(KeyForm):
    """What the register says of an item: all of it may come later, or be corrected."""

    what = forms.CharField(
        label=_("What is it?"),
        help_text=_("In a few words, without names of pupils. The family reads this."),
        max_length=120,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )
    place = forms.ChoiceField(
        label=_("Where?"), error_messages={"invalid_choice": _("Choose from the list.")}
    )
    placed_on = forms.DateField(
        label=_("Since when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Fill in the day."), "invalid": _("Fill in a day, as 14-11-2026.")},
    )
    link = forms.CharField(
        label=_("Link to the page"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        validators=[
            URLValidator(["http", "https"], message=_("Begin with https:// and paste the whole address."))
        ],
        error_messages={"max_length": TOO_LONG},
    )
    print_run = forms.CharField(
        label=_("Which print?"),
        help_text=_("For example: school guide 2026, 400 copies."),
        max_length=120,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(
        self, data: Any = None, *, publication: Publication, places: Sequence[str], on_paper: bool
    ) -> None:
        super().__init__(data)
        del self.fields["link" if on_paper else "print_run"]
        names = list(dict.fromkeys([publication.place, *places]))
        self.fields["place"].choices = [(name, name) for name in names]
        for name in self.fields.keys() - {"key"}:
            self.fields[name].initial = getattr(publication, name)

    def clean_placed_on(self) -> Any:
        day = self.cleaned_data["placed_on"]
        if day > current().today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    @property
    def details(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class TakenAwayForm(KeyForm):
    """That an item is gone, and how they know; of what is on paper, whether it was handed out already."""

    ending = forms.ChoiceField(
        label=_("What did you do?"),
        choices=[
            (str(Ending.NOT_AGAIN), _("It is printed already. It is not in the next print.")),
            (str(Ending.GONE), _("It is taken away everywhere.")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the two."),
            "invalid_choice": _("Choose one of the two."),
        },
    )
    proof = forms.CharField(
        label=_("How do you know?"),
        help_text=_("For example: opened the link, the page is empty. Do not write down who asked for it."),
        max_length=480,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write in a few words how you know."), "max_length": TOO_LONG},
    )

    def __init__(self, data: Any = None, *, on_paper: bool) -> None:
        super().__init__(data)
        if not on_paper:
            del self.fields["ending"]

    @property
    def chosen(self) -> Ending:
        return Ending(self.cleaned_data.get("ending") or Ending.GONE)
