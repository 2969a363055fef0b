"""The production settings, with an address that answers a constant page."""

import os

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
if os.environ.get("BENCH_PAGE_CACHE") == "off":
    CACHES["default"] = {  # noqa: F405
        "BACKEND": "django.core.cache.backends.dummy.DummyCache"
    }
# A benchmark is a visitor in a hurry.
WIKI_PAST_PAGES_PER_MINUTE = 0
