"""The tables of consent; each file holds what belongs together."""

from .answers import Answer, AnswerRow, ComingOfAge, Invalidation, LatestAnswer, Scan, StaffAnswer, Submission
from .questions import ApprovedLanguage, Place, Purpose, QuestionText, QuestionVersion
from .rounds import LinkDevice, PersonalLink, Round, RoundColleague, RoundPupil, RoundPurpose, RoundSchool
from .ways import Kiosk, PaperForm, PaperPile
from .work import Check, CheckedPerson, Task

__all__ = [
    "Answer",
    "AnswerRow",
    "ApprovedLanguage",
    "Check",
    "CheckedPerson",
    "ComingOfAge",
    "Invalidation",
    "Kiosk",
    "LatestAnswer",
    "LinkDevice",
    "PaperForm",
    "PaperPile",
    "PersonalLink",
    "Place",
    "Purpose",
    "QuestionText",
    "QuestionVersion",
    "Round",
    "RoundColleague",
    "RoundPupil",
    "RoundPurpose",
    "RoundSchool",
    "Scan",
    "StaffAnswer",
    "Submission",
    "Task",
]
