"""How links, pictures and embeds are printed, by where they lead."""

from collections.abc import Mapping
from urllib.parse import quote

from wiki.slugs import new_entry_path, title_key

from .addresses import EXTERNAL_REL, is_external, may_link_to
from .headings import heading_fragment
from .images import image_html
from .local import LocalAddress, is_picture
from .markup import escape, open_tag
from .rendered import Destination
from .wikilinks import WikiLink

_MISSING = Destination("missing")

Attributes = dict[str, str]


class LinkWriter:
    """Prints what leads somewhere, with the answer of the lookup at hand."""

    def __init__(
        self, destinations: Mapping[str, Destination], *, remote_images: str
    ) -> None:
        self._destinations = destinations
        self._remote_images = remote_images

    def destination(self, target: str) -> Destination:
        """Where a target leads."""
        return self._destinations.get(target, _MISSING)

    def attributes(self, address: str, local: LocalAddress | None) -> Attributes | None:
        """Those of an `<a>` to an address; None when none may be printed.

        A path that leads nowhere is printed as written, unless it can only be a
        note that nobody has written yet.
        """
        destination = self.destination(local.path) if local else _MISSING
        if local and destination.kind != "missing":
            return _leading_to(destination, local.fragment)
        if local and local.is_note and title_key(local.stem):
            return _to_be_written(local.stem)
        if not may_link_to(address):
            return None
        if is_external(address):
            return {"class": "ext", "href": address, "rel": EXTERNAL_REL}
        return {"href": address}

    def picture(
        self, attributes: Attributes, local: LocalAddress | None, *, in_link: bool
    ) -> str:
        """A picture with the writer's attributes, or what stands in its place."""
        if not local:
            return self._image(attributes, in_link=in_link)
        destination = self.destination(local.path)
        name = attributes.get("alt", "").strip() or local.name or local.path
        if destination.kind == "missing":
            return _lost(name)
        if _is_shown(destination):
            shown = attributes | {"src": destination.path}
            return self._image(shown, in_link=in_link)
        if in_link:
            return escape(name)
        opened = open_tag("a", _leading_to(destination, local.fragment))
        return f"{opened}{escape(name)}</a>"

    def wikilink(self, link: WikiLink, *, in_link: bool) -> str:
        """A wiki link, an embed or a block reference."""
        destination = self.destination(link.target)
        is_missing = destination.kind == "missing"
        if link.is_file and is_missing:
            return _lost(link.label)
        if link.is_embed and _is_shown(destination):
            size = {"width": link.size.width, "height": link.size.height}
            shown = {"src": destination.path, "alt": link.label} | size
            return self._image(shown, in_link=in_link)
        label = escape(link.label)
        if in_link or (link.is_block and is_missing):
            return label
        return f"{open_tag('a', self._wikilink_attributes(link))}{label}</a>"

    def _wikilink_attributes(self, link: WikiLink) -> Attributes:
        if not link.target:
            return {"href": heading_fragment(link.heading) or "#"}
        destination = self.destination(link.target)
        if destination.kind == "missing":
            return _to_be_written(link.target)
        return _leading_to(destination, link.heading)

    def _image(self, attributes: Attributes, *, in_link: bool) -> str:
        return image_html(
            attributes, remote_images=self._remote_images, in_link=in_link
        )


def _leading_to(destination: Destination, heading: str) -> Attributes:
    if destination.kind == "entry":
        return {"href": destination.path + heading_fragment(heading)}
    if destination.kind == "file":
        # `#page=3` is for the program that shows the file.
        place = "#" + quote(heading, safe="=&,") if heading else ""
        return {"class": "file", "href": destination.path + place}
    return {"href": destination.path}


def _to_be_written(title: str) -> Attributes:
    return {"class": "missing", "href": new_entry_path(title), "rel": "nofollow"}


def _is_shown(destination: Destination) -> bool:
    return destination.kind == "file" and is_picture(destination.path)


def _lost(name: str) -> str:
    return f'<span class="lost">{escape(name)}</span>'
