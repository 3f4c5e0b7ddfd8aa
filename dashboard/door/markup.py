"""The door's own pages as HTML: plain forms that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from core.access.roles import Role
from core.words import Text
from dashboard.i18n import mark, translator

STYLE = """
*{box-sizing:border-box}body{margin:0;background:#F4F6F6;color:#1F2933;font:15px/1.6 "PingFang SC",
"Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","Segoe UI",Arial,sans-serif}
main{max-width:26rem;margin:8vh auto 2rem;background:#fff;border:1px solid #DDE3E4;
border-radius:8px;padding:2rem}@media(max-width:480px){main{margin:0;min-height:100vh;border:0}}
h1{font-size:1.35rem;margin:0}p{margin:.4rem 0 1rem}.by{color:#5B666D}label{display:block;
margin:.9rem 0 .25rem;font-weight:500}input{width:100%;padding:.6rem .7rem;font:inherit;
border:1px solid #9AA5AB;border-radius:6px}input:focus,button:focus,a:focus{outline:3px solid
#9CCFCF;outline-offset:1px}button{font:inherit;cursor:pointer;border-radius:6px;padding:.6rem 1rem}
.to{display:block;text-align:center;text-decoration:none;border-radius:6px;padding:.6rem 1rem}
.go{width:100%;margin-top:1.2rem;background:#0F6E6E;color:#fff;border:1px solid #0F6E6E}
.no{background:#FDECEA;border-left:4px solid #B3261E;padding:.5rem .8rem}.yes{background:#F1F7F7;
border-left:4px solid #0F6E6E;padding:.5rem .8rem}.tag{border:1px solid #E8710A;color:#9A4A05;
background:#FDF4EA;border-radius:4px;padding:0 .5rem;font-size:.82rem;white-space:nowrap}
h2{font-size:1rem;margin:1.8rem 0 .3rem;border-top:1px solid #DDE3E4;padding-top:1.2rem}
.roles{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}.roles button{background:#fff;
border:1px solid #9AA5AB;width:100%;color:#1F2933;text-align:left;padding:.45rem .7rem}
.roles button:hover{border-color:#0F6E6E;color:#0F6E6E}footer{max-width:26rem;margin:0 auto 2rem;
color:#5B666D;font-size:.85rem;text-align:center}a{color:#0F6E6E}code{background:#F4F6F6}
"""


def page(title: str, body: str, language: str, here: str = "") -> str:
    """A whole page around `body`; `here` is its address, for the other language."""
    say = translator(language)
    other, label = ("en", "English") if language == "zh" else ("zh", "中文")
    join = "&" if "?" in here else "?"
    switch = f'<a href="{escape(here)}{join}lang={other}" lang="{other}">{label}</a>'
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)} · Doudi 兜底</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main><footer>{switch} · "
        f"{escape(say('Whatever you look at or do here is recorded.'))}</footer></body></html>"
    )


def sign_in(
    county: str,
    synthetic: bool,
    roles: Sequence[Role],
    field: str,
    then: str,
    language: str,
    *,
    told: str = "",
    account: str = "",
    empty: bool = False,
    provider: bool = False,
) -> str:
    """The sign-in page. `told`: why nobody was signed in; `empty`: there is no account yet;
    `provider`: the county's own accounts can be used.
    """
    say = translator(language)
    tag = f' <span class="tag">{escape(say("Synthetic"))}</span>' if synthetic else ""
    parts = [
        "<h1>Doudi 兜底</h1>",
        f'<p class="by">{escape(county or say("low-income early warning"))}{tag}</p>',
    ]
    if told:
        parts.append(f'<p class="no" role="alert">{escape(told)}</p>')
    if empty and not roles:
        parts.append(f'<p class="yes">{escape(say(_FIRST))} <code>doudi accounts first</code></p>')
    if provider:
        parts.append(_to_provider(then, language))
    if not empty:
        parts.append(_password_form(field, then, account, language))
    if roles:
        parts.append(_demo(roles, field, then, language))
    title = say("Sign in")
    return page(title, "".join(parts), language, f"/door/sign-in?next={quote(then, safe='')}")


def _to_provider(then: str, language: str) -> str:
    there = f"/door/oidc/start?next={quote(then, safe='')}"
    return (
        f'<p><a class="go to" href="{escape(there)}">{escape(COUNTY.pick(language))}</a></p>'
        f'<p class="by">{escape(OR_LOCAL.pick(language))}</p>'
    )


COUNTY = Text("使用全县统一账号登录", "Sign in with the county's account")
OR_LOCAL = Text("或使用本系统账号：", "Or with an account of this system:")
NUMBER = Text("编号", "Number")
LEAVING = Text(
    "您已退出本系统，正在退出统一账号……",
    "You are signed out here. Signing out of the county's account too…",
)
GO_ON = Text("没有自动跳转？点此继续", "Nothing happens? Go on here")
_FIRST = mark("There is no account yet. On the server, make the first administrator with")


def _password_form(field: str, then: str, account: str, language: str) -> str:
    say = translator(language)
    focus = ("", " autofocus") if account else (" autofocus", "")
    return (
        '<form method="post" action="/door/sign-in">'
        f"{_hidden(field, then)}"
        f'<label for="account">{escape(say("Account"))}</label>'
        f'<input id="account" name="account" autocomplete="username" required maxlength="40" '
        f'value="{escape(account)}"{focus[0]}>'
        f'<label for="password">{escape(say("Password"))}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" '
        f'required maxlength="128"{focus[1]}>'
        f'<button class="go">{escape(say("Sign in"))}</button></form>'
        f'<p class="by">{escape(say("Forgotten it? The administrator gives you a new one."))}</p>'
    )


def _demo(roles: Sequence[Role], field: str, then: str, language: str) -> str:
    say = translator(language)
    told = say("This county is invented. Look at it as any of these people, without a password:")
    buttons = "".join(
        f'<form method="post" action="/door/demo">{_hidden(field, then)}'
        f'<button name="role" value="{role.value}">{escape(role.pick(language))}</button></form>'
        for role in roles
    )
    return (
        f'<h2>{escape(say("Try it"))}</h2><p>{escape(told)}</p><div class="roles">{buttons}</div>'
    )


def password(field: str, then: str, language: str, *, told: str = "", forced: bool = True) -> str:
    """The page for a new password of one's own."""
    say = translator(language)
    parts = [f"<h1>{escape(say('Choose a new password'))}</h1>"]
    if told:
        parts.append(f'<p class="no" role="alert">{escape(told)}</p>')
    elif forced:
        why = say("The password you were given is for the first time only.")
        parts.append(f'<p class="yes">{escape(why)}</p>')
    fields = (
        ("old", say("Password until now"), "current-password"),
        ("new", say("New password"), "new-password"),
        ("again", say("New password once more"), "new-password"),
    )
    inputs = "".join(
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" '
        f'type="password" autocomplete="{kind}" required maxlength="128">'
        for name, label, kind in fields
    )
    parts.append(
        f'<form method="post" action="/door/password">{_hidden(field, then)}{inputs}'
        f'<button class="go">{escape(say("Change it"))}</button></form>'
    )
    parts.append(_leave(field, language))
    here = f"/door/password?next={quote(then, safe='')}"
    return page(say("Choose a new password"), "".join(parts), language, here)


def _leave(field: str, language: str) -> str:
    say = translator(language)
    return (
        f'<form method="post" action="/door/sign-out">{_hidden(field, "/")}'
        f"<p><button>{escape(say('Sign out'))}</button></p></form>"
    )


def leave(field: str, language: str) -> str:
    """The page that asks whether to sign out here or on every device."""
    say = translator(language)
    body = (
        f"<h1>{escape(say('Sign out'))}</h1>"
        f'<form method="post" action="/door/sign-out">{_hidden(field, "/")}'
        f'<button class="go">{escape(say("Sign out here"))}</button></form>'
        f'<form method="post" action="/door/sign-out">{_hidden(field, "/")}'
        f'<input type="hidden" name="everywhere" value="1"><p><button>'
        f"{escape(say('Sign out on every device'))}</button></p></form>"
        f'<p><a href="/door/password">{escape(say("Choose a new password"))}</a> · '
        f'<a href="/">{escape(say("Back to the pages"))}</a></p>'
    )
    return page(say("Sign out"), body, language, "/door/sign-out")


def turned_away(told: str, number: str, language: str) -> str:
    """Why the provider's account did not come in; `number` is what the administrator needs."""
    say = translator(language)
    known = f"<p>{escape(NUMBER.pick(language))}: <code>{escape(number)}</code></p>"
    body = (
        f"<h1>{escape(say('Not possible'))}</h1><p class='no' role='alert'>{escape(told)}</p>"
        f"{known if number else ''}"
        f'<p><a href="/door/sign-in">{escape(say("Sign in"))}</a></p>'
    )
    return page(say("Not possible"), body, language, "/door/sign-in")


def leave_provider(there: str, language: str) -> str:
    """Signed out here; the browser goes on to the provider's own sign-out by itself."""
    say, link = translator(language), escape(there)
    body = (
        f'<meta http-equiv="refresh" content="0;url={link}"><h1>{escape(say("Sign out"))}</h1>'
        f'<p class="yes">{escape(LEAVING.pick(language))}</p>'
        f'<p><a href="{link}">{escape(GO_ON.pick(language))}</a></p>'
    )
    return page(say("Sign out"), body, language, "/door/sign-in")


def refused(told: str, language: str) -> str:
    """A page that says why something was refused, with a way back."""
    say = translator(language)
    body = (
        f"<h1>{escape(say('Not possible'))}</h1><p class='no' role='alert'>{escape(told)}</p>"
        f'<p><a href="/">{escape(say("Back to the pages"))}</a></p>'
    )
    return page(say("Not possible"), body, language, "/door/sign-in")


def _hidden(field: str, then: str) -> str:
    return (
        f'<input type="hidden" name="form" value="{escape(field)}">'
        f'<input type="hidden" name="next" value="{escape(then)}">'
    )
