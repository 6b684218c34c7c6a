"""Chromium for pytest-playwright: the system's, quiet, unable to reach anything but this machine."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Browser, BrowserContext

NAVIGATEURS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--metrics-recording-only",
    # A page lives half a second: what its script's compilers would save comes too late, a quarter of axe's time.
    "--js-flags=--no-turbofan --no-maglev",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# The design system's script asks for every frame, for as long as a page is open: on six open pages, a processor. Five a second are enough.
IMAGES = "window.requestAnimationFrame = f => setTimeout(() => f(performance.now()), 200); window.cancelAnimationFrame = clearTimeout;"


def ouvrir(navigateur: Browser, **details: object) -> BrowserContext:
    """A browser of one's own, French, in Paris. `details`: of Playwright's `new_context`."""
    contexte = navigateur.new_context(
        **{"locale": "fr-FR", "timezone_id": "Europe/Paris", "accept_downloads": True} | details
    )
    contexte.add_init_script(IMAGES)
    return contexte


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    executable = next(filter(None, map(shutil.which, NAVIGATEURS)), None)
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    choix = {"executable_path": executable} if executable else {}
    return browser_type_launch_args | choix | {"args": [*browser_type_launch_args.get("args", []), *arguments]}
