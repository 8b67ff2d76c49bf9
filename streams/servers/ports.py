"""Free ports: the wanted one, or the next that is free."""

import socket

from indicators.errors import ChisoError

TRIES = 200


def is_free(host: str, port: int) -> bool:
    """Whether a server may listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, wanted: int, avoid: frozenset[int] = frozenset()) -> int:
    """`wanted`, or the next free port above it that is not in `avoid`. Raises ChisoError where 200 in a row are taken."""
    for port in range(wanted, min(wanted + TRIES, 65_536)):
        if port not in avoid and is_free(host, port):
            return port
    raise ChisoError(
        f"no free port from {wanted} on at {host}; end what listens there, or choose another with CHISO_HTTP_PORT, CHISO_METRICS_PORT"
    )
