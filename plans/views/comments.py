"""What is said about a plan: a page of its own, and the same beside the plan's grid."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from agreements.enums import Role
from agreements.permissions import access_of_anybody
from plans import comments
from plans.comments import UNRESOLVED, CommentRefused, Tally
from plans.editing import clock
from plans.enums import CommentKind, CommentState
from plans.errors import GoneRow
from plans.forms.comments import CommentForm
from plans.grid import Discussion
from plans.models import Comment
from plans.operations import ROW_NAMES
from plans.outline import excerpt
from plans.views.access import or_decided_version, readable_plan
from plans.views.steps import page_at
from trygghet.dates import day
from trygghet.words import lower_first
from trygghet.workflow import StepRefused

PER_PAGE = 20
SHORT_QUOTE = 240
"""How many characters of a quote are shown at once; the rest is folded."""

# What the list can be narrowed to: name in the address → words, and condition.
FILTERS = {
    "oppna": ("Öppna", Q(state__in=UNRESOLVED)),
    "maste": ("Måste åtgärdas", Q(state__in=UNRESOLVED, kind=CommentKind.MUST_FIX)),
    "fragor": ("Frågor", Q(state__in=UNRESOLVED, kind=CommentKind.QUESTION)),
    "losta": ("Lösta", Q(state=CommentState.RESOLVED)),
    "alla": ("Alla", Q()),
}
NOTHING = {
    "oppna": "Inga öppna kommentarer.",
    "maste": "Inget som måste åtgärdas.",
    "fragor": "Inga öppna frågor.",
    "losta": "Inga lösta kommentarer.",
    "alla": "Inga kommentarer än.",
}
KIND_BADGES = {CommentKind.COMMENT: "", CommentKind.QUESTION: "badge-now", CommentKind.MUST_FIX: "badge-stop"}
STATE_BADGES = {CommentState.OPEN: "", CommentState.ANSWERED: "badge-now", CommentState.RESOLVED: "badge-ok"}
WRITTEN = {
    CommentKind.COMMENT: "Kommentaren är sparad.",
    CommentKind.QUESTION: "Frågan är sparad.",
    CommentKind.MUST_FIX: "Sparat. Planen går inte till beslut förrän det är löst.",
}


def when(at):
    """Return the moment as it is spoken of: "i dag 10.42", "i går 10.42" or "3 mars 2025"."""
    match (timezone.localdate() - timezone.localdate(at)).days:
        case 0:
            return f"i dag {clock(at)}"
        case 1:
            return f"i går {clock(at)}"
    return day(at)


def discussion_of(plan, user):
    """Return what the plan's grid says of comments, or None for one who may not read them (1 query)."""
    if not comments.may(comments.check_read, user, plan):
        return None
    tallies = comments.counts_by_row(plan, user)
    total = Tally(*map(sum, zip(*tallies.values(), strict=True)))
    return Discussion(
        base=reverse("plans:comments", args=[plan.scope.slug, plan.year]),
        tallies=tallies,
        may_write=comments.may(comments.check_write, user, plan),
        told=total.told,
    )


# --- Where comments stand


@dataclass(frozen=True, slots=True)
class Spot:
    """A row of the plan as it stands now, which comments are about."""

    kind: str
    row: object
    area: object  # the PlanArea it is in

    @property
    def name(self):
        """The row as the grid names it, such as "Åtgärd 2, problem 1"."""
        match self.kind:
            case "problem":
                return f"Problemområde {self.row.position}"
            case "cause" | "action":
                word = "Orsak" if self.kind == "cause" else "Åtgärd"
                return f"{word} {self.row.position}, problem {self.row.problem.position}"
        return f"Område {self.row.position}"

    def says(self, field=""):
        return comments.text_of(self.kind, self.row, field)


