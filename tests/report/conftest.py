"""Every made-up study, read and drawn once."""

import pytest

from hpsearch.report.material import gather
from hpsearch.report.page import page
from tests.report.madereports import STUDIES


@pytest.fixture(scope="session")
def materials(tmp_path_factory):
    """By the names of `STUDIES`."""
    found = {}
    for name, build in STUDIES.items():
        study = build(tmp_path_factory.mktemp("runs") / "digits")
        study.close()
        found[name] = gather(study.folder)
    return found


@pytest.fixture(scope="session")
def pages(materials):
    return {name: page(found) for name, found in materials.items()}
