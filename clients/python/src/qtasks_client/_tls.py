"""Certificates for connections over TLS, and what to do where they don't fit the server's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .errors import field_error

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_KEY = b"PRIVATE KEY-----"


@dataclass(frozen=True)
class Tls:
    """Certificates in PEM, for TLS beyond what the system trusts. What is no PEM is refused with
    FIELD_VIOLATION."""

    #: Authorities to trust instead of the system's.
    ca: Optional[bytes] = None
    #: The client's own certificate, with its key.
    cert: Optional[bytes] = None
    key: Optional[bytes] = None
    #: Name to check the server's certificate against, where it is not the address's host.
    server_name: Optional[str] = None

    def __post_init__(self) -> None:
        # What gRPC makes of these is a log line, or the end of the process.
        _check_pem("tls.ca", self.ca, _CERTIFICATE)
        _check_pem("tls.cert", self.cert, _CERTIFICATE)
        _check_pem("tls.key", self.key, _KEY)
        if (self.cert is None) != (self.key is None):
            missing, given = ("key", "cert") if self.key is None else ("cert", "key")
            raise field_error(f"tls.{missing}", f"must be set together with tls.{given}")


def tls_problem(details: str) -> Optional[str]:
    """What to do about a connection whose TLS can't be agreed on, however often it is tried; None where that is
    not what its status says."""
    return next((advice for sign, advice in _ADVICE if sign in details), None)


_OTHER_HOST = "its certificate is for another host: set tls=Tls(server_name=…) to a name that is in it"
# What gRPC writes; from one version to the next it may write it otherwise.
_ADVICE = (
    (
        "CERTIFICATE_VERIFY_FAILED",
        "its certificate is not trusted: set tls=Tls(ca=…) to the PEM of the authority that signed it",
    ),
    ("Hostname Verification Check failed", _OTHER_HOST),
    ("is not in peer certificate", _OTHER_HOST),
    ("WRONG_VERSION_NUMBER", "it does not speak TLS: leave tls out, or start it with --tls-cert and --tls-key"),
    ("Failed to create security handshaker", "the PEM of tls can't be read: check ca, cert and key"),
)


def _check_pem(field: str, value: Optional[bytes], marker: bytes) -> None:
    if value is None:
        return
    if not isinstance(value, bytes):
        raise field_error(field, f"must be the bytes of a PEM file; got {type(value).__name__}")
    if marker not in value:
        raise field_error(field, f"must be PEM with a {'private key' if marker is _KEY else 'certificate'}")
