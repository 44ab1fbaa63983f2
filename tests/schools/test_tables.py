"""What the tables of schools refuse by themselves."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver

from schools.choices import RESERVED_SLUGS
from schools.models import Foundation


@pytest.mark.parametrize("slug", RESERVED_SLUGS)
def test_no_foundation_takes_the_first_word_of_an_address_of_the_portal(db, slug):
    with pytest.raises(IntegrityError), transaction.atomic():
        Foundation.objects.create(slug=slug, name="Stichting Bijnaam")


def test_every_first_word_of_our_own_addresses_is_reserved():
    """Else a foundation of that name would have pages that nobody reaches."""
    routes = [str(pattern.pattern) for pattern in get_resolver().url_patterns if str(pattern.pattern)]
    nested = [
        str(inner.pattern)
        for pattern in get_resolver().url_patterns
        if not str(pattern.pattern)
        for inner in pattern.url_patterns
    ]
    first_words = {route.partition("/")[0] for route in routes + nested}
    assert {word for word in first_words if word and "<" not in word} <= set(RESERVED_SLUGS)
