"""The steps of the plan's way: the log of them, a page for each, the decision, and what the city and the board do."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agreements.meetings import workflow as meetings
from plans import grid, meeting_outcomes, outlook, submissions, workflow
from plans.actors import said_of
from plans.enums import CommentState, Party, PlanState
from plans.forms.workflow import BoardForm, DecisionForm, StepForm, SubmissionForm
from plans.history import check_follow
from plans.models import ActionPlan, BoardDecision, Comment, PlanVersion
from plans.views.access import or_decided_version, readable_plan, readable_plans
from plans.views.files import readable_version
from trygghet.words import lower_first
from trygghet.workflow import StepRefused

PER_PAGE = 50
# The legal meaning (domain F5), in one sentence.
SHARED = (
    "När {what} in till polisen, som är en annan myndighet, och blir en allmän handling där; "
    "det går inte att ta tillbaka."
)
OUT_OF_SIGHT = (
    "Någon annan hann före: planen står inte längre där du såg den och är inte öppen för dig att läsa just nu. "
    "Ditt tryck gjorde ingenting."
)
IN_MEETINGS = ("decide", "send_back")
"""The steps that a meeting of the steering group takes, and that can be written in its minutes."""
MARKS_GO = "Båda parternas Granskad tas bort, så planen granskas på nytt."


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a step's page says that the table of steps does not."""

    means: tuple[str, ...]  # what the step means, a paragraph each
    done: str  # what is said when it has been taken
    asks: str = ""  # the question that the reason answers


WORDS = {
    "share": Words(
        means=(
            "Kommunpolisen kan läsa och kommentera utkastet från nu, och arbetsgrupperna kan läsa det. "
            "Det är fortfarande du som skriver i planen.",
        ),
        done="Utkastet är delat med polisen.",
    ),
    "send_for_review": Words(
        means=(
            "Polisen, styrgruppen och arbetsgrupperna läser och kommenterar planen, och båda parterna granskar den. "
            "Du kan fortfarande ändra i den. Den part som redan har markerat Granskad får då göra det igen.",
        ),
        done="Planen är skickad på granskning. Nästa steg: du och kommunpolisen markerar den som granskad.",
    ),
    "mark_reviewed": Words(
        means=("Markeringen gäller planen som den står nu. Ändras planen senare får ni granska den på nytt.",),
        done="Planen är markerad som granskad.",
    ),
    "withdraw_review": Words(
        means=("Planen kan inte skickas till beslut förrän ni har markerat den som granskad igen.",),
        done="Markeringen är borttagen.",
    ),
    "send_for_decision": Words(
        means=(
            "Den lokala styrgruppen får planen för beslut. Så länge den väntar på beslut kan ingen ändra i den. "
            "Du kan ta tillbaka den.",
        ),
        done="Planen är skickad till styrgruppen för beslut.",
    ),
    "return_to_draft": Words(
        means=(
            "Planen blir utkast igen. Styrgruppen kan då inte läsa den. Polisen och arbetsgrupperna kan det. "
            f"{MARKS_GO}",
        ),
        done="Planen är utkast igen.",
        asks="Varför tar du tillbaka planen?",
    ),
    "recall": Words(
        means=(
            "Planen blir utkast igen och styrgruppen kan inte besluta om den. Polisen och arbetsgrupperna kan läsa "
            f"utkastet. {MARKS_GO}",
        ),
        done="Planen är utkast igen.",
        asks="Varför tar du tillbaka planen?",
    ),
    "send_back": Words(
        means=(
            f"Planen går tillbaka till trygghetsstrategen som utkast. {MARKS_GO} Styrgruppen läser den igen när den "
            "skickas på granskning.",
        ),
        done="Planen är återremitterad. Trygghetsstrategen ser vad du skrev.",
        asks="Vad behöver ändras?",
    ),
    "start_version": Words(
        means=(
            "Planen blir utkast igen, så att du kan ändra i den. Den beslutade versionen gäller och går att läsa tills "
            "nästa version är beslutad.",
        ),
        done="Du kan börja skriva den nya versionen.",
        asks="Varför behövs en ny version?",
    ),
}  # fmt: skip


# --- The log


@require_safe
@or_decided_version
def steps(request, district, year):
    """Every step of the plan's way, newest first: who did what and when, and why."""
    plan = readable_plan(request, district, year)
    check_follow(request.user, plan)
    page = Paginator(plan.steps.select_related("by"), PER_PAGE).get_page(request.GET.get("sida"))
    context = {"plan": plan, "page": page, "crumbs": _crumbs(plan)}
    return render(request, "plans/steps.html", context)