def spots_of(plan, uids):
    """Return a :class:`Spot` by uid for those of the rows that are in the plan (4 queries)."""
    rows = {
        "area": plan.planareas.select_related("area"),
        "problem": plan.problems.select_related("plan_area__area"),
        "cause": plan.causes.select_related("problem__plan_area__area"),
        "action": plan.actions.select_related("problem__plan_area__area"),
    }
    spots = {}
    for kind, found in rows.items():
        for row in found.filter(uid__in=uids):
            area = row if kind == "area" else row.plan_area if kind == "problem" else row.problem.plan_area
            spots[row.uid] = Spot(kind, row, area)
    return spots


@dataclass
class Shown:
    """A comment as the list shows it to one person; ``typed`` and ``fault`` belong to an answer that was refused."""

    comment: Comment
    spot: Spot | None
    address: str
    plan_address: str
    may_write: bool
    may_resolve: bool
    must_say_why: bool = False  # resolves for a role that nobody has now (plans.comments.stands_in)
    typed: str = ""
    fault: str = ""

    @property
    def place(self):
        """What the comment is about, in words."""
        comment = self.comment
        if not comment.row:
            return "Hela planen"
        cell = comments.CELLS[comment.row_kind].get(comment.field, "") if comment.field else ""
        name = self.spot.name if self.spot else f"{ROW_NAMES[comment.row_kind].capitalize()} som är borttagen"
        return f"{name}: {cell}" if cell else name

    @property
    def is_gone(self):
        return bool(self.comment.row) and self.spot is None

    @property
    def has_changed(self):
        """Whether the text that was commented reads otherwise now."""
        return self.spot is not None and self.spot.says(self.comment.field) != self.comment.quote

    @property
    def quote_lead(self):
        """What is said above the quote; empty where the text still stands in the plan."""
        if self.is_gone:
            return "Raden är borttagen ur planen. Där stod:"
        if self.has_changed:
            return "Texten har ändrats sedan dess. Då stod det:" if self.comment.quote else (
                "Texten har ändrats sedan dess. Då stod det ingenting."
            )  # fmt: skip
        return ""

    @property
    def short_quote(self):
        return excerpt(self.comment.quote, SHORT_QUOTE)

    @property
    def has_more_quote(self):
        return len(" ".join(self.comment.quote.split())) > SHORT_QUOTE

    @property
    def role(self):
        """What the author was to the plan, in words."""
        return ", ".join(sorted(Role(role).label for role in comments.roles_of_author(self.comment)))

    @property
    def vacancy(self):
        """Why the person resolves what somebody else required; empty where that is not so."""
        return comments.vacancy_told(self.comment) if self.must_say_why else ""

    @property
    def when(self):
        return when(self.comment.at)

    @property
    def resolved_when(self):
        return when(self.comment.resolved_at)

    @property
    def answers(self):
        return [(answer, when(answer.at)) for answer in self.comment.answers.all()]

    @property
    def kind_badge(self):
        return KIND_BADGES[self.comment.kind]

    @property
    def state_badge(self):
        return STATE_BADGES[self.comment.state]

    @property
    def is_resolved(self):
        return self.comment.state == CommentState.RESOLVED

    @property
    def may_close(self):
        return self.may_resolve and not self.is_resolved

    @property
    def may_reopen(self):
        return self.may_resolve and self.is_resolved

    @property
    def may_answer(self):
        """Whether there is a field to write in: an answer, or why the comment is opened again."""
        return self.may_write and (not self.is_resolved or self.may_resolve or bool(self.fault))


# --- The page


