"""What parents, pupils and staff send in; which of it holds is for `domain/` to say."""

from .asking import ALL, EACH, ChoicesForm, OneChoiceForm, Question, asked_mark, in_own_language
from .authority import AuthorityForm
from .family import ObjectionForm, PupilObjectionForm, RemarkForm, WithdrawForm
from .key import KeyForm
from .kiosk import LetterForm, StartKioskForm
from .languages import LanguageForm
from .proof import ReasonForm
from .rounds import ANSWER_DAYS, REMIND_BEFORE, EnrolmentForm, RoundForm
from .work import DoneForm, JudgeForm, TakeOutForm

__all__ = [
    "ALL",
    "ANSWER_DAYS",
    "EACH",
    "REMIND_BEFORE",
    "AuthorityForm",
    "ChoicesForm",
    "DoneForm",
    "EnrolmentForm",
    "JudgeForm",
    "KeyForm",
    "LanguageForm",
    "LetterForm",
    "ObjectionForm",
    "OneChoiceForm",
    "PupilObjectionForm",
    "Question",
    "ReasonForm",
    "RemarkForm",
    "RoundForm",
    "StartKioskForm",
    "TakeOutForm",
    "WithdrawForm",
    "asked_mark",
    "in_own_language",
]
