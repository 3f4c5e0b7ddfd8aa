"""The web application: `streamlit run dashboard/app.py` (home folder from DOUDI_HOME).

`main.py` is what every reader's session runs, once the guard has let them in.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from api.app import app as interface
from core import logs
from core.atomic import close_to_others
from core.settings import Settings
from dashboard.door import files, proxies, routes
from dashboard.door.guard import Guard
from dashboard.door.headers import Headers
from dashboard.packing import PackedAssets
from dashboard.phone import routes as phone
from dashboard.upload import routes as upload

close_to_others()
logs.keep_discreet()
proxies.believe_only(Settings().trusted_proxies)
app = st.App(
    Path(__file__).with_name("main.py"),
    routes=[
        *routes.ROUTES,
        *files.ROUTES,
        *phone.ROUTES,
        *upload.ROUTES,
        Mount("/api", interface),
    ],
    middleware=[Middleware(Headers), Middleware(Guard), Middleware(PackedAssets)],
)