class CommentsPage:
    """The comments on a plan that the person may read, narrowed as the address says."""

    def __init__(self, request, district, year):
        self.request, self.user = request, request.user
        self.plan = readable_plan(request, district, year)
        comments.check_read(self.user, self.plan)
        self.base = reverse("plans:comments", args=[district, year])
        asked = request.GET
        self.row = _uuid(asked.get("rad", ""))
        self.field = asked.get("falt", "") if self.row else ""
        default = "alla" if self.row else "oppna"
        self.filter = asked["visa"] if asked.get("visa") in FILTERS else default
        self.is_to_write = "skriv" in asked
        self.refused = {}  # comment uid → (what was typed, why it was refused)
        self.form = None

    @cached_property
    def why_not_write(self):
        try:
            comments.check_write(self.user, self.plan)
        except PermissionDenied as refusal:
            return str(refusal)
        return ""

    @cached_property
    def anybody(self):
        """What somebody in the district may do today, asked once however many comments want to know."""
        return access_of_anybody(self.plan.district_id)

    @cached_property
    def here(self):
        """The comments that the place in the address leaves."""
        found = Comment.objects.visible_to(self.user).filter(plan=self.plan)
        if self.row:
            found = found.filter(row=self.row)
        return found.filter(field=self.field) if self.field else found

    def address(self, comment="", **differs):
        """Return the address of the page, narrowed as it is but for what differs; or that of a comment on it."""
        kept = {"visa": self.filter, "rad": self.row, "falt": self.field} | differs
        query = urlencode({key: value for key, value in kept.items() if value})
        return f"{self.base}{f'{comment}/' if comment else ''}?{query}"

    def render(self, status=200):
        counts = self.here.aggregate(**{name: Count("pk", filter=only) for name, (_, only) in FILTERS.items()})
        page = self._page(counts[self.filter])
        found = list(page.object_list)
        self.spots = spots_of(self.plan, {comment.row for comment in found} | {self.row} - {None})
        spot = self.spots.get(self.row)
        context = {
            "plan": self.plan,
            "page": page,
            "shown": [self._shown(comment) for comment in found],
            "filters": [
                (self.address(visa=name), words, counts[name], name == self.filter)
                for name, (words, _) in FILTERS.items()
            ],
            "filter_words": FILTERS[self.filter][0],
            "nothing": NOTHING[self.filter],
            "place": self._place_words(spot),
            "spot": spot,
            "row_is_gone": bool(self.row) and spot is None,
            "row_address": self.address(falt="") if self.field else "",
            "all_address": self.base if self.row else "",
            "here": self.address(),
            "why_not_write": self.why_not_write,
            "form": self._form(spot),
            # What has been said comes first, unless one came to write.
            "is_form_open": bool(self.form) or self.is_to_write or not counts["alla"],
            "crumbs": [
                (reverse("plans:list"), "Åtgärdsplaner"),
                (self.plan.get_absolute_url(), f"{self.plan.scope} {self.plan.year}"),
            ],
        }
        # The plan's page shows the same beside its grid.
        template = "plans/_comments.html" if self.request.htmx else "plans/comments.html"
        return render(self.request, template, context | {"in_panel": bool(self.request.htmx)}, status=status)

    def _page(self, count):
        paginator = Paginator(comments.for_list(self.here.filter(FILTERS[self.filter][1])).order_by("-at"), PER_PAGE)
        paginator.count = count  # known, so not asked again
        return paginator.get_page(self.request.GET.get("sida"))

    def _shown(self, comment):
        typed, fault = self.refused.get(comment.uid, ("", ""))
        spot = self.spots.get(comment.row)
        asked = self.user, comment, lambda: self.anybody
        return Shown(
            comment=comment,
            spot=spot,
            address=self.address(comment.uid),
            plan_address=page_at(self.plan, comment.row, spot.area.position) if spot else "",
            may_write=not self.why_not_write,
            may_resolve=not self.why_not_write and comments.may_resolve(*asked),
            must_say_why=not self.why_not_write and comments.stands_in(*asked),
            typed=typed,
            fault=fault,
        )

    def _place_words(self, spot):
        if not self.row:
            return "hela planen"
        if spot is None:
            return "en borttagen rad"
        cell = comments.CELLS[spot.kind].get(self.field, "") if self.field else ""
        name = lower_first(spot.name)
        return f"{name}: {cell}" if cell else name

    def _form(self, spot):
        """The form of a new comment; one that was refused as it was sent, else an empty one if one may write here."""
        if self.form or self.why_not_write or (self.row and spot is None):
            return self.form
        return self.new_form(spot)

    def new_form(self, spot, data=None):
        return CommentForm(
            data,
            row=self.row,
            row_kind=spot.kind if spot else "",
            field=self.field,
            may_require=comments.may_require(self.user, self.plan),
        )


