"""The Streamlit apps, each in a process of its own: the ask page and the maintainers' page."""

import os
import sys
from pathlib import Path

from ui.client import URL_VARIABLE
from ui.ports import refuse_port_in_use

FLAGS = {
    "server.headless": "true",
    "server.enableXsrfProtection": "false",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": "#0b4f83",
    "theme.backgroundColor": "#fbfaf7",
    "theme.textColor": "#1b2430",
    "logger.level": "warning",
}


def run(app: str, host: str, port: int, settings: Path | None, api: str) -> None:
    """Become the server of one app; what ends this process ends the page.

    Args:
        app: name of its module in this folder.
        host: where to listen.
        port: where to listen.
        settings: the file of settings that the app reads too.
        api: where it looks for the API when `PASSERELLE_API` names no other place.

    Raises:
        SettingsInvalid: nothing can listen there.
    """
    refuse_port_in_use(host, port)
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name(app))]
    for name, value in {**FLAGS, "server.address": host, "server.port": str(port)}.items():
        command += [f"--{name}", value]
    if settings:
        os.environ["PASSERELLE_SETTINGS"] = str(settings.resolve())
    if not os.environ.get(URL_VARIABLE):
        os.environ[URL_VARIABLE] = api
    os.execv(command[0], command)  # noqa: S606
