"""The icons: decoration only, and only the known ones."""

import pytest

from wiki.templatetags.wiki_icons import ICON_NAMES, icon


@pytest.mark.parametrize("name", sorted(ICON_NAMES))
def test_icons_are_hidden_from_those_who_listen(name):
    html = icon(name)

    assert html.startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"')
    assert html.count("<path") == 1


def test_an_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        icon("no such icon")
