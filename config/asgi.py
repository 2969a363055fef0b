"""The wiki for an ASGI server: `uvicorn config.asgi:application`."""

import os
import warnings

from django.core.asgi import get_asgi_application

from config.bodies import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Static files are handed over whole, which is what one wants of small files.
warnings.filterwarnings(
    "ignore", "StreamingHttpResponse must consume synchronous iterators"
)

application = limited(get_asgi_application())
