"""A real worker process with the fake systems: `python -m tests.app.worker_process <slot>`."""

import sys

from brygga.app.worker.process import run_worker
from tests.app import fakes

if __name__ == "__main__":
    fakes.install()
    run_worker(int(sys.argv[1]))
