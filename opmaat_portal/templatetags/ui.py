"""The parts that every page is built from: `{% load ui %}`.

Each tag refuses an attribute that it does not know (TemplateSyntaxError when the
template is compiled) and a word that is not in its closed list (when it is drawn),
so a typing error is found by the first test that opens the page. The HTML of a part
stands in `templates/ui/`. `icon` and `tag` are cheap enough for long lists; the other
parts draw a template each and do not belong inside a loop over pupils.
"""

from functools import lru_cache

from django import template
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.forms.boundfield import BoundField
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

register = template.Library()

ICONS = (
    "paper",
    "closed",
    "social",
    "open_web",
    "check",
    "cross",
    "question",
    "exclamation",
    "clock",
    "person",
    "school",
    "upload",
    "mail",
    "arrow",
    "back",
    "search",
    "sound",
)
PICTURES = (
    *("paper", "closed", "social", "open_web"),
    *("class_photo", "photographer", "research", "ai", "event"),
)
TAG_ICONS = {"ok": "check", "no": "cross", "wait": "clock"}
PANEL_ICONS = {"done": "check", "calm": "mail", "warn": "exclamation"}
BUTTONS = {"first": "btn", "second": "btn btn-second", "quiet": "btn btn-quiet"}


def _known(part, attribute, word, words):
    """Refuse a word outside the closed list of this part's attribute."""
    if word not in words:
        raise TemplateSyntaxError(
            f"{part}: {attribute} is {word!r}, must be one of {', '.join(map(str, words))}"
        )
    return word


@lru_cache(maxsize=len(ICONS))
def _icon(name):
    return _draw("icon", name=name)


@register.simple_tag
def icon(name):
    """A drawn sign of 24 px. Hidden from a screen reader: a word always stands beside it."""
    return _icon(_known("icon", "name", name, ICONS))


@register.simple_block_tag
def tag(content, *, kind):
    """A state in a few words, never a button: sign, word and colour together (WCAG 1.4.1)."""
    sign = _icon(TAG_ICONS[_known("tag", "kind", kind, TAG_ICONS)])
    return format_html('<span class="tag tag-{}">{}{}</span>', kind, sign, _inner(content))


@register.simple_block_tag
def button(content, *, href="", kind="first", full=False, name="", value=""):
    """A link when it has an address, else a submit button. Its words say what happens."""
    classes = BUTTONS[_known("button", "kind", kind, BUTTONS)]
    return _draw(
        "button",
        content=_inner(content),
        href=href,
        classes=classes + (" btn-full" if full else ""),
        name=name,
        value=value,
    )


@register.simple_block_tag
def card(content, *, title="", note="", level=2):
    """A white card; `title` becomes a heading of the given level, `note` small words beside it."""
    _known("card", "level", level, (2, 3))
    return _draw("card", content=_inner(content), title=title, note=note, level=level)


@register.simple_block_tag
def panel(content, *, kind, title=""):
    """Something to notice. The same calm for yes and for no: `done` is not green (ux.md 2.7)."""
    sign = PANEL_ICONS[_known("panel", "kind", kind, PANEL_ICONS)]
    return _draw("panel", content=_inner(content), kind=kind, title=title, sign=sign)


@register.simple_block_tag
def empty_state(content, *, text, icon="question"):
    """One sentence instead of an empty list; the content is the one action, or nothing."""
    _known("empty_state", "icon", icon, ICONS)
    return _draw("empty_state", content=_inner(content), text=text, sign=icon)


@register.inclusion_tag("ui/back_link.html")
def back_link(href, text):
    """A way back at the top of a page, in words that name where it leads."""
    return {"href": href, "text": text}


@register.inclusion_tag("ui/progress.html")
def progress(*, value, max, label):
    """How far along: a bar with the same numbers in words beside it (WCAG 1.1.1)."""
    return {"value": value, "max": max, "label": label}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form, title=""):
    """What to mend, above the form; each line leads to the first control of its field.

    Draws nothing without errors. Takes the focus by itself with JavaScript. `title`: other words above it, for
    a page that says "je".
    """
    wrong = [
        {"href": f"#{control_id(field)}", "text": error}
        for field in form
        if not field.is_hidden
        for error in field.errors
    ]
    general = [{"href": "", "text": error} for error in form.non_field_errors()]
    general += [{"href": "", "text": error} for field in form.hidden_fields() for error in field.errors]
    return {"errors": general + wrong, "title": title}