def _uuid(text):
    """Return the row that the address names, None for none; raise Http404 for what is no row's name."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
@or_decided_version
def comment_list(request, district, year):
    """The comments on a plan, and a form for a new one."""
    page = CommentsPage(request, district, year)
    return _write(page) if request.method == "POST" else page.render()


def _write(page):
    page.row = _uuid(page.request.POST.get("rad", ""))
    page.field = page.request.POST.get("falt", "") if page.row else ""
    spot = spots_of(page.plan, {page.row}).get(page.row) if page.row else None
    form = page.new_form(spot, page.request.POST)
    if not form.is_valid():
        return _written_not(page, form, "", 422)
    said = form.cleaned_data
    try:
        comment = comments.write(
            page.plan,
            said["text"],
            said["kind"],
            by=page.user,
            row=page.row,
            field=said.get("falt", ""),
            uid=said["uid"],
        )
    except PermissionDenied as refusal:
        return _written_not(page, form, str(refusal), 403)
    except GoneRow:
        return _written_not(page, form, "Raden finns inte längre. Din text står kvar, skriv den på en annan rad.", 410)
    messages.success(page.request, WRITTEN[CommentKind(comment.kind)])
    return redirect(f"{page.address(visa='')}#kommentar-{comment.uid}")


def _written_not(page, form, reason, status):
    """Show the form again with all that was typed, and why it was not written."""
    if reason:
        form.add_error(None, reason)
    page.form = form
    return page.render(status=status)


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def comment(request, district, year, uid):
    """One comment, where it stands among the others; a POST answers, resolves or reopens it."""
    page = CommentsPage(request, district, year)
    found = get_object_or_404(comments.for_list(page.here), pk=uid)
    if request.method == "GET":
        at = {"visa": "alla", "rad": found.row or ""}
        return redirect(f"{page.base}?{urlencode(at)}#kommentar-{uid}")
    name, text = request.POST.get("gor", ""), request.POST.get("text", "")
    if name not in ACTS:
        raise Http404
    try:
        ACTS[name](request, found, text)
    except PermissionDenied as refusal:
        if not text.strip():
            raise
        return _answered_not(page, found, text, refusal, 403)
    except CommentRefused as refusal:
        return _answered_not(page, found, text, refusal, 422)
    except StepRefused as refusal:
        if text.strip():
            return _answered_not(page, found, text, refusal, 409)
        messages.error(request, str(refusal))
    return redirect(f"{page.address()}#kommentar-{uid}")


def _answer(request, comment, text):
    said = comments.answer(comment, text, by=request.user)
    now = said.comment
    if now.state == CommentState.RESOLVED:
        told = (
            f"Svaret är sparat. Kommentaren löstes av {now.resolved_by} {when(now.resolved_at)}, innan ditt svar kom."
        )
        messages.warning(request, told)
    else:
        messages.success(request, "Svaret är sparat.")


def _resolve(request, comment, text):
    comments.resolve(comment, by=request.user, text=text)
    messages.success(request, "Kommentaren är löst. Den går att läsa under Lösta.")


def _reopen(request, comment, text):
    comments.reopen(comment, by=request.user, text=text)
    messages.success(request, "Kommentaren är öppen igen.")


# What can be done with a comment, as its buttons name it.
ACTS = {"svara": _answer, "los": _resolve, "oppna": _reopen}


def _answered_not(page, comment, text, refusal, status):
    """Show the comment again, however it stands now, with all that was typed and why it was not kept."""
    page.refused[comment.uid] = (text, str(refusal))
    page.row, page.field, page.filter = comment.row, "", "alla"
    return page.render(status=status)
