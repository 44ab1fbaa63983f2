"""What the school has seen a paper of: who may decide for a child, from when."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.choices import Authority, Representation, Source
from schools.domain.authority import Paper

from .key import KeyForm

FARTHEST = timedelta(days=366 * 30)
NO_DAY = _("Fill in a day.")


def _day(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": NO_DAY, "invalid": NO_DAY},
    )


class AuthorityForm(KeyForm):
    """What somebody may do for a child according to a paper; nothing is chosen beforehand."""

    may = forms.ChoiceField(
        label=_("What may this person do?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what this person may do."),
            "invalid_choice": _("Choose what this person may do."),
        },
    )
    source = forms.ChoiceField(
        label=_("What have you seen?"),
        choices=[(str(one), one.label) for one in (Source.COURT, Source.REGISTER, Source.PAPER)],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you have seen."),
            "invalid_choice": _("Choose what you have seen."),
        },
    )
    source_on = _day(_("Date on the paper"))
    since = _day(_("Counts from"))
    until = _day(
        _("Counts until and including (may be left out)"),
        _("After this day, what stood here before goes on."),
        required=False,
    )

    def __init__(self, *args: Any, age: int, born_on: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.born_on, self.today = born_on, today
        beyond = _("Decides, also after %(age)s: %(order)s")
        self.fields["may"].choices = [
            (str(Authority.FULL), _("Decides, until the child is %(age)s") % {"age": age}),
            *((str(one), beyond % {"age": age, "order": one.label}) for one in Representation),
            (str(Authority.INFORMED), _("Is informed only")),
            (str(Authority.NONE), _("Has no authority")),
        ]

    def clean_source_on(self) -> date:
        day: date = self.cleaned_data["source_on"]
        if not date(1950, 1, 1) <= day <= self.today:
            raise forms.ValidationError(
                _("This day is not right. A paper has a day of before today, or today.")
            )
        return day

    def clean_since(self) -> date:
        day: date = self.cleaned_data["since"]
        if not self.born_on <= day <= self.today + FARTHEST:
            raise forms.ValidationError(_("Fill in a day after the child was born."))
        return day

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None and not self.today <= day <= self.today + FARTHEST:
            raise forms.ValidationError(_("Fill in today or a later day, or leave it empty."))
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first day."))
        return found

    @property
    def paper(self) -> Paper:
        """Call on a valid form."""
        found, may = self.cleaned_data, self.cleaned_data["may"]
        is_order = may in Representation.values
        return Paper(
            authority=Authority.FULL if is_order else Authority(may),
            representation=Representation(may) if is_order else None,
            source=Source(found["source"]),
            source_on=found["source_on"],
            since=found["since"],
            until=found["until"],
        )
