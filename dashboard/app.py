"""The web application: `streamlit run dashboard/app.py` (home folder from DOUDI_HOME).

`main.py` is what every reader's session runs.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.packing import PackedAssets

app = st.App(Path(__file__).with_name("main.py"), middleware=[Middleware(PackedAssets)])
