"""Django's admin, with the site class of the wiki."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    # Not in `wiki.admin`: that package registers with the site, which therefore
    # has to be there before.
    default_site = "config.admin.WikiAdminSite"
