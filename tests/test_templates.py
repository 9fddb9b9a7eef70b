"""The guard of conftest.py: a template of ours that prints an undefined name fails its test."""

import pytest
from django.conf import settings
from django.template import Context, Engine, Origin, Template, engines

OURS = Origin(str(settings.BASE_DIR / "templates" / "plans" / "_example.html"))
A_LIBRARYS = Origin(str(settings.BASE_DIR / ".venv" / "lib" / "example.html"))


def render(text, origin):
    return Template(text, origin=origin, engine=engines["django"].engine).render(Context())


@pytest.mark.parametrize(
    "text", ["{{ goal }}", "{{ goal.text }}", "{% with x=goal %}{% endwith %}", "{{ goal|upper }}"]
)
def test_an_undefined_name_fails_the_test_and_is_named(text):
    with pytest.raises(pytest.fail.Exception, match=r"_example\.html prints 'goal"):
        render(text, OURS)


@pytest.mark.parametrize(
    "text", ["{{ goal|default:'' }}", "{% if goal %}{% endif %}", "{% for x in goal %}{% endfor %}"]
)
def test_a_name_that_may_be_missing_passes(text):
    assert render(text, OURS) == ""


def test_the_templates_of_libraries_render_as_ever():
    text = "{{ goal }}{{ goal|default:'none' }}"
    assert render(text, A_LIBRARYS) == Template(text, engine=Engine()).render(Context()) == "none"


def test_a_change_of_settings_does_not_lift_the_guard(settings):
    settings.DEBUG = not settings.DEBUG
    with pytest.raises(pytest.fail.Exception):
        render("{{ goal }}", OURS)
