"""The conventions of the code, kept by tests instead of by memory."""

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders

from plans.demo import loading as demonstration

BASE = Path(settings.BASE_DIR)
APPS = ("trygghet", "accounts", "agreements", "plans", "followup")
# Templates that replace a library's: it decides what they extend.
REPLACES_A_LIBRARYS = ("allauth", "bootstrap5", "django")


def sources():
    """Every Python file of ours that is neither a test nor a migration."""
    return sorted(path for app in APPS for path in (BASE / app).rglob("*.py") if "migrations" not in path.parts)


def templates():
    """Every HTML template of ours."""
    roots = [BASE / "templates", *(BASE / app / "templates" for app in APPS)]
    return sorted(path for root in roots for path in root.rglob("*.html"))


def named(path):
    return path.relative_to(BASE).as_posix()


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=named)


def calls_and_attributes(path):
    """The file's syntax tree with ``parent`` set on every node."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            child.parent = parent
    return list(ast.walk(tree))


# --- The code


@each(sources())
def test_a_file_is_named_for_its_job(path):
    assert path.stem not in {"utils", "helpers", "services", "misc", "common"}


# What leads to what a person sees; everything in it starts from visible_to.
FACES_PEOPLE = {"views", "forms", "exports", "filters", "api"}
# (file, model): why this one needs no visible_to.
SEEN_BY_EVERYBODY = {
    # Which districts there are is no secret; what the page shows of one is asked of the person first.
    ("agreements/views/access.py", "District"),
    # Who the parties are stands on the cover of every plan, and says nothing of what they have written.
    ("plans/exports.py", "Organisation"),
    # Which neighbourhoods there are is no secret; what is measured in them is asked for with visible_to.
    ("followup/indicators/exports.py", "Neighbourhood"),
}


def faces_people(path):
    return path.stem in FACES_PEOPLE or path.parent.name in FACES_PEOPLE


@each([path for path in sources() if faces_people(path)])
def test_what_people_see_starts_from_visible_to(path):
    for node in calls_and_attributes(path):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            follows = getattr(node.parent, "attr", None)
            model = ast.unparse(node.value)
            allowed = follows == "visible_to" or (named(path), model) in SEEN_BY_EVERYBODY
            assert allowed, f"{named(path)}:{node.lineno} asks {model} for rows without visible_to"


@each([path for path in sources() if faces_people(path)])
def test_a_shortcut_is_given_a_queryset_and_no_bare_model(path):
    for node in calls_and_attributes(path):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("get_object_or_404", "get_list_or_404")):
            first = node.args[0]
            is_model = isinstance(first, ast.Name) and first.id[0].isupper()
            assert not is_model, f"{named(path)}:{node.lineno} looks up {ast.unparse(first)} without visible_to"


@each([path for path in sources() if faces_people(path)])
def test_a_form_is_bound_by_the_verb_and_not_by_what_was_posted(path):
    """An empty POST is false, so ``request.POST or None`` would show the form again without a word."""
    for node in calls_and_attributes(path):
        if isinstance(node, ast.BoolOp):
            assert ast.unparse(node.values[0]) not in {"request.POST", "request.FILES"}, f"{named(path)}:{node.lineno}"


def sets_state(node):
    """Whether the statement or call changes an object's ``state``."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
    is_update = isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "update"
    return is_update and any(keyword.arg == "state" for keyword in node.keywords)


def has_a_table_of_transitions(path):
    # What takes the steps of every such table sets the state too.
    is_the_machinery = named(path) == "trygghet/workflow.py"
    return is_the_machinery or re.search(r"^\w*TRANSITIONS = ", path.read_text(encoding="utf-8"), re.MULTILINE)


@each([path for path in sources() if not has_a_table_of_transitions(path)])
def test_only_a_workflow_moves_something_to_another_state(path):
    found = [node.lineno for node in calls_and_attributes(path) if sets_state(node)]
    assert not found, f"{named(path)} sets a state on line {found}"


@pytest.mark.parametrize(
    "statement", ["plan.state = 'decided'", "plans.update(state='decided')", "a.b.state: str = ''"]
)
def test_a_change_of_state_is_recognised(statement):
    assert any(sets_state(node) for node in ast.walk(ast.parse(statement)))


# --- The models


def own_fields():
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            for field in model._meta.get_fields():
                is_ours = field.concrete and field.editable and not field.auto_created and field.model is model
                # What Django's AbstractUser brings is named by Django.
                is_inherited = model._meta.label == "accounts.User" and field.name != "display_name"
                if is_ours and not is_inherited:
                    yield pytest.param(field, id=f"{model._meta.label}.{field.name}")


@pytest.mark.parametrize("field", list(own_fields()))
def test_a_field_has_a_name_for_people_in_lower_case(field):
    assert field._verbose_name, "has no verbose_name"
    first = str(field.verbose_name).split()[0]
    assert first[0].islower() or first.isupper()


# --- The templates