def _crumbs(plan, *more):
    return [
        (reverse("plans:list"), "Åtgärdsplaner"),
        (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
        *more,
    ]


# --- A step


@require_http_methods(["GET", "POST"])
def step(request, district, year, slug):
    """Say what a step means and what stands in its way; take it."""
    taking = workflow.BY_SLUG.get(slug)
    if taking is None:
        raise Http404
    try:
        plan = readable_plan(request, district, year)
    except Http404:
        return _gone_on(request, taking, district, year)
    if not workflow.may(request.user, taking, plan):
        raise PermissionDenied(said_of(plan, f"Det är {lower_first(taking.who)} som {taking.does}."))
    page = _StepPage(request, plan, taking)
    if request.method == "POST" and page.form.is_valid() and not page.is_in_no_such_meeting:
        return page.take(readable_plans(request, district, year))
    if why_not := page.why_not_now():
        messages.error(request, why_not)
        return redirect(plan)
    return page.render()


def _gone_on(request, taking, district, year):
    """Answer one who pressed on a page of a plan that they may no longer read; raise Http404 for anybody else."""
    seen = request.POST.get("seen_step", "")
    if not seen.isdecimal() or len(seen) > 18 or not outlook.saw_it_before(request.user, taking, district, year, seen):
        raise Http404
    messages.error(request, OUT_OF_SIGHT)
    return redirect("start")


class _StepPage:
    """The page of a step to one person, and what happens when its button is pressed."""

    def __init__(self, request, plan, taking):
        self.request, self.plan, self.taking = request, plan, taking
        self.seen = workflow.seen_now(plan)
        self.situation = workflow.Situation(plan, request.user)
        data = request.POST if request.method == "POST" else None
        self.meeting, self.is_in_no_such_meeting = self._meeting()
        if taking.name == "decide":
            self.form = DecisionForm(data, plan=plan, step=taking, seen=self.seen, meeting=self.meeting)
        else:
            self.form = StepForm(data, step=taking, seen=self.seen, label=WORDS[taking.name].asks)

    def _meeting(self):
        """Return (the meeting that the step is taken in or None, whether one was asked for that it cannot be)."""
        asked = (self.request.POST if self.request.method == "POST" else self.request.GET).get("mote", "")
        if not asked or self.taking.name not in IN_MEETINGS:
            return None, False
        meeting = meeting_outcomes.meeting_for(self.plan, self.request.user, asked)
        return meeting, meeting is None

    @property
    def blockers(self):
        return workflow.blockers_of(self.taking, self.situation)

    def why_not_now(self):
        """Return why there is nothing to press, whatever one mends; "" if there is."""
        if self.plan.state not in self.taking.sources:
            return (
                f"Planen har status {self.plan.get_state_display()}, så steget «{self.taking.label}» går inte att ta "
                "nu. Här ser du vad som går att göra."
            )
        return next((blocker.text for blocker in self.blockers if blocker.is_final), "")

    def take(self, plans):
        """Take the step and lead on; show the page again if something stands in the way."""
        try:
            with transaction.atomic():
                workflow.take(
                    plans, self.taking.name, by=self.request.user, seen=self.form.seen,
                    reason=self.form.cleaned_data.get("reason", ""), decision=getattr(self.form, "decision", None),
                )  # fmt: skip
                item = self._put_in_minutes()
        except ActionPlan.DoesNotExist:
            messages.error(self.request, OUT_OF_SIGHT)
            return redirect("start")
        except StepRefused as refusal:
            return self._refused(refusal)
        if item:
            is_decided = self.taking.name == "decide"
            done = f"Version {self.plan.version} är beslutad och fryst." if is_decided else WORDS["send_back"].done
            messages.success(self.request, f"{done} Det står i protokollet.")
            return redirect(meetings.notes_address(self.meeting, f"punkt-{item.pk}"))
        if self.taking.name == "decide":
            return self._decided()
        messages.success(self.request, WORDS[self.taking.name].done)
        return _to_plan(plans, self.plan)

    def _put_in_minutes(self):
        """Write what was decided in the meeting's minutes; return the agenda's item, None outside a meeting."""
        if self.meeting is None:
            return None
        by = self.request.user
        if self.taking.name == "decide":
            return meeting_outcomes.record_decision(self.meeting, self._version(), by=by)
        return meeting_outcomes.record_send_back(self.meeting, self.plan, self.form.cleaned_data["reason"], by=by)

    def _refused(self, refusal):
        if refusal.blockers:
            self.situation = workflow.Situation(self.plan, self.request.user)
            self.form.add_error(None, "Steget togs inte. Något har tillkommit som behöver göras först.")
            return self.render()
        messages.error(self.request, str(refusal))
        if self.form.typed_reason:
            messages.info(self.request, f"Det du skrev sparades inte: ”{self.form.typed_reason}”")
        return redirect(self.plan)

    def _version(self):
        version = self.plan.versions.defer(*outlook.CONTENT).get(number=self.plan.version)
        version.plan = self.plan
        return version

    def _decided(self):
        version = self._version()
        onward = "" if self.plan.scope.is_city else " Nästa steg: trygghetsstrategen skickar den till staden."
        messages.success(self.request, f"Version {version.number} är beslutad och fryst.{onward}")
        return redirect(version)

    def render(self):
        if self.is_in_no_such_meeting and not self.form.is_bound:
            messages.error(self.request, meeting_outcomes.NOT_SUCH_A_MEETING)
            return redirect(self.request.path)
        if self.is_in_no_such_meeting:
            self.form.add_error(None, meeting_outcomes.NOT_SUCH_A_MEETING)
        status = 422 if self.form.is_bound else 200
        if self.taking.name == "decide":
            context = self._context() | _basis(self.situation)
            return render(self.request, "plans/decision.html", context, status=status)
        return render(self.request, "plans/step.html", self._context(), status=status)

    def _context(self):
        return {
            "plan": self.plan,
            "step": self.taking,
            "form": self.form,
            "mistakes": self.form.mistakes() if self.form.is_bound else [],
            "means": self._means(),
            "blockers": self.blockers,
            "meeting": self.meeting,
            "hint": outlook.stops_the_decision(self.situation) if self.taking.name == "mark_reviewed" else None,
            "marks": self._marks(),
            "crumbs": _crumbs(self.plan),
        }

    def _marks(self):
        if not self._is_about_marks():
            return []
        return [said_of(self.plan, outlook.mark_told(self.situation, party)) for party in Party]

    def _is_about_marks(self):
        """Where the marks are missing, what stands in the way tells of them."""
        return self.taking.name in ("mark_reviewed", "withdraw_review", "send_for_decision") and not self.blockers

    def _means(self):
        """Return what the step means, a paragraph each; with what the law says where the police come to read."""
        name = self.taking.name
        means = list(WORDS[name].means) if name in WORDS else []
        if name in ("mark_reviewed", "withdraw_review"):
            does = "markerar planen som granskad" if name == "mark_reviewed" else "tar tillbaka granskningen"
            means[0] = f"Du {does} för {workflow.PARTY_WORDS[self.situation.party]}. {means[0]}"
        if name == "share" or (name == "send_for_review" and not self.plan.shared_at):
            what = "du delar utkastet kommer det" if name == "share" else "du skickar planen på granskning kommer den"
            means.append(SHARED.format(what=what))
        return [said_of(self.plan, each) for each in means]


def _to_plan(plans, plan):
    """Lead to the plan, or to Min sida for one who may not read it after the step."""
    return redirect(plan) if plans.exists() else redirect("start")


# --- What is decided on


@require_safe
def decision_basis(request, district, year):
    """The plan as the local steering group reads it before it decides."""
    plan = readable_plan(request, district, year)
    if plan.state != PlanState.READY_FOR_DECISION:
        messages.info(
            request,
            f"Planen har status {plan.get_state_display()}. Beslutsunderlaget finns medan planen är klar för beslut.",
        )
        return redirect(plan)
    context = _basis(workflow.Situation(plan, request.user))
    if context["decide"] and request.GET.get("mote"):  # from a meeting's agenda, by one who records the decision
        return redirect(f"{context['decide']}?{urlencode({'mote': request.GET['mote']})}")
    without_form = {"form": None, "mistakes": [], "blockers": [], "meeting": None}
    return render(request, "plans/decision.html", context | without_form)


def _basis(situation):
    """What the steering group reads: the whole text, what it has gone through, and what has been said about it."""
    plan, user, document = situation.plan, situation.user, situation.document
    place = [plan.scope.slug, plan.year]
    may_decide = workflow.may(user, workflow.BY_NAME["decide"], plan)
    return {
        "plan": plan,
        "sum": document.counts(),
        "areas": _read(document),
        "columns": grid.COLUMNS,
        "marks": [outlook.mark_told(situation, party) for party in Party],
        "log": plan.steps.select_related("by").filter(version=plan.version)[:5],
        "comments": _comments(user, plan),
        "compared": f"{reverse('plans:compare', args=place)}?fran={plan.version - 1}&till=nu"
        if plan.version > 1
        else "",
        "decide": reverse("plans:step", args=[*place, "besluta"]) if may_decide else "",
        "send_back": reverse("plans:step", args=[*place, "aterremittera"]) if may_decide else "",
        "crumbs": _crumbs(plan),
    }


def _read(document):
    """Return (tab, section, lines, problems) of each area, laid out to be read."""
    return [
        (tab, section, grid.area_lines(section, {}), grid.problems(section, {}))
        for tab, section in zip(grid.tabs(document), document.areas, strict=True)
    ]


def _comments(user, plan):
    """Return how many comments of this version the person may read: resolved, not resolved, and all."""
    counted = Comment.objects.visible_to(user).filter(plan=plan, version=plan.version).order_by()
    numbers = {row["state"]: row["number"] for row in counted.values("state").annotate(number=Count("pk"))}
    total, resolved = sum(numbers.values()), numbers.get(CommentState.RESOLVED, 0)
    return {"all": total, "resolved": resolved, "open": total - resolved}


# --- The city and the board


@require_http_methods(["GET", "POST"])
def submission_step(request, district, year, number, slug):
    """Send a decided version to the city; acknowledge it, or ask for completion."""
    taking = submissions.BY_SLUG.get(slug)
    if taking is None:
        raise Http404
    version = readable_version(request, district, year, number)
    if not workflow.may(request.user, taking, version.plan):
        raise PermissionDenied(f"Det är {lower_first(taking.who)} som {taking.does}.")
    last = submissions.latest(version)
    data = request.POST if request.method == "POST" else None
    form = SubmissionForm(data, step=taking, seen=last.pk if last else 0)
    if request.method == "POST" and form.is_valid():
        return _take_submission(request, version, taking, form)
    if taking not in submissions.open_steps(version, last, request.user):
        messages.error(request, _submission_not_now(version, last))
        return redirect(version)
    context = _milestone_context(version, form, heading=taking.label) | {
        "means": SUBMISSION_MEANS[taking.name].format(number=number),
        "last": last,
        "button": taking.label,
    }
    return render(request, "plans/milestone.html", context, status=422 if form.is_bound else 200)


SUBMISSION_MEANS = {
    "submit": "Stadens centrala beredningsgrupp och centrala styrgrupp läser version {number} från nu. "
    "Beredningsgruppen kvitterar den eller begär komplettering.",
    "acknowledge": "Stadsdelen ser att staden har tagit emot version {number}.",
    "request_completion": "Stadsdelen läser det du skriver. Den kan skicka in version {number} igen, eller ändra "
    "texten i en ny version.",
}
SUBMISSION_DONE = {
    "submit": "Version {number} är inskickad till staden. Kvittens: {receipt}.",
    "acknowledge": "Inskickningen {receipt} är kvitterad.",
    "request_completion": "Stadsdelen ser nu vad som behöver kompletteras.",
}


def _take_submission(request, version, taking, form):
    words = form.cleaned_data.get("answer", "")
    try:
        sent = submissions.take(version, taking.name, by=request.user, seen=form.cleaned_data["seen"], answer=words)
    except PlanVersion.DoesNotExist as gone:
        raise Http404 from gone
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        if words:
            messages.info(request, f"Det du skrev sparades inte: ”{words}”")
        return redirect(version)
    sent.version = version
    told = SUBMISSION_DONE[taking.name].format(number=version.number, receipt=sent.receipt_number)
    messages.success(request, told)
    return redirect(version)


def _submission_not_now(version, last):
    if version.number != version.plan.version:
        return f"Version {version.plan.version} skrivs nu. Skicka in den när den är beslutad."
    if last is None:
        return f"Version {version.number} är inte inskickad till staden."
    return f"Inskickningen {last.receipt_number} har status {last.get_state_display()}, så steget går inte att ta nu."


@require_http_methods(["GET", "POST"])
def board_decision(request, district, year, number):
    """Record what the stadsdelsnämnd has decided on the version, or correct what was recorded."""
    version = readable_version(request, district, year, number)
    if not submissions.may_record_board_decision(request.user, version):
        raise PermissionDenied(f"Det är {submissions.BOARD_WHO} som registrerar nämndens beslut.")
    recorded = BoardDecision.objects.visible_to(request.user).filter(version=version).first()
    form = BoardForm(request.POST if request.method == "POST" else None, version=version, recorded=recorded)
    if request.method == "POST" and form.is_valid():
        submissions.record_board_decision(version, form.record, by=request.user)
        messages.success(request, "Nämndens beslut är rättat." if recorded else "Nämndens beslut är registrerat.")
        return redirect(version)
    context = _milestone_context(version, form, heading="Rätta nämndens beslut" if recorded else "Nämndens beslut") | {
        "means": "Planens text ändras inte. Det som stod förut finns kvar i planens alla steg." if recorded
        else "Beslutet står bredvid planen. Planens text ändras inte.",
        "button": "Spara rättelsen" if recorded else "Registrera nämndens beslut",
    }  # fmt: skip
    return render(request, "plans/milestone.html", context, status=422 if form.is_bound else 200)


def _milestone_context(version, form, *, heading):
    return {
        "plan": version.plan,
        "version": version,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "heading": heading,
        "crumbs": _crumbs(version.plan, (version.get_absolute_url(), f"Version {version.number}")),
        "last": None,
    }
