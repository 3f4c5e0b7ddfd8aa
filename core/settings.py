"""Settings from the environment (prefix DOUDI_), read once in an entry point and passed down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What may differ between installations; unknown DOUDI_ keys in a .env file are refused."""

    model_config = SettingsConfigDict(env_prefix="DOUDI_", frozen=True, extra="forbid")

    home: Annotated[Path, Field(description="folder of lake, database and mlruns")] = Path()
    threads: Annotated[int, Field(ge=1, description="processor threads to use")] = 2
    language: Annotated[Literal["zh", "en"], Field(description="first language of pages")] = "zh"
    port: Annotated[int, Field(ge=1, le=65535, description="port of the dashboard")] = 8501
    trusted_proxies: Annotated[
        str,
        Field(description="addresses or networks whose X-Forwarded-* headers are believed"),
    ] = ""
    api_calls_per_minute: Annotated[
        int, Field(ge=1, le=60_000, description="calls that one token may make in a minute")
    ] = 120
    api_upload_megabytes: Annotated[
        int, Field(ge=1, le=4096, description="largest file that a system may deliver")
    ] = 200
