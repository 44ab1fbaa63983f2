"""What parents and staff send in; which choices hold is for `domain/` to say."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from schools.models import Pupil

from .choices import Value
from .domain.decide import Choice
from .models import Purpose, QuestionText

EACH = "each"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Question:
    """A purpose in the words and the language of the reader."""

    purpose: Purpose
    text: QuestionText


class KeyForm(forms.Form):
    """Every form carries a key: posted twice it acts once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class ChoicesForm(KeyForm):
    """Yes or no per question: for all children at once, or per child. Nothing is ever chosen beforehand.

    Hidden (`as_check=True`) it carries the given answers over the check page, so that nothing is stored yet.
    """

    def __init__(
        self,
        *args: Any,
        children: Sequence[Pupil],
        questions: Sequence[Question],
        as_check: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.children, self.questions = list(children), list(questions)
        if len(self.children) > 1:
            options = [(ALL, _all_words(len(self.children))), (EACH, _("Per child"))]
            self.fields["scope"] = _pair(_("Who are your answers for?"), options)
        for question in self.questions:
            self.fields[self.shared_name(question)] = _question_field(question)
        if len(self.children) > 1:
            for child in self.children:
                for question in self.questions:
                    self.fields[self.own_name(child, question)] = _question_field(question)
        if as_check:
            for field in self.fields.values():
                field.widget = forms.HiddenInput()

    @staticmethod
    def shared_name(question: Question) -> str:
        return f"all-{question.purpose.slug}"

    @staticmethod
    def own_name(child: Pupil, question: Question) -> str:
        return f"{child.code}-{question.purpose.slug}"

    def clean(self) -> dict[str, Any]:
        """All questions of the chosen part must be answered; what stands in the other part is left alone."""
        clean = super().clean() or {}
        if "scope" in self.fields and not clean.get("scope") and "scope" not in self.errors:
            self.add_error("scope", _("Choose whether your answers are for all children, or per child."))
        for name, title in self._asked(clean.get("scope", ALL)):
            if name not in self.errors and not clean.get(name):
                self.add_error(name, _("Choose yes or no for “%(title)s”.") % {"title": title})
        return clean

    def _asked(self, scope: str) -> list[tuple[str, str]]:
        if scope == EACH:
            return [
                (self.own_name(child, question), f"{question.text.title}, {child.call_name}")
                for child in self.children
                for question in self.questions
            ]
        return [(self.shared_name(question), question.text.title) for question in self.questions]

    def value_for(self, child: Pupil, question: Question) -> Value:
        """The answer given for this child; call on a valid form."""
        is_own = self.cleaned_data.get("scope") == EACH
        name = self.own_name(child, question) if is_own else self.shared_name(question)
        return Value(self.cleaned_data[name])

    def choices(self) -> list[Choice]:
        return [
            Choice(child.id, question.purpose.id, self.value_for(child, question))
            for child in self.children
            for question in self.questions
        ]


class OneChoiceForm(KeyForm):
    """One answer of one child, changed."""

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["answer"] = _question_field(question)

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if "answer" not in self.errors and not clean.get("answer"):
            self.add_error(
                "answer", _("Choose yes or no for “%(title)s”.") % {"title": self.question.text.title}
            )
        return clean


def _question_field(question: Question) -> forms.ChoiceField:
    options = [(str(Value.YES), _("Yes")), (str(Value.NO), _("No"))]
    return _pair(question.text.title, options, question.text.explanation)


def _pair(label: str, options: list[tuple[str, Any]], help_text: str = "") -> forms.ChoiceField:
    """Two boxes side by side; missing is judged by `clean`, which knows what was asked."""
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=options,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the two answers.")},
    )


def _all_words(count: int) -> str:
    words = {2: _("Both"), 3: _("All three"), 4: _("All four")}
    return words.get(count, _("All children"))
