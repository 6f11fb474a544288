"""The settings of an installation, and the job that the tests of killed workers need."""

from gilde.config.settings import *  # noqa: F403
from gilde.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.core.killable"]
