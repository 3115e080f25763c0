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

    # Commands ring workers too; without it Celery would look for a broker of its own imagination.
    import cxm.celery  # noqa: F401, PLC0415 - importing it is what counts

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
