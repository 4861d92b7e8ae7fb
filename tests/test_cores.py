"""How many processors we may use: the least of what bounds us, and who says so."""

import os

import pytest

from hpsearch.cores import usable_cores


@pytest.fixture
def eight(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)


def _written(folder, files):
    for name, words in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(words)
    return folder


@pytest.mark.parametrize(
    ("files", "environ", "count", "why"),
    [
        ({}, {}, 8, "the cores this process may run on"),
        ({"cpu.max": "max 100000\n"}, {}, 8, "may run on"),
        ({"cpu.max": "350000 100000\n"}, {}, 3, "CPU quota"),
        ({"cpu.max": "50000 100000\n"}, {}, 1, "CPU quota"),
        ({"cpu.max": "damaged"}, {}, 8, "may run on"),
        (
            {"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"},
            {},
            2,
            "CPU quota",
        ),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, {}, 8, "may run"),
        ({}, {"SLURM_CPUS_PER_TASK": "4"}, 4, "SLURM_CPUS_PER_TASK"),
        ({"cpu.max": "200000 100000"}, {"SLURM_CPUS_PER_TASK": "4"}, 2, "CPU quota"),
        ({}, {"SLURM_CPUS_PER_TASK": "0"}, 8, "may run on"),
        ({}, {"SLURM_CPUS_PER_TASK": "many"}, 8, "may run on"),
    ],
)
def test_the_least_of_what_bounds_us_counts(eight, tmp_path, files, environ, count, why):
    cores = usable_cores(environ, _written(tmp_path, files))
    assert cores.count == count
    assert why in cores.why


def test_where_a_system_tells_no_affinity_all_processors_count(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert usable_cores({}, tmp_path).count == 6
