"""The databases that these tests run on."""

from tests.databases import *  # noqa: F403 - its fixtures
