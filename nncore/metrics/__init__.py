"""Metrics: what a person would ask of a trained network.

Each takes logits or values of shape (rows, outputs) and targets: class ids (rows,), or numbers
(rows, outputs), where 0 and 1 mean units that are each on or off. Each knows which direction is
better. Where a figure has no value (a zero denominator) it is what scikit-learn would give, with
an `UndefinedMetric` warning instead of a crash.
"""

from nncore.metrics.classification import confusion_matrix as confusion_matrix
from nncore.metrics.figures import Direction as Direction
from nncore.metrics.figures import Metric as Metric
from nncore.metrics.figures import UndefinedMetric as UndefinedMetric
from nncore.metrics.figures import direction as direction
from nncore.metrics.figures import metrics as metrics
from nncore.metrics.regression import R2 as R2
