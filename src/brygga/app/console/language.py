"""Which language a page is in: the one the reader chose, else Swedish, whatever the browser prefers."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class ChosenLanguage(LocaleMiddleware):
    """Django's own middleware, without guessing from the browser's list."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the cookie, or the default."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _ in settings.LANGUAGES}
        translation.activate(chosen if chosen in known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
