from django.urls import include, path

urlpatterns = [path("", include("wiki.urls"))]

handler400 = "wiki.views.refusals.bad_request"
handler500 = "wiki.views.failures.server_error"
