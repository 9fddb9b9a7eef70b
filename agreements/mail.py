"""Letters by mail: written once, sent until they have arrived at the mail server, by however many hosts."""

from agreements.models import OutgoingMail


def write(key, to, subject, text):
    """Put a letter among those to be sent and return its :class:`OutgoingMail`.

    ``key`` says what the letter is ("digest:7:2026-01-12", "invitation:31"):
    the same key is the same letter, so what is written again changes nothing.
    """
    mail, _ = OutgoingMail.objects.get_or_create(key=key, defaults={"to": to, "subject": subject, "text": text})
    return mail
