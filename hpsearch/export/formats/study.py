"""A trial as a study file without ranges."""

from __future__ import annotations

import shlex

from hpsearch.export.configuration import configuration
from hpsearch.export.exporters import Place, TrialExporter, Written
from hpsearch.store.records import StudyFacts, TrialRecord


class StudyExporter(TrialExporter):
    """What `retrain` takes, and `run` can run again."""

    def text(self, facts: StudyFacts, trial: TrialRecord, place: Place) -> Written:
        exported = configuration(facts, trial, place.folder, place.file)
        return Written(
            exported.text, f"hpsearch retrain {shlex.quote(place.file)} -o {exported.name}"
        )


EXPORTER = StudyExporter("best.toml")
