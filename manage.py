#!/usr/bin/env python
"""The command line of Wayfare."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command, with servers of its own where none are given."""
    from cxm.embedded.environment import prepare_environment  # noqa: PLC0415 - before Django loads

    prepare_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxm.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the above

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
