"""What parents and staff send in; which choices hold is for `domain/` to say."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from schools.models import Pupil, School, SchoolYear

from .choices import Value
from .domain.decide import Choice
from .models import Purpose, QuestionText
from .rules import why_no_such_round

EACH = "each"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Question:
    """A purpose in the words and the language of the reader."""

    purpose: Purpose
    text: QuestionText

    @property
    def title(self) -> str:
        return in_own_language(self.text.title, self.text.language)

    @property
    def explanation(self) -> str:
        return in_own_language(self.text.explanation, self.text.language)


def in_own_language(words: str, language: str) -> str:
    """Words on a page in another language (a question that was made in Dutch only) say which one (WCAG 3.1.2)."""
    if language == get_language():
        return words
    return format_html('<span lang="{}" dir="ltr">{}</span>', language, words)


class KeyForm(forms.Form):
    """Every form carries a key: posted twice it acts once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        again = _("This page was not complete. Your answers are still here. Send them once more.")
        self.fields["key"].error_messages = {"required": again, "invalid": again}

    def put(self, **values: object) -> None:
        """Change what the form carries when it is shown again; what was judged stays judged."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = str(value)

    def renew(self) -> None:
        """A page that is shown again, perhaps with other answers, is another act: with the old key it would
        give the receipt of the old answers and lose the new ones."""
        self.put(key=uuid.uuid4())


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
        self.fields["asked"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=self.asked)
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

    @property
    def asked(self) -> str:
        # The version, not the language: on the check page the same questions may be read in another one.
        versions = [str(question.text.version_id) for question in self.questions]
        return asked_mark(*(child.code for child in self.children), *versions)

    def renew(self) -> None:
        super().renew()
        self.put(asked=self.asked)

    @staticmethod
    def shared_name(question: Question) -> str:
        return f"all-{question.purpose.slug}"

    @staticmethod
    def own_name(child: Pupil, question: Question) -> str:
        return f"{child.code}-{question.purpose.slug}"

    def clean(self) -> dict[str, Any]:
        """All questions of the chosen part must be answered; what stands in the other part is left alone."""
        clean = super().clean() or {}
        if clean.get("asked") != self.asked:
            # A child came or left, or the question changed: nobody decides about what was not on the page.
            self.add_error(
                None, _("Something has changed at school. Look at the names and your answers again.")
            )
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

    def answers(self) -> dict[str, str]:
        """What was filled in, to be kept while a code is on its way; nothing else that came along."""
        return {name: self.data[name] for name in self.fields if name in self.data and name != "key"}

    def spread(self) -> None:
        """Answers for all stand with each child as well, so that one child can differ with one tap more."""
        if self.data.get("scope") != ALL:
            return
        for question in self.questions:
            value = self.data.get(self.shared_name(question), "")
            self.put(**{self.own_name(child, question): value for child in self.children})

    def choices(self) -> list[Choice]:
        return [
            Choice(child.id, question.purpose.id, self.value_for(child, question))
            for child in self.children
            for question in self.questions
        ]

    def said(self) -> str:
        """The act and its content, for `once`."""
        return "choices " + " ".join(f"{c.pupil_id}:{c.purpose_id}:{c.value}" for c in self.choices())


class OneChoiceForm(KeyForm):
    """One answer of one child, changed."""

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["asked"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=self.asked)
        self.fields["answer"] = _question_field(question)

    @property
    def asked(self) -> str:
        return asked_mark(self.question.text.sha256)

    def renew(self) -> None:
        super().renew()
        self.put(asked=self.asked)

    def said(self, pupil: Pupil) -> str:
        """The act and its content, for `once`."""
        return f"change {pupil.id}:{self.question.purpose.id}:{self.cleaned_data['answer']}"

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if clean.get("asked") != self.asked:
            self.add_error(None, _("The question has changed. Read it again."))
        if "answer" not in self.errors and not clean.get("answer"):
            self.add_error(
                "answer", _("Choose yes or no for “%(title)s”.") % {"title": self.question.text.title}
            )
        return clean


def asked_mark(*parts: str) -> str:
    """What a page asks, as a short mark: nobody answers about a child or in words that were not on it (R09)."""
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _question_field(question: Question) -> forms.ChoiceField:
    options = [(str(Value.YES), _("Yes")), (str(Value.NO), _("No"))]
    return _pair(question.title, options, question.explanation)


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


class LanguageForm(KeyForm):
    """Somebody has read a translation: which one, and who."""

    language = forms.ChoiceField(
        label=_("Language"),
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
    )
    reader = forms.CharField(
        max_length=120,
        label=_("Who has read it?"),
        help_text=_("First name and surname. Somebody who speaks this language every day."),
        error_messages={"required": _("Fill in who has read it.")},
    )
    confirm = forms.BooleanField(
        label=_("This person has read the pages and mails of parents, and found them right."),
        error_messages={"required": _("Tick this only when it has been read.")},
    )

    def __init__(self, *args: Any, languages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Choose")), *languages]


class RoundForm(KeyForm):
    """Asking the parents: which schools, and by when. `seen` comes back from the preview."""

    name = forms.CharField(
        max_length=80,
        label=_("Name of this round"),
        help_text=_("Only you and your colleagues see it."),
        error_messages={"required": _("Give this round a name.")},
    )
    schools = forms.MultipleChoiceField(
        label=_("Which schools?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one school.")},
    )
    remind_on = forms.DateField(
        label=_("Reminder on"),
        help_text=_("Once, and only to who has not chosen anything yet."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Fill in a day."), "invalid": _("Fill in a day.")},
    )
    closes_on = forms.DateField(
        label=_("Closing day"),
        help_text=_("After it, parents can still choose. Who stays silent: no."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Fill in a day."), "invalid": _("Fill in a day.")},
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, schools: Sequence[School], opens_on: date, year: SchoolYear, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.all_schools, self.opens_on, self.year = list(schools), opens_on, year
        self.fields["schools"].choices = [(school.slug, school.name) for school in self.all_schools]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"remind_on", "closes_on"} <= found.keys():
            wrong = why_no_such_round(
                opens_on=self.opens_on,
                remind_on=found["remind_on"],
                closes_on=found["closes_on"],
                year_ends_on=self.year.ends_on,
            )
            if wrong:
                self.add_error(wrong[0], WRONG_DAY[wrong[1]])
        return found

    @property
    def chosen_schools(self) -> list[School]:
        """Empty when all are chosen: then the round is also for a school that comes later."""
        chosen = set(self.cleaned_data["schools"])
        some = [school for school in self.all_schools if school.slug in chosen]
        return [] if len(some) == len(self.all_schools) else some

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was filled in, as hidden fields for the next step."""
        rows = [(name, self.data.get(name, "")) for name in ("name", "remind_on", "closes_on")]
        return rows + [("schools", slug) for slug in self.cleaned_data["schools"]]


WRONG_DAY = {
    "not_after_today": _("Choose a day after today."),
    "after_year": _("Choose a day in this school year."),
    "not_before_closing": _("The reminder comes before the closing day."),
}
