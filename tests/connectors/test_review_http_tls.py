"""What a broken TLS connection means: before the request it was not sent, after it nobody knows."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from brygga.connectors.contract.http import HttpClient, HttpPolicy, Request
from brygga.domain.errors import ConnectionBroken, OutcomeUnknown, TryLater

Serve = Callable[[Callable[[ssl.SSLContext, socket.socket], None]], str]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def serve(certificate: Path) -> Iterator[Serve]:
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def start(behave: Callable[[ssl.SSLContext, socket.socket], None]) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def run() -> None:
            plain, _ = listening.accept()
            with plain:
                behave(context, plain)

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        return f"https://localhost:{listening.getsockname()[1]}/putInfo.asp"

    yield start
    listening.close()
    for thread in threads:
        thread.join(5)


def _send(url: str, *, changes: bool) -> Any:
    client = HttpClient(HttpPolicy(allow_hosts=frozenset({"localhost"}), read_timeout=5), lambda _seen: None)
    try:
        return client.send(Request("POST", url, "order SE-1", changes, body=b"a=1"))
    finally:
        client.close()


def _spoil_the_answer(context: ssl.SSLContext, plain: socket.socket) -> None:
    """Take the request, as an ERP that makes the order, and let the answer arrive broken."""
    raw = plain.dup()
    with context.wrap_socket(plain, server_side=True) as encrypted:
        encrypted.recv(65536)
        raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
        raw.close()


@pytest.mark.parametrize(("changes", "means"), [(True, OutcomeUnknown), (False, TryLater)])
def test_an_answer_that_can_not_be_decrypted_leaves_open_what_was_done(
    serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch, changes: bool, means: type[Exception]
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(means):
        _send(serve(_spoil_the_answer), changes=changes)


def test_a_certificate_that_is_not_accepted_breaks_the_connection(serve: Serve) -> None:
    def greet(context: ssl.SSLContext, plain: socket.socket) -> None:
        with pytest.raises(OSError):
            context.wrap_socket(plain, server_side=True)

    with pytest.raises(ConnectionBroken) as broken:
        _send(serve(greet), changes=True)
    assert broken.value.for_merchant.code == "http.certificate"


def test_a_greeting_cut_short_was_surely_not_sent(serve: Serve) -> None:
    def hang_up(_context: ssl.SSLContext, plain: socket.socket) -> None:
        plain.recv(4096)

    with pytest.raises(TryLater):
        _send(serve(hang_up), changes=True)


def test_a_server_that_speaks_no_tls_breaks_the_connection(serve: Serve) -> None:
    def answer_plainly(_context: ssl.SSLContext, plain: socket.socket) -> None:
        plain.recv(4096)
        plain.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(ConnectionBroken):
        _send(serve(answer_plainly), changes=True)
