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
