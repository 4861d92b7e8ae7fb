"""Dask workers on this machine, for one run, in a process of their own beside the engine's.

It gets what it needs as a line of JSON on stdin, says where its scheduler listens as a line on
stdout, and ends when stdin does. Everything listens on loopback and speaks TLS with a certificate
made for the run: without it, anybody with an account here could have our workers run their code.
"""

from __future__ import annotations

import json
import os
import sys
import threading

CLOSING_SECONDS = 0.8


def main() -> None:
    """Start a scheduler and its workers; stay until stdin ends."""
    order = json.loads(sys.stdin.buffer.raw.readline())  # type: ignore[union-attr]
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
        while os.read(0, 4096):
            pass
        # The engine is gone or has told everybody: what does not end by itself is not waited for.
        last = threading.Timer(CLOSING_SECONDS, os._exit, (0,))
        last.daemon = True
        last.start()
        cluster.close()
    os._exit(0)


if __name__ == "__main__":
    main()
