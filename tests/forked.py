"""What a forked child of a test does, and how it ends: it never gets back into its parent's loop."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn


def end_with(work: Callable[[], int]) -> NoReturn:
    """Do the work without an input, and end the process with the code it gives; 70 after an error, which is told."""
    code = 70
    try:
        sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123
        code = work()
    except BaseException:  # noqa: BLE001 - the parent's loop must not run in the child
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
