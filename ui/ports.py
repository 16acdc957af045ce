"""A port in use is said in one line before anything starts, by every server alike."""

import socket

from ingest.errors import SettingsInvalid


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host:port`; 0 takes any free port.

    Raises:
        SettingsInvalid: the port is in use or not allowed, or the host is not this machine's.
    """
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(2048)
    except OSError as error:
        taken.close()
        raise SettingsInvalid(
            f"cannot listen on {host}:{port}: {error.strerror}; stop what uses it, or pass --port"
        ) from error
    return taken


def refuse_port_in_use(host: str, port: int) -> None:
    """Raise when nothing could listen at `host:port`.

    Raises:
        SettingsInvalid: as `listen`.
    """
    listen(host, port).close()
