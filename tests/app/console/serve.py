"""A small server in threads of this process, for browser tests and for looking at the pages."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """Serve the site while the body runs; yield its address."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", port, get_wsgi_application(), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve a folder's installation until interrupted."""
    folder, port = sys.argv[1:]
    os.environ["BRYGGA_DATA"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "brygga.app.django_settings"
    import django

    django.setup()
    with serving(int(port)) as address:
        print(address, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
