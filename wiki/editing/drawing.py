"""What it takes to draw a page: its text, and where the links in it lead. No writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from wiki.names import Page, Resolution
from wiki.rendering import (
    Destination,
    Rendered,
    find_link_targets,
    render,
    render_key,
)


@dataclass(frozen=True)
class RenderJob:
    """A body and where its links lead: all a renderer needs, and it pickles."""

    body: str
    destinations: Mapping[str, Destination]
    remote_images: str = "show"


RenderMany = Callable[[Sequence[RenderJob]], list[Rendered]]


def run_render_job(job: RenderJob) -> Rendered:
    return render(
        job.body, lambda names: job.destinations, remote_images=job.remote_images
    )


def render_here(jobs: Sequence[RenderJob]) -> list[Rendered]:
    """Renders in this process; an import hands the jobs to several."""
    return [run_render_job(job) for job in jobs]


def current_render_key() -> str:
    return render_key(settings.WIKI_REMOTE_IMAGES)


def destinations_of(resolved: Mapping[str, Resolution]) -> dict[str, Destination]:
    return {name: found.destination(name) for name, found in resolved.items()}


def targets_of(pages: Sequence[tuple[Page, str]]) -> list[tuple[Page, set[str]]]:
    """For each page and its body, the targets that drawing it may ask for."""
    return [(page, find_link_targets(body)) for page, body in pages]


def stored_headings(rendered: Rendered) -> list[list[object]]:
    return [[h.level, h.id, h.text] for h in rendered.headings]
