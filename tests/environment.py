"""Gives each test process a data folder of its own, before anything reads the settings.

No test can touch a real installation: what the shell says of one is forgotten here.
"""

import atexit
import os
import shutil
import tempfile

KEPT = {"BRYGGA_TEST_POSTGRES", "BRYGGA_SHARED"}

for name in [name for name in os.environ if name.startswith("BRYGGA_") and name not in KEPT]:
    del os.environ[name]
os.environ["BRYGGA_DATA"] = tempfile.mkdtemp(prefix="brygga-tests-")
# The simulators live on this machine.
os.environ["BRYGGA_ALLOW_HOSTS"] = "127.0.0.1"
atexit.register(shutil.rmtree, os.environ["BRYGGA_DATA"], ignore_errors=True)
