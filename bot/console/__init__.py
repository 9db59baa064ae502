"""The staff console, mounted at /staff: pages rendered on the server, one table of who may open which.

How an area is added, in the order of the steps:

1. A module `bot/console/<area>.py` (or a package) with `router = APIRouter()`; an endpoint is a plain `def`:

       @router.post("/things/{thing}")
       def change(visit: Visited, session: Transaction, thing: str, title: Annotated[str, Form()] = "") -> Response:
           if not title.strip():
               return visit.page("things/edit.html", 422, thing=thing, title=title, problem=Problem.MISSING)
           things.rename(session, thing, title, visit.now)
           audit.record(session, visit.member, AuditAction.THING_CHANGED, f"thing:{thing}", {}, visit.now)
           return visit.to("/staff/things", Message.THING_CHANGED, title=title)

   `visit.member` is the person (id, login, name, department, roles, `has(Role.X)`), `visit.now` the time,
   `visit.console` the installation; a row's number in a path is an `Id`. `Transaction` is one database session,
   committed before the answer leaves. Data of another department raises `errors.NotAllowedError`; what is not there
   `errors.NoSuchPageError`; a lost race `errors.OutdatedError`. Any `PocketError` becomes a page with its docstring.
2. The router into `app.ROUTERS`, and a row for each route into `access.ACCESS`; without one the product refuses to
   start. A route that takes files also stands in `access.UPLOADS` with its most bytes.
3. Templates in `templates/<area>/`, which begin with `{% extends "base.html" %}`,
   `{% import "form.html" as f with context %}` and `{% set area = "/things" %}`. Forms are made with the macros of
   `form.html` (`{% call f.form("/staff/things/x") %}{{ f.field("title", "題名", title, required=true, problem=…) }}
   {{ f.submit("保存") }}{% endcall %}`), which bring the token that every change needs. A script that posts sends the
   value of the hidden field `csrf` as the header `x-csrf-token`. Scripts are files in `static/`, linked in
   `{% block head %}` with `defer`; neither script nor style may stand in the page.
4. The link of the area into the navigation of `base.html`: `{{ entry("/things", "もの") }}`; who may not open the page
   does not see it. Messages of a change: a value in `messages.Message`, its sentence in `templates/messages.html`.
5. Tests: `staff(Role.EDITOR, department="…")` is a signed-in client over a fresh copy of a real installation
   (`.get`, `.post(path, {…})`, `.page(path)`); `open_page(Role.EDITOR)` a signed-in browser page. A line in
   `tests/bot/console/pages.py` for every page and state lets axe, 400 % zoom and the keyboard be checked.
   `tests/bot/console/test_access.py` calls every route with every role; a route with parameters needs a line in its
   `SAMPLES`.
"""
