"""Words of a round that several pages need."""

from django import template

from consent.domain.progress import Totals
from consent.views.round_board import colleague_words

register = template.Library()


@register.filter
def colleagues(progress: Totals) -> str:
    """How many colleagues have chosen, without a number that gives somebody away (law C26)."""
    return colleague_words(progress)
