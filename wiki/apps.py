from django.apps import AppConfig
from django.core.signals import request_finished
from django.utils.translation import gettext_lazy as _


class WikiConfig(AppConfig):
    name = "wiki"
    verbose_name = _("Wiki")

    def ready(self) -> None:
        # The models are there only now.
        from wiki.editing.background import draw_in_background

        request_finished.connect(draw_in_background, dispatch_uid="draw marked pages")
