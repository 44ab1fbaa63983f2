"""What parents, pupils and staff send in; which of it holds is for `domain/` to say."""

from .asking import ALL, EACH, ChoicesForm, OneChoiceForm, Question, asked_mark, in_own_language
from .family import ObjectionForm, RemarkForm, WithdrawForm
from .key import KeyForm
from .kiosk import LetterForm, StartKioskForm
from .languages import LanguageForm
from .proof import ReasonForm
from .rounds import RoundForm
from .work import DoneForm, JudgeForm, TakeOutForm

__all__ = [
    "ALL",
    "EACH",
    "ChoicesForm",
    "DoneForm",
    "JudgeForm",
    "KeyForm",
    "LanguageForm",
    "LetterForm",
    "ObjectionForm",
    "OneChoiceForm",
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
