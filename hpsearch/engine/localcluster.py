"""Dask workers on this machine, for one run, in a process of their own beside the engine's.

It gets what it needs as a line of JSON on stdin, says where its scheduler listens as a line on
stdout, and ends when stdin does. Everything listens on loopback and speaks TLS with a certificate
made for the run: without it, anybody with an account here could have our workers run their code.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading

CLOSING_SECONDS = 0.8


def main() -> None:
    """Start a scheduler and its workers; stay until stdin ends."""
    order = json.loads(sys.stdin.buffer.raw.readline())  # type: ignore[union-attr]  # a file
    started = threading.Event()
    # The engine may be gone before this has started, which takes seconds.
    ended = threading.Thread(target=_end_with_stdin, args=(started,))
    ended.start()
    from dask import config
    from distributed import LocalCluster
    from distributed.security import Security

    quiet = {
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.memory.terminate": False,
        "distributed.worker.memory.pause": False,
    }
    with config.set(quiet):
        cluster = LocalCluster(
            n_workers=order["workers"],
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,  # type: ignore[arg-type]  # by default it listens on every interface
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            security=Security(require_encryption=True, **order["tls"]),
            memory_limit=0,
            local_directory=order["scratch"],
        )
        os.write(1, json.dumps({"address": cluster.scheduler_address}).encode() + b"\n")
        started.set()
        ended.join()
        cluster.close()
    _end()


def _end_with_stdin(started: threading.Event) -> None:
    """Wait for the end of stdin; a cluster that has started is then closed, for a moment."""
    while os.read(0, 4096):
        pass
    if not started.is_set():
        _end()
    # The engine is gone or has told everybody: what does not end by itself is not waited for.
    last = threading.Timer(CLOSING_SECONDS, _end)
    last.daemon = True
    last.start()


def _end() -> None:
    """Workers first: those that are still importing would only see later that we are gone.

    What keeps count of semaphores is no child of multiprocessing: it goes last, and removes them.
    """
    for worker in multiprocessing.active_children():
        worker.kill()
    os._exit(0)


if __name__ == "__main__":
    main()
