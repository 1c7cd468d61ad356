"""A real Chromium that looks at pages: what they show, what it says of them, and what axe-core finds in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.hosts import PROGRAMS

NAMES = ("chromium", "google-chrome", "chromium-browser")
AXE = PROGRAMS / "axe-core" / "axe.min.js"
SOON = 20_000
"""Milliseconds within which a page shows what is expected of it, on a busy machine too."""
PHONE, DESK = (390, 844), (1280, 900)


def _needed(found: str | None, reason: str) -> str:
    """Return what was found, or skip the test with the reason; where programs are required, fail instead."""
    if found:
        return found
    if os.environ.get("BATCHPACK_REQUIRE_HOSTS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser that is installed on this machine."""
    program = _needed(next(filter(None, map(shutil.which, NAMES)), None), "no chromium is on this machine")
    expect.set_options(timeout=SOON)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program)
        try:
            yield browser
        finally:
            browser.close()


class Look:
    """A page that was opened, with all that the browser said about it."""

    def __init__(self, page: Page) -> None:
        self.page, self.said = page, list[str]()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def overflows(self) -> bool:
        """Tell whether the page as a whole is wider than the window."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return wide

    def faults(self) -> list[str]:
        """Return what axe-core has against the page."""
        script = _needed(
            str(AXE) if AXE.is_file() else None, "axe-core is missing: npm install --prefix tests/hosts/programs"
        )
        self.page.add_script_tag(path=script)
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(found => found.violations)")
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@contextmanager
def opened(
    browser: Browser, address: str, size: tuple[int, int] = DESK, *, dark: bool = False, checked: bool = False
) -> Iterator[Look]:
    """Open a page in a window of its own; to be `checked` by axe-core, its own policy is set aside."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", bypass_csp=checked
    )  # fmt: skip
    try:
        look = Look(context.new_page())
        look.page.goto(address)
        yield look
    finally:
        context.close()
