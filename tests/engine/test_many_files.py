"""A program that has thousands of files open may search, too."""

import fcntl
import os
import resource

from hpsearch import system


def test_what_select_cannot_wait_for_is_waited_for():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    reading, writing = os.pipe()
    high = fcntl.fcntl(reading, fcntl.F_DUPFD_CLOEXEC, 1024)
    try:
        assert not system.readable(high, 0.0)
        os.write(writing, b"x")
        assert system.readable(high, 60.0)
        os.read(high, 1)
        os.close(writing)
        assert system.readable(high, 60.0), "its end is heard, too"
    finally:
        for descriptor in (reading, high):
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
