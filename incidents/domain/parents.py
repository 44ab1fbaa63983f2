"""Tell the parents of somebody in a case; true only on delivery (I6)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.choices import EventKind, Reply, Way
from incidents.domain.facts import guardians_of, parents_told
from incidents.domain.handle import hold_as_handler
from incidents.domain.timeline import add_event, written
from incidents.models import Case, CasePerson, Contact
from incidents.sealing import seal
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from notices.domain.put import NewMessage, put_messages
from notices.models import Message
from schools.models import Guardian

__all__ = ["log_contact", "parents_told", "tell_by_mail"]
# Its name travels with the mail: it says nothing of incidents.
KIND = "schools/talk"


class NotTheirParent(Refusal):
    code = "not_their_parent"
    message = _("This parent may not be told about this person.")


class NoMail(Refusal):
    code = "no_mail"
    message = _("This parent cannot be reached by e-mail. Call them.")


class MailItself(Refusal):
    code = "mail_itself"
    message = _("Send the mail from here: then the portal knows whether it arrived.")


def tell_by_mail(person: CasePerson, *, guardian: Guardian) -> Contact:
    """Ask this parent to call: a mail in their language that names the child's call name and the school, and nothing
    else (R6). They count as told once the mail server took it. Once a day per person and parent, however often it
    is asked. Raises NotHandling, NotTheirParent, NoMail."""
    case = person.case
    with transaction.atomic():
        hold_as_handler(case)
        if person.pupil is None or guardian.id not in {one.id for one in guardians_of(person)}:
            raise NotTheirParent
        cause = f"talk:{person.id.hex}:{current().today:%Y-%m-%d}"
        planned = put_messages(
            [
                NewMessage(
                    kind=KIND,
                    guardian_id=guardian.id,
                    language=guardian.language,
                    cause=cause,
                    context={
                        "child": person.pupil.call_name,
                        "school": case.school.name,
                        "phone": case.school.phone or case.foundation.help_phone,
                    },
                )
            ]
        )
        if planned.unreachable:
            raise NoMail
        message = Message.objects.get(cause=cause, kind=KIND, guardian=guardian)
        there = Contact.objects.filter(person=person, message=message).order_by("at").first()
        return there or _add(case, person, Way.MAIL, Reply.ASKED, guardian=guardian, message=message)


def log_contact(
    person: CasePerson, *, way: Way, reply: Reply, note: str = "", guardian: Guardian | None = None
) -> Contact:
    """Write down a call, a talk or a letter, also when nobody answered: every try counts in the file, only an answer
    (or a letter handed over) counts as told. Raises NotHandling, MailItself, NotTheirParent."""
    if way == Way.MAIL:
        raise MailItself
    with transaction.atomic():
        hold_as_handler(person.case)
        if guardian is not None and guardian.id not in {one.id for one in guardians_of(person)}:
            raise NotTheirParent
        return _add(
            person.case, person, way, reply, guardian=guardian, note=written(note) if note.strip() else ""
        )


def _add(
    case: Case,
    person: CasePerson,
    way: Way,
    reply: Reply,
    *,
    guardian: Guardian | None,
    message: Message | None = None,
    note: str = "",
) -> Contact:
    contact = Contact(
        foundation_id=case.foundation_id,
        case=case,
        person=person,
        guardian=guardian,
        way=way,
        reply=reply,
        message=message,
        at=current().now,
    )
    contact.sealed_note = seal(case, f"contact:{contact.id}", note) if note else None
    contact.save(force_insert=True)
    add_event(
        case,
        EventKind.CONTACT,
        text=note,
        way=str(way),
        reply=str(reply),
        person=str(person.id),
        contact=str(contact.id),
    )
    record(Verb.PARENTS_TOLD, "case", case.number, way=str(way), reply=str(reply))
    return contact