@each(templates())
def test_a_template_is_a_page_a_base_or_a_part(path):
    inside = path.parts[path.parts.index("templates") + 1 :]
    is_part = path.name.startswith("_") or "components" in inside or inside[0] in REPLACES_A_LIBRARYS
    is_base = path.name.startswith("base")
    extends = re.match(r"(?:\s|\{#.*?#\}|\{% comment.*?endcomment %\})*\{% extends ", path.read_text(), re.DOTALL)
    assert extends or is_part or is_base


# The content security policy lets none of these through.
FORBIDDEN_MARKUP = {
    "a style of its own": r"<[a-z][^>]*\sstyle\s*=",
    "a style sheet of its own": r"<style\b",
    "a handler of its own": r"<[a-z][^>]*\son[a-z]+\s*=",
    "a script of its own": r"<script\b(?![^>]*\ssrc\s*=)(?![^>]*application/json)",
    "an address of another site": r"<(?:script|link|img|iframe)\b[^>]*\s(?:src|href)\s*=\s*[\"'](?:https?:)?//",
    "unescaped text": r"\|\s*safe\b|\{%\s*autoescape\s+off",
}


def markup(text):
    """The template without its comments."""
    return re.sub(r"\{#.*?#\}|<!--.*?-->|\{% comment.*?endcomment %\}", "", text, flags=re.DOTALL)


@each(templates())
def test_a_template_has_nothing_the_content_security_policy_refuses(path):
    for name, pattern in FORBIDDEN_MARKUP.items():
        found = re.search(pattern, markup(path.read_text(encoding="utf-8")), re.IGNORECASE)
        assert not found, f"{named(path)} has {name}: {found.group()}"


@each(templates())
def test_a_form_that_writes_is_protected_against_forgery(path):
    for form in re.findall(r"<form\b.*?</form>", markup(path.read_text(encoding="utf-8")), re.DOTALL | re.IGNORECASE):
        if re.search(r"method\s*=\s*[\"']post", form, re.IGNORECASE):
            assert "{% csrf_token %}" in form, f"{named(path)} has a form without csrf_token"


@each(templates())
def test_every_static_file_a_template_names_exists(path):
    """A real installation refuses to render a page that names one that was not collected."""
    names = re.findall(r"\{% static [\"']([^\"']+)[\"'] ", markup(path.read_text(encoding="utf-8")))
    assert [name for name in names if not finders.find(name)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a style of its own", '<td class="x" style="color: red">'),
        ("a style sheet of its own", "<style>"),
        ("a handler of its own", '<a href="#" onclick="go()">'),
        ("a script of its own", '<script type="module">'),
        ("an address of another site", '<script src="https://cdn.example.org/x.js">'),
        ("unescaped text", "{{ text|safe }}"),
    ],
)
def test_forbidden_markup_is_recognised(name, text):
    assert re.search(FORBIDDEN_MARKUP[name], text, re.IGNORECASE)


@pytest.mark.parametrize("text", ['<script src="/x.js">', '<p data-on="x">', '<script type="application/json">'])
def test_allowed_markup_is_not_mistaken_for_it(text):
    assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in FORBIDDEN_MARKUP.values())


# --- The packages and the README


def requirements():
    """The names in requirements.txt: those to run, and those for work on it."""
    text = (BASE / "requirements.txt").read_text(encoding="utf-8")
    return [set(re.findall(r"^([\w.-]+)==", part, re.MULTILINE)) for part in text.split("# For work")]


def test_what_the_application_imports_is_listed_as_needed_to_run():
    to_run = {name.lower().replace("_", "-") for name in requirements()[0]}
    distributions = packages_distributions()
    for path in sources():
        for node in calls_and_attributes(path):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for module in {name.split(".")[0] for name in names}:
                found = {name.lower().replace("_", "-") for name in distributions.get(module, ())}
                assert not found or found & to_run, f"{named(path)}:{node.lineno} imports {module}"


def test_the_readme_gives_a_reason_for_every_package():
    readme = (BASE / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(set.union(*requirements())) if f"`{name}`" not in readme] == []


def test_the_readme_names_only_files_and_targets_that_exist():
    readme = (BASE / "README.md").read_text(encoding="utf-8")
    makefile = (BASE / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)", readme))
    assert targets <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) | {"it"}
    folders = "plans|agreements|accounts|trygghet|scripts|docs|tests|templates|static"
    mentioned = set(re.findall(rf"[`(]((?:{folders})/[\w./-]*)[`)]", readme))
    assert [name for name in sorted(mentioned) if not (BASE / name).exists()] == []


def test_the_readme_names_sign_ins_that_the_demo_has():
    readme = (BASE / "README.md").read_text(encoding="utf-8")
    usernames = {sign_in.username for sign_in in demonstration.SIGN_INS}
    named_ones = set(re.findall(r"^\| `([a-z.-]+)` \|", readme, re.MULTILINE))
    assert named_ones & usernames
    packages = set.union(*requirements())
    assert {name for name in named_ones - packages if "." in name} <= usernames
    assert f"`{demonstration.PASSWORD}`" in readme
