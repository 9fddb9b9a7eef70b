"""What a person wants letters about, and how the mail goes."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.forms.notices import NoticeForm
from agreements.letters import digests, mail


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request):
    """How often the person is told of each kind of thing by mail."""
    frequencies = digests.frequencies_of(request.user)
    form = NoticeForm(request.POST if request.method == "POST" else None, frequencies=frequencies)
    if request.method == "POST" and form.is_valid():
        digests.set_frequencies(request.user, form.chosen)
        messages.success(request, "Dina val är sparade.")
        return redirect("cooperation:notice_settings")
    status = 422 if form.is_bound else 200
    return render(request, "agreements/notice_settings.html", {"form": form}, status=status)


@require_safe
def mail_status(request):
    """What waits, what fails and what has been sent; for who looks after the mail."""
    _check(request.user)
    return render(request, "agreements/mail_status.html", {"status": mail.status()})


@require_POST
def mail_again(request):
    """Try again what has failed: one letter (``mail``), or all of them."""
    _check(request.user)
    wanted = request.POST.get("mail", "")
    mails = mail.failing()
    if wanted:
        mails = mails.filter(pk=wanted) if wanted.isdecimal() else mails.none()
    count = mail.try_again(mails, by=request.user)
    if count:
        words = "Brevet försöks" if count == 1 else f"{count} brev försöks"
        messages.success(
            request, f"{words} skickas igen inom någon minut. Läs in sidan på nytt för att se hur det gick."
        )
    else:
        messages.error(request, "Inget brev väntar på ett nytt försök längre. Ingenting gjordes nu.")
    return redirect("cooperation:mail")


def _check(user):
    if not mail.may_see(user):
        raise Http404
