"""The entry point for a WSGI server such as gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trygghet.settings")
application = get_wsgi_application()

# What is loaded by now stays for good. Looking for garbage in it, and among all that is read for the page of a whole
# city, took a third of the time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
