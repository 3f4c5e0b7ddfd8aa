"""The county's own fields."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import services
from dashboard.i18n import Say
from services.setup import Answers

NAME = 40


def fields(stands: Answers, say: Say) -> Answers:
    """What the fields say, over what stands."""
    first, second, third = st.columns(3)
    code = first.text_input(
        say("Region code (GB/T 2260, six digits)"), stands.code, key="setup_code", max_chars=12
    )
    name = second.text_input(
        say("Name of the county"), stands.name, key="setup_name", max_chars=NAME
    )
    name_en = third.text_input(
        say("English name (may be empty)"), stands.name_en, key="setup_name_en", max_chars=NAME
    )
    province = first.text_input(
        say("Province"), stands.province, key="setup_province", max_chars=NAME
    )
    city = second.text_input(
        say("City or prefecture"), stands.city, key="setup_city", max_chars=NAME
    )
    return replace(
        stands,
        code=services.setup.codes.plain(code),
        name=name.strip(),
        name_en=name_en.strip(),
        province=province.strip(),
        city=city.strip(),
    )
