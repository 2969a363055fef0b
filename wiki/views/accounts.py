"""Signing in and out, signing up, and a new password."""

import unicodedata
from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse_lazy
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from wiki.models import RateLimit
from wiki.views.preferences import bring_language
from wiki.views.returning import return_to, take_kept

FIELD_IDS = "w-%s"
# Enough for a classroom behind one address, too few for a flood of accounts.
SIGN_UPS_PER_HOUR = 20
HOUR_SECONDS = 3600
LOOK_ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105  a path


class SignInForm(AuthenticationForm):
    """Refuses names no account can have before they reach a log."""

    # Django's own sentence has a particle right after a value in Korean.
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": gettext_lazy(
            "The name or the password is not right. Upper and lower case count."
        )
    }

    def clean_username(self) -> str:
        name = self.cleaned_data["username"]
        # Django tells the browser the length and does not judge it itself.
        is_too_long = len(name) > self.fields["username"].max_length
        if is_too_long or any(unicodedata.category(char)[0] == "C" for char in name):
            raise self.get_invalid_login_error()
        return name


class SignUpForm(UserCreationForm):
    """A name and a password, twice."""

    def clean_username(self) -> str | None:
        name = super().clean_username()  # None when taken
        if name and _mixes_scripts(name):
            raise ValidationError(
                _(
                    "This name mixes letters of several alphabets that look alike. "
                    "Use one alphabet."
                )
            )
        return name


class SignIn(LoginView):
    """Signing in, with a form that could not be saved in hand if one came along."""

    template_name = "wiki/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    # Again what the one before has: its marks are looked for on this one.
    @method_decorator(
        [login_not_required, sensitive_post_parameters(), csrf_protect, never_cache]
    )
    def dispatch(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        self.kept = take_kept(request) if request.method == "POST" else None
        # For the page that says to wait, which is made elsewhere.
        request.kept = self.kept
        if self.kept and request.user.is_authenticated:
            return return_to(request, self.kept)
        return super().dispatch(request, *args, **kwargs)

    def post(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        if self.kept and "username" not in request.POST:
            # From the page that says that nothing was saved.
            return self.render_to_response(
                self.get_context_data(form=self.get_form_class()(**self._fresh()))
            )
        return super().post(request, *args, **kwargs)

    def _fresh(self) -> dict[str, Any]:
        return {"request": self.request, "auto_id": FIELD_IDS}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(kept=self.kept, **context)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"auto_id": FIELD_IDS}

    def form_valid(self, form: Form) -> HttpResponse:
        answer = super().form_valid(form)
        if self.kept:
            answer = return_to(self.request, self.kept)
        bring_language(self.request, answer)
        return answer


class SignOut(LogoutView):
    next_page = "home"


class ChangePassword(PasswordChangeView):
    template_name = "wiki/password.html"
    success_url = reverse_lazy("home")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"auto_id": FIELD_IDS}

    def form_valid(self, form: Form) -> HttpResponse:
        answer = super().form_valid(form)
        text = _("Your password was changed. Other devices were signed out.")
        messages.success(self.request, text)
        return answer


@login_not_required
@sensitive_post_parameters()
@csrf_protect
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form for a new account, where the wiki lets everyone make one."""
    if settings.WIKI_SIGNUP != "open":
        raise Http404
    if request.user.is_authenticated:
        return HttpResponseRedirect(_way_on(request))
    if request.method == "POST":
        seconds = _wait_before_signing_up(request)
        if seconds:
            return _too_often(request, seconds)
    form = SignUpForm(request.POST or None, auto_id=FIELD_IDS)
    if form.is_valid():
        login(request, form.save(), backend=PASSWORD_BACKEND)
        messages.success(request, _("Welcome! You are signed in and may write."))
        return HttpResponseRedirect(_way_on(request))
    context = {"form": form, "next": _next_of(request)}
    return render(request, "wiki/signup.html", context)


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """What a sign-in gets after too many failures, whoever was named."""
    cool_off = get_cool_off(request) or timedelta(minutes=5)
    return _too_often(request, int(cool_off.total_seconds()), is_sign_in=True)


def _too_often(
    request: HttpRequest, seconds: int, *, is_sign_in: bool = False
) -> HttpResponse:
    context = {
        "minutes": max(1, round(seconds / 60)),
        "is_sign_in": is_sign_in,
        "kept": getattr(request, "kept", None),
    }
    answer = render(request, "wiki/locked.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wait_before_signing_up(request: HttpRequest) -> int:
    address = request.META.get("REMOTE_ADDR", "")
    # Neither the address nor what could be turned back into it is stored.
    key = salted_hmac("wiki.signup", address).hexdigest()
    return RateLimit.objects.hit(
        f"signup:{key}", limit=SIGN_UPS_PER_HOUR, seconds=HOUR_SECONDS
    )


def _next_of(request: HttpRequest) -> str:
    """The page to go on to, when it is one of ours."""
    address = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        address,
        allowed_hosts={request.get_host()},
        require_https=request.is_secure(),
    )
    return address if is_ours else ""


def _way_on(request: HttpRequest) -> str:
    return _next_of(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def _mixes_scripts(name: str) -> bool:
    scripts = {
        unicodedata.name(char, "").partition(" ")[0] for char in name if char.isalpha()
    }
    return len(scripts.intersection(LOOK_ALIKE_SCRIPTS)) > 1
