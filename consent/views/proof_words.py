"""The proof about a pupil in words: the same rows for the page and for the paper."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from consent.choices import Channel
from consent.domain.proof import Days, Fit, Looked, Proof, ProvedAct, ProvedAnswer
from consent.querysets import text_in
from ledger.acting import SCHOOL_TIME
from ledger.choices import ActorKind, Reading, Verb
from ledger.models import Entry, ReadingRecord
from schools.choices import Authority, RoleName
from schools.models import Guardianship, Pupil

from .authority_words import source_words
from .words import reason_words, yes_no

Words = dict[str, Any]


def proof_words(proof: Proof) -> Words:
    """All that the page and the paper show."""
    return {
        "has_fault": proof.has_fault,
        "reason": _reason(proof),
        "answers": [_answer(one) for one in proof.answers],
        "purposes": [
            {
                "slug": purpose.slug,
                "title": _title(purpose),
                "days": [_days(row) for row in days],
            }
            for purpose, days in proof.days
        ],
        "authorities": _authorities(proof.pupil),
        "enrolments": _enrolments(proof.pupil),
        "looks": [_look(one) for one in proof.looks],
        "all_looks": proof.all_looks,
        "acts": [_act(one) for one in proof.acts],
    }


def moment(at: datetime) -> str:
    """School time and UTC, to the second."""
    local = at.astimezone(SCHOOL_TIME)
    return _("%(local)s (%(zone)s), %(utc)s UTC") % {
        "local": f"{local:%d-%m-%Y %H:%M:%S}",
        "zone": "Europe/Amsterdam",
        "utc": f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
    }


def _reason(proof: Proof) -> str:
    given = next((act for act in proof.acts if proof.opened and act.entry.id == proof.opened.id), None)
    return str(given.payload.get("reason", "")) if given else ""


def _title(purpose: Any) -> str:
    versions = list(purpose.versions.all())
    return text_in(versions[-1], "nl").title if versions else purpose.short_label


def _answer(one: ProvedAnswer) -> Words:
    return {
        "number": one.number,
        "title": f"{one.text.title}: {yes_no(one.answer.value)}",
        "rows": [{"label": label, "value": value} for label, value in _answer_rows(one)],
        **_fit(one.fit, is_own_wording=one.is_own_wording),
    }


def _answer_rows(one: ProvedAnswer) -> list[tuple[str, str]]:
    answer = one.answer
    rows = [
        (_("Who"), _who(one)),
        (_("Authority at that moment"), _authority(answer.authority)),
        (_("When"), moment(answer.decided_at)),
        (_("How"), _how(one)),
        (_("Words shown"), " ".join(filter(None, [f"“{one.text.title}”", one.text.explanation]))),
        (_("Version and language of the words"), f"{answer.version.number}, {answer.language}"),
        (_("Fingerprint of the words (SHA-256)"), answer.text_sha256),
        (_("Counts until"), _until(one)),
        (_("Comes after"), _("answer %(number)s") % {"number": one.follows} if one.follows else _("nothing")),
    ]
    rows += [
        (_("Scan (SHA-256)"), f"{scan.media_type}, {scan.sha256}") for scan in answer.submission.scans.all()
    ]
    rows += [(_("Recorded in error"), _taken_out(one))] if one.invalidation else []
    return [
        *rows,
        (_("Entry in the ledger"), str(answer.entry_id)),
        (_("Fingerprint of the entry (SHA-256)"), one.leaf_hash or _("the entry is gone")),
    ]


def _fit(fit: Fit, *, is_own_wording: bool = True) -> Words:
    """What recomputing said, in words, and whether it is a fault."""
    words = {
        Fit.FITS: _("Checked now: fits the ledger."),
        Fit.DOES_NOT_FIT: _("Checked now: does not fit the ledger."),
        Fit.ERASED: _("The content was erased; the fingerprint still stands."),
    }[fit]
    if not is_own_wording:
        words += " " + _("The words do not fit their fingerprint.")
    return {"fit": words, "is_fault": fit == Fit.DOES_NOT_FIT or not is_own_wording}


def _who(one: ProvedAnswer) -> str:
    answer = one.answer
    by = answer.submission.recorded_by
    giver = (
        _("%(name)s, parent") % {"name": answer.guardian.full_name}
        if answer.guardian
        else _("%(name)s, pupil") % {"name": answer.pupil.full_name}
    )
    return giver + ("; " + _("entered by %(name)s") % {"name": by.full_name} if by else "")


def _authority(word: str) -> str:
    return str(Authority(word).label) if word in Authority.values else _("the pupil")


def _how(one: ProvedAnswer) -> str:
    submission = one.answer.submission
    words = [str(Channel(one.answer.channel).label)]
    if submission.form:
        words.append(_("form %(code)s") % {"code": submission.form.code})
    if submission.note:
        words.append(f"“{submission.note}”")
    return ", ".join(words)


def _until(one: ProvedAnswer) -> str:
    return _day(one.answer.valid_until) if one.answer.valid_until else _("it is changed")


def _taken_out(one: ProvedAnswer) -> str:
    found = one.invalidation
    assert found is not None  # noqa: S101  asked by the caller
    people = ", ".join(person.full_name for person in (found.asked_by, found.agreed_by) if person)
    since = moment(found.in_force_at) if found.in_force_at else _("not yet: a second person must agree")
    return f"{since}; {people}; “{found.reason}”"


def _days(row: Days) -> Words:
    return {
        "since": _day(row.since),
        "until": _day(row.until),
        "is_allowed": row.state.is_allowed,
        "reason": reason_words(row.state),
    }


def _authorities(pupil: Pupil) -> list[Words]:
    rows = Guardianship.objects.filter(pupil=pupil).select_related("guardian").order_by("since", "id")
    return [
        {
            "name": row.guardian.full_name,
            "authority": Authority(row.authority).label,
            "period": _period(row.since, row.until),
            "source": ", ".join(filter(None, [*source_words(row), row.verified_by])),
        }
        for row in rows
    ]


def _enrolments(pupil: Pupil) -> list[Words]:
    rows = pupil.enrolments.select_related("school").order_by("since", "id")
    return [{"school": row.school.name, "period": _period(row.since, row.until)} for row in rows]


def _look(one: Looked) -> Words:
    return {
        "at": moment(one.reading.at),
        "who": _actor(one.reading, one.who),
        "what": Reading(one.reading.what).label,
    }


def _act(one: ProvedAct) -> Words:
    return {
        "number": one.entry.id,
        "at": moment(one.entry.at),
        "who": _actor(one.entry, one.who),
        "what": Verb(one.entry.verb).label,
        "hash": bytes(one.entry.leaf_hash).hex(),
        **_fit(one.fit),
    }


def _actor(row: Entry | ReadingRecord, name: str) -> str:
    """The name with the role of that moment; for what nobody did by hand: the portal itself."""
    if row.actor_kind == ActorKind.STAFF and row.capacity in RoleName.values:
        return f"{name}, {RoleName(row.capacity).label}"
    return ", ".join(filter(None, [name, str(ActorKind(row.actor_kind).label)]))


def _period(since: date, until: date | None) -> str:
    if until is None:
        return _("from %(since)s") % {"since": _day(since)}
    return _("from %(since)s until %(until)s") % {"since": _day(since), "until": _day(until)}


def _day(day: date) -> str:
    return formats.date_format(day, "j F Y")
