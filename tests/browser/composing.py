"""An input method at work: syllables that are put together before they are text."""

from playwright.sync_api import Page

# What a key is called while the input method takes it for itself.
TAKEN_KEY_CODE = 229
CONTROL = 2


class Composer:
    """Types into the focused field of a page as a Korean keyboard does.

    The events are the browser's own: `isComposing` is true until `commit`.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._devtools = page.context.new_cdp_session(page)

    def compose(self, *states: str) -> None:
        """Puts a syllable together: `compose("ㅎ", "하", "한")`."""
        for text in states:
            end = {"selectionStart": len(text), "selectionEnd": len(text)}
            self._devtools.send("Input.imeSetComposition", {"text": text, **end})

    def commit(self, text: str) -> None:
        """Makes what was put together text of the field."""
        self._devtools.send("Input.insertText", {"text": text})

    def press_enter(self, *, control: bool = False) -> None:
        """Enter as a page hears of it while a syllable is put together."""
        self._press(TAKEN_KEY_CODE, control=control)

    def press_plain_enter(self, *, control: bool = False) -> None:
        """The same from a browser that gives the key its own code."""
        self._press(ord("\r"), control=control)

    def _press(self, code: int, *, control: bool) -> None:
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code}
        modifiers = {"modifiers": CONTROL if control else 0}
        # Without a character: that one the input method has taken.
        for kind in ("rawKeyDown", "keyUp"):
            event = {"type": kind, **key, **modifiers}
            self._devtools.send("Input.dispatchKeyEvent", event)
