"""The parts of `{% load ui %}`: what they refuse, and what they promise to a parent and a screen reader."""

import re

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string

from opmaat_portal.templatetags import ui


class Choice(forms.Form):
    use_required_attribute = False
    paper = forms.ChoiceField(
        label="Op papier",
        help_text="Schoolgids <en> folder",
        choices=[("yes", "Ja"), ("no", "Nee")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies ja of nee bij ‘Op papier’."},
    )
    mail = forms.EmailField(label="Mail", required=False)
    upload = forms.FileField(label="Bestand", required=False)


def draw(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% card colour="red" %}x{% endcard %}',
        '{% button kind="first" style="x" %}x{% endbutton %}',
        '{% tag kind="ok" size="big" %}x{% endtag %}',
        '{% panel kind="calm" icon="x" %}x{% endpanel %}',
        '{% choice_pair field checked="yes" %}',
        "{% text_field field placeholder=1 %}",
        '{% icon "paper" size=3 %}',
        "{% progress value=1 max=2 %}",
    ],
)
def test_a_part_refuses_an_attribute_that_it_does_not_know(source):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load ui %}" + source)


@pytest.mark.parametrize(
    "source",
    [
        '{% tag kind="green" %}x{% endtag %}',
        '{% panel kind="error" %}x{% endpanel %}',
        '{% button kind="danger" %}x{% endbutton %}',
        '{% icon "smile" %}',
        '{% card title="x" level=1 %}x{% endcard %}',
        '{% choice_pair form.paper picture="photo" %}',
        "{% choice_pair form.mail %}",
        "{% file_field form.mail %}",
    ],
)
def test_a_part_refuses_a_word_outside_its_list(source):
    with pytest.raises(TemplateSyntaxError):
        draw(source, form=Choice())


@pytest.mark.parametrize("name", ui.ICONS)
def test_every_icon_is_drawn(name):
    assert re.search(r"<(path|circle|rect)", draw("{% icon name %}", name=name))


def test_nothing_is_chosen_before_the_parent_chooses():
    html = draw('{% choice_pair form.paper previous="ja" current="ja" %}', form=Choice())

    assert "checked" not in html
    assert html.count('type="radio"') == 2
    assert "required" not in html.replace('aria-required="true"', "")


def test_a_refused_form_keeps_the_answer():
    html = draw("{% choice_pair form.paper %}", form=Choice({"paper": "no"}))

    assert re.findall(r'value="(\w+)"[^>]* checked', html) == ["no"]


def test_a_wrong_question_is_tied_to_its_error_and_hint():
    html = draw("{% choice_pair form.paper %}", form=Choice({}))

    assert 'aria-describedby="id_paper-error id_paper-hint"' in html
    assert 'id="id_paper-error"' in html
    assert 'id="id_paper-hint">Schoolgids &lt;en&gt; folder' in html


def test_the_summary_leads_to_the_first_control_of_each_wrong_field():
    form = Choice({"mail": "x"})

    html = draw("{% error_summary form %}{% choice_pair form.paper %}{% text_field form.mail %}", form=form)

    links = re.findall(r'<a href="#([^"]+)"', html)
    assert links == ["id_paper_0", "id_mail"]
    assert all(f' id="{link}"' in html for link in links)
    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html


def test_the_summary_tells_what_is_wrong_with_the_whole_form_and_its_hidden_fields():
    form = Choice({"paper": "yes"})
    form.fields["mail"].widget = forms.HiddenInput()
    form.add_error(None, "Te laat.")
    form.add_error("mail", "Onbekend.")

    html = draw("{% error_summary form %}", form=form)

    assert re.findall(r"<li>(.*?)</li>", html) == ["Te laat.", "Onbekend."]


def test_a_right_form_has_no_summary():
    assert draw("{% error_summary form %}", form=Choice({"paper": "yes"})).strip() == ""


def test_what_stands_inside_a_part_is_escaped_once():
    html = draw(
        "{% tag kind='no' %}{{ name }}{% endtag %}{% card title=name %}{{ name }}{% endcard %}",
        name="<b> & c",
    )

    assert html.count("&lt;b&gt; &amp; c") == 3
    assert "<b>" not in html


def test_the_page_for_our_own_fault_needs_no_request():
    assert "<h1>" in render_to_string("500.html")
