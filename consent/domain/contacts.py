"""Whom a family, an inspector or a court can ask about a choice."""

from datetime import date

from schools.choices import RoleName
from schools.models import Role, StaffMember
from schools.querysets import in_force


def officer_on(day: date) -> StaffMember | None:
    """The data protection officer of this foundation on that day (AVG 37); None when nobody is named."""
    role = (
        Role.objects.filter(in_force(day), name=RoleName.DPO, staff_member__has_left=False)
        .select_related("staff_member")
        .order_by("since", "id")
        .first()
    )
    return role.staff_member if role else None
