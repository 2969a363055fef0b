"""Windows of a browser that remember everything that went wrong in them."""

from dataclasses import dataclass, field
from itertools import product
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
)

from tests import people

# What the browser says of every answer of 400 and more, forms' included.
REFUSED_ANSWER = "Failed to load resource: the server responded with a status of 4"
# Named, because by default axe leaves out the rules of WCAG 2.2.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTROLS = {
    *("button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio"),
    *("listbox", "option", "DisclosureTriangle"),
}
# Django's own, made by its scripts: an icon that bears the name of its field.
NOT_OURS = [".selector .search-label-icon"]
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00"
    b"\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@dataclass(frozen=True)
class Look:
    """How a page is looked at: size of the window, theme, language."""

    width: int = 1280
    height: int = 900
    theme: str = "light"
    language: str = "ko"

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


WIDE, NARROW = (1280, 900), (390, 844)
EVERY_LOOK = [
    Look(*size, theme, language)
    for size, theme, language in product(
        (WIDE, NARROW), ("light", "dark"), ("ko", "en")
    )
]
# Each width with each theme, in turns in both languages.
LOOKS = [
    Look(*WIDE, "light", "ko"),
    Look(*WIDE, "dark", "en"),
    Look(*NARROW, "light", "en"),
    Look(*NARROW, "dark", "ko"),
]


@dataclass
class Windows:
    """Opens windows on the wiki at `address`, each a browser of its own."""

    browser: Browser
    address: str
    problems: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        path: str | None = None,
        *,
        person: AbstractUser | None = None,
        look: Look | None = None,
        **options: object,
    ) -> Page:
        """A new window of this person (a visitor when None), at `path` if given.

        `options` go to Playwright's `new_context`: `java_script_enabled=False`.
        """
        look = look or Look()
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.theme,
            locale={"ko": "ko-KR", "en": "en-US"}[look.language],
            # A colour half way to another is no colour to judge.
            reduced_motion="reduce",
            timezone_id="Asia/Seoul",
            **options,
        )
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        if person is not None:
            context.add_cookies([self._session_of(person)])
        context.route(self._is_elsewhere, self._answer_for_others)
        page = context.new_page()
        self._watch(page)
        if path is not None:
            page.goto(path)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _session_of(self, person: AbstractUser) -> dict[str, str]:
        name = settings.SESSION_COOKIE_NAME
        session = people.client_of(person).cookies[name].value
        return {"name": name, "value": session, "url": self.address}

    def _is_elsewhere(self, url: str) -> bool:
        there, here = urlsplit(url), urlsplit(self.address)
        return there.scheme.startswith("http") and there.netloc != here.netloc

    def _answer_for_others(self, route: Route, request: Request) -> None:
        """No test leaves this machine: pictures of others are one pixel."""
        if request.resource_type == "image":
            route.fulfill(body=PIXEL, content_type="image/gif")
        else:
            self.problems.append(f"asked another host: {request.url}")
            route.abort()

    def _watch(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        # Refused answers are judged where it is known what was asked.
        if message.type == "error" and not message.text.startswith(REFUSED_ANSWER):
            self.problems.append(f"console of {message.page.url}: {message.text}")

    def _on_response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        # A page may be a 404 or a 409; what it loads may not.
        if response.status >= (500 if is_page else 400):
            self.problems.append(f"{response.status} for {response.url}")


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds on the page as it is now, a line for each place."""
    # Before its styles are there, a page that a click led to has no shape.
    page.wait_for_load_state()
    if page.evaluate("window.axe === undefined"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "([place, options]) => axe.run(place, options)",
        [
            {"exclude": [[selector] for selector in NOT_OURS]},
            # Preloading puts styles in the page, which its own policy refuses; only
            # a rule about turned screens wants it.
            {"runOnly": AXE_TAGS, "resultTypes": ["violations"], "preload": False},
        ],
    )
    return [
        f"{violation['id']}: {violation['help']} at {', '.join(node['target'])}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def unnamed_controls(page: Page) -> list[str]:
    """Roles of the controls which have no name in what the browser tells a reader.

    Axe computes names in its own way, which is not the browser's in every case.
    """
    page.wait_for_load_state()
    devtools = page.context.new_cdp_session(page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    devtools.detach()
    shown = [node for node in nodes if not node["ignored"]]
    return [
        node["role"]["value"]
        for node in shown
        if node["role"]["value"] in CONTROLS and not node["name"]["value"].strip()
    ]


def sideways_scroll(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 is right."""
    page.wait_for_load_state()
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
