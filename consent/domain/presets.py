"""Words to begin with for what is asked beside the three layers; all may be changed before they are fixed."""

from collections.abc import Mapping
from dataclasses import dataclass

from consent.choices import Layer, Picture


@dataclass(frozen=True, slots=True)
class Preset:
    """Proposals of ours, in Dutch and in English; `is_event`: it is about one day (C7, L1)."""

    layer: Layer
    short_label: str
    places: tuple[str, ...]
    words: Mapping[str, tuple[str, str]]
    all_must_agree: bool = False
    is_event: bool = False
    picture: Picture | None = None


PRESETS: dict[str, Preset] = {
    "website": Preset(
        Layer.OPEN_WEB,
        "Website en pers",
        ("Open website", "Krant en omroep"),
        {
            "nl": (
                "Open website en pers",
                "Iedereen kan het zien: de website van school, krant, radio en tv.",
            ),
            "en": (
                "Open website and press",
                "Everybody can see it: the school website, newspaper, radio and tv.",
            ),
        },
        all_must_agree=True,
        picture=Picture.OPEN_WEB,
    ),
    "klassenfoto": Preset(
        Layer.PAPER,
        "Klassenfoto",
        ("Klassenfoto",),
        {
            "nl": (
                "Klassenfoto",
                "Uw kind staat op de foto van de groep. Alle ouders van de groep kunnen die kopen.",
            ),
            "en": (
                "Class photo",
                "Your child is in the photo of the group. All parents of the group can buy it.",
            ),
        },
        picture=Picture.CLASS_PHOTO,
    ),
    "fotograaf": Preset(
        Layer.CLOSED,
        "Schoolfotograaf",
        ("Bestelpagina van de fotograaf",),
        {
            "nl": (
                "Fotograaf van buiten school",
                "Een fotograaf maakt een portret. U bestelt het op een pagina met een eigen code.",
            ),
            "en": (
                "Photographer from outside",
                "A photographer takes a portrait. You order it on a page with your own code.",
            ),
        },
        picture=Picture.PHOTOGRAPHER,
    ),
    "onderzoek": Preset(
        Layer.CLOSED,
        "Onderzoek",
        ("Onderzoek in de les",),
        {
            "nl": ("Onderzoek", "Onderzoekers of studenten filmen een les. Alleen zij bekijken de film."),
            "en": ("Research", "Researchers or students film a lesson. Only they watch the film."),
        },
        picture=Picture.RESEARCH,
    ),
    "ai": Preset(
        Layer.SOCIAL,
        "Bewerken met AI",
        ("Beeld bewerkt met AI",),
        {
            "nl": (
                "Bewerken met AI",
                "School maakt met AI nieuw beeld van een foto, film of stem van uw kind.",
            ),
            "en": (
                "Editing with AI",
                "School uses AI to make new images from a photo, film or voice of your child.",
            ),
        },
        all_must_agree=True,
        picture=Picture.AI,
    ),
    "activiteit": Preset(
        Layer.SOCIAL,
        "Activiteit",
        (),
        {
            "nl": (
                "Activiteit met publiek",
                "Alleen voor deze dag, bijvoorbeeld de musical of de avondwandeling.",
            ),
            "en": (
                "Activity with an audience",
                "For this day only, for example the musical or the evening walk.",
            ),
        },
        all_must_agree=True,
        is_event=True,
        picture=Picture.EVENT,
    ),
    "anders": Preset(Layer.PAPER, "", (), {"nl": ("", ""), "en": ("", "")}),
}
