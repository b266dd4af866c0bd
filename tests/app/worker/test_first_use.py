"""Classes that several threads of a worker read from plain data are laid out before there are threads.

msgspec lays out a class at its first use; two threads that do so at once crash the process, without
a word in the log. Each test is a process of its own, where nothing has been used before.
"""

import os
import subprocess
import sys

PREPARE = """
from brygga.app.worker.process import prepare
prepare()
from brygga.app.worker import jobs
"""
LAID_OUT = """
from brygga.connectors.contract.connector import Identity
from brygga.domain.supply import ArticleInfo
missing = [one.__name__ for one in (Identity, ArticleInfo) if not hasattr(one, "__msgspec_cache__")]
assert not missing, missing
"""
FIRST_ANSWERS = """
import sys, threading
from brygga.connectors.woocommerce import decoding, wire
sys.setswitchinterval(1e-6)
kinds = [wire.OrderHead, wire.Customer, wire.Refund, wire.ProductHead]
together = threading.Barrier(8)
def read(turn):
    together.wait()
    for kind in kinds[turn % 4:] + kinds[:turn % 4]:
        decoding._decoder(kind).decode(b'{"id": 7, "billing": {}, "meta_data": [{"id": 1}], "line_items": []}')
threads = [threading.Thread(target=read, args=(turn,)) for turn in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def run(program: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, (ended.returncode, ended.stderr[-2000:])


def test_classes_of_the_database_are_laid_out_when_the_jobs_are_there() -> None:
    run(PREPARE + LAID_OUT)


def test_first_answers_of_a_shop_may_come_to_many_threads_at_once() -> None:
    for _ in range(5):
        run(FIRST_ANSWERS)
