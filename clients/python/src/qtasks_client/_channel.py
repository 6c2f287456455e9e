"""The connection to a server: where it is, how it is protected, and when it is tried again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, List, Optional, Sequence, Tuple, Union

import grpc

from ._service_config import service_config
from ._tls import Tls
from ._version import __version__
from .errors import field_error

#: Where a server listens unless told otherwise.
DEFAULT_ADDRESS = "127.0.0.1:50051"

#: Token, in the order in which gRPC wants metadata.
Metadata = Tuple[Tuple[str, str], ...]

_OPTIONS: List[Tuple[str, Any]] = [
    ("grpc.primary_user_agent", f"qtasks-python/{__version__}"),
    # Above the grace that servers give to draining connections: a ping then would kill their calls.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # The server caps its answers by a limit of its own, which may be set above gRPC's 4 MiB.
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.max_send_message_length", 64 * 1024 * 1024),
    ("grpc.service_config_disable_resolution", 1),
    # Without it a closed channel may leave its connection to others, broken as it is.
    ("grpc.use_local_subchannel_pool", 1),
]


@dataclass(frozen=True)
class Target:
    """A checked address, with how to reach it."""

    address: str = DEFAULT_ADDRESS
    #: Sent as `authorization: Bearer …` with every call.
    token: Optional[str] = None
    #: True trusts the system's authorities; None: no TLS.
    tls: Union[bool, Tls, None] = None
    #: Allows a token to be sent beyond this machine without TLS.
    insecure: bool = False

    def __post_init__(self) -> None:
        loopback = is_loopback(host_of(self.address))
        if self.token is not None and not self.tls and not loopback and not self.insecure:
            problem = f"can't be sent to {self.address} without TLS unless insecure is set"
            raise field_error("token", problem)

    @property
    def metadata(self) -> Metadata:
        """What every call carries."""
        return () if self.token is None else (("authorization", f"Bearer {self.token}"),)

    def options(self, config: Optional[str] = None) -> List[Tuple[str, Any]]:
        """The channel's options, with a service config; by default that of the QTasks services."""
        options = [*_OPTIONS, ("grpc.service_config", config or service_config())]
        if is_loopback(host_of(self.address)):
            options.append(("grpc.enable_http_proxy", 0))
        if isinstance(self.tls, Tls) and self.tls.server_name:
            options.append(("grpc.ssl_target_name_override", self.tls.server_name))
        return options

    def open(self, config: Optional[str] = None) -> grpc.Channel:
        """A new channel; it connects at the first call."""
        if self.tls:
            return grpc.secure_channel(self.address, self._credentials(), self.options(config))
        return grpc.insecure_channel(self.address, self.options(config))

    def open_aio(
        self, config: Optional[str] = None, interceptors: Optional[Sequence[Any]] = None
    ) -> grpc.aio.Channel:
        """As `open`, for the running event loop."""
        options = self.options(config)
        if self.tls:
            credentials = self._credentials()
            return grpc.aio.secure_channel(self.address, credentials, options, interceptors=interceptors)
        return grpc.aio.insecure_channel(self.address, options, interceptors=interceptors)

    def _credentials(self) -> grpc.ChannelCredentials:
        tls = self.tls if isinstance(self.tls, Tls) else Tls()
        return grpc.ssl_channel_credentials(tls.ca, tls.key, tls.cert)


def host_of(address: str) -> str:
    """The host of `HOST:PORT`; FIELD_VIOLATION for an address that is none."""
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^\s:/\[\]]+)):(\d{1,5})", address)
    if match is None or not 1 <= int(match[3]) <= 65_535:
        raise field_error("address", f'expected HOST:PORT, such as 127.0.0.1:50051, not "{address}"')
    return match[1] or match[2]


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