@register.simple_tag
def picture_url(picture: str) -> str:
    """The address of one of our own drawn example pictures; refuses a name that is none."""
    _known("picture_url", "picture", picture, PICTURES)
    return static(f"img/{picture}.svg")


@register.inclusion_tag("ui/choice_pair.html")
def choice_pair(field, *, picture="", previous="", current="", about=""):
    """A question with two answers in boxes of the same size, and at most a third one quietly below (UX-P4).

    Checked is only what the form itself holds (what this person just answered), never
    `previous` or `current`: those are words ("yes", "no" as shown to the parent).
    `about` is the child's name, read out with the question where several children have it.
    """
    subwidgets = list(field.subwidgets)
    if len(subwidgets) not in (2, 3):
        raise TemplateSyntaxError(f"choice_pair: {field.name} has {len(subwidgets)} choices, not 2 or 3")
    choices = [
        {
            "id": widget.id_for_label,
            "value": widget.data["value"],
            "label": widget.choice_label,
            "selected": widget.data["selected"],
        }
        for widget in subwidgets
    ]
    if picture:
        _known("choice_pair", "picture", picture, PICTURES)
    return _described(field) | {
        "name": field.html_name,
        "choices": choices[:2],
        "third": choices[2] if len(choices) == 3 else None,
        "picture": picture,
        "previous": previous,
        "current": current,
        "about": about,
    }


@register.inclusion_tag("ui/field.html")
def text_field(field):
    """A label, a hint, what is wrong, and the field's own widget (input, select, textarea)."""
    return _with_widget(field)


@register.inclusion_tag("ui/field.html")
def file_field(field):
    """The same for a file. The form around it needs enctype="multipart/form-data"."""
    if not field.field.widget.needs_multipart_form:
        raise TemplateSyntaxError(f"file_field: {field.name} is not a file")
    return _with_widget(field)


@register.filter
def bdi(name) -> SafeString:
    """A name, an address or a number as an island: Latin letters in a line of Arabic, or the other way round."""
    return format_html("<bdi>{}</bdi>", name) if name else SafeString("")


@register.filter
def ltr(figures) -> str:
    """The same for a telephone number in a plain mail: in a line of Arabic its groups would change places."""
    return f"\u2066{figures}\u2069" if figures and get_language_bidi() else figures


@register.filter
def isolated(name) -> str:
    """A name in a line of a mail that is also plain text; what `bdi` does on a page, with characters instead."""
    return f"\u2068{name}\u2069" if name and get_language_bidi() else name


def control_id(field: BoundField) -> str:
    """The id of the first control of a field, where an error link leads."""
    first = "_0" if isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple) else ""
    return f"{field.auto_id}{first}"


def _described(field):
    """What a field's template needs, with the ids that tie hint and error to the control."""
    hint_id = f"{field.auto_id}-hint" if field.help_text else ""
    error_id = f"{field.auto_id}-error" if field.errors else ""
    described_by = " ".join(filter(None, [error_id, hint_id]))
    return {
        "field": field,
        "hint_id": hint_id,
        "error_id": error_id,
        "described_by": described_by,
    }


def _with_widget(field):
    parts = _described(field)
    # No browser bubbles in the browser's language: the server says it in ours, once (UX-P10).
    field.form.use_required_attribute = False
    attrs = {"aria-required": "true"} if field.field.required else {}
    if parts["described_by"]:
        attrs["aria-describedby"] = parts["described_by"]
    return parts | {"widget": field.as_widget(attrs=attrs)}


def _inner(content) -> SafeString:
    """The drawn block, without the line breaks around it. Django escaped it when it drew it."""
    return mark_safe(content.strip())  # noqa: S308


def _draw(part, **context) -> SafeString:
    return mark_safe(render_to_string(f"ui/{part}.html", context).strip())  # noqa: S308
