"""What every page needs to know about the installation."""

from django.conf import settings


def installation(request):
    """``demo``: whether this is the local demo, which names its sign-ins on the sign-in page."""
    return {"demo": settings.DEMO}
