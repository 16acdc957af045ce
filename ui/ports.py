"""Where servers listen and are reached; what is in the way is said in one line, before a start."""

import socket

from ingest.errors import SettingsInvalid

# Who listens on every address of a machine is reached, on that machine, by its own name for itself.
_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def address(host: str, port: int) -> str:
    """Return the address at which this machine reaches what listens at `host:port`."""
    reached = _EVERYWHERE.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def listen(host: str, port: int, instead: str = "pass --port") -> socket.socket:
    """Return a socket that listens at `host:port`; 0 takes any free port.

    Args:
        host: an address of this machine.
        port: where to listen there.
        instead: how another port is named, for a person.

    Raises:
        SettingsInvalid: the port is in use, not allowed or none, or the host is not ours.
    """
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(2048)
    except (OSError, OverflowError, ValueError) as error:
        taken.close()
        # A port or a host that cannot be one is no error of the system's, and has no `strerror`.
        reason = getattr(error, "strerror", None) or error
        raise SettingsInvalid(
            f"cannot listen on {host}:{port}: {reason}; stop what uses it, or {instead}"
        ) from error
    return taken


def refuse_port_in_use(host: str, port: int, instead: str = "pass --port") -> None:
    """Raise when nothing could listen at `host:port`.

    Raises:
        SettingsInvalid: as `listen`.
    """
    listen(host, port, instead).close()
