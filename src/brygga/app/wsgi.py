"""What a web server loads: the Django application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brygga.app.django_settings")
application = get_wsgi_application()
