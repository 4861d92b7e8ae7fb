"""Six trials of a study, and the names that a query may use of them."""

from hpsearch.store.records import TrialRecord
from hpsearch.view.fields import Fields
from tests.view.madeup import SPACE

STATES = ("waiting", "running", "complete", "pruned", "diverged", "failed")
OPTIMIZER, EPOCHS = "training.optimizer", "training.epochs"
FIELDS = Fields(tuple(SPACE), fixed={EPOCHS: 60, "training.beta2": 0.99})


def trial(at, state="complete", value=0.1, figures=None, **params):
    full = {FIELDS.resolve(name): drawn for name, drawn in params.items()}
    known = {"val_cost": value, "val_accuracy": 0.9} if figures is None else figures
    return TrialRecord(
        number=at,
        state=state,
        seed=at,
        params=full,
        planned=60,
        epochs=41,
        value=value,
        best_epoch=31,
        figures=known,
        parameters=4810,
        slot=0,
        attempt=1,
        started=1.0,
        finished=2.0,
        seconds=1.5,
        reason="",
        told=at,
    )


BOARD = [
    trial(0, value=0.1, activation="tanh", optimizer="adam", lr=0.005, hidden=(128, 64), beta1=0.9),
    trial(1, value=0.2, activation="relu", optimizer="gd", lr=0.1, hidden=(32,)),
    trial(2, "running", 0.05, activation="tanh", optimizer="adamw", lr=0.001, hidden=(64, 128)),
    trial(3, "pruned", 0.01, activation="relu", optimizer="adam", lr=0.02, hidden=(1280,)),
    trial(4, "diverged", None, {}, activation="relu", optimizer="gd", lr=0.5, hidden=()),
    trial(5, value=0.3, activation="tanh", optimizer="rmsprop", lr=0.01, hidden=(16, 16, 16)),
]
