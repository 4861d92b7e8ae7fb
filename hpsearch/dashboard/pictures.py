"""From a session to charts: which curves, in what colours, on which axes."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from hpsearch.dashboard.session import Session
from hpsearch.dashboard.widgets.curves import Picture
from hpsearch.store.records import TrialRecord
from hpsearch.view.chart import Curve, Frame
from hpsearch.view.figures import figure_title, is_share, spans_decades
from hpsearch.view.history import Track
from hpsearch.view.palette import line_ink
from hpsearch.view.raster import Floats
from hpsearch.view.stats import smoothed, usual
from hpsearch.view.status import ENDED

USUAL_OF = 200
"""The median curve is that of at most so many complete trials whose curves are known."""


def picture(session: Session, name: str, numbers: list[int] | None = None) -> Picture:
    """The chart of one metric for these trials; None: those of the overlay."""
    study, history = session.study, session.history
    if study is None:
        return Picture(Frame(figure_title(name), 1.0))
    numbers = session.overlaid() if numbers is None else numbers
    tracks = {number: history.track(number) for number in numbers}
    curves = [_median(session, name)] if name == study.metric else []
    slot = 0
    for number in numbers:
        if number == session.cursor:
            ink = "top"
        elif session.overlay == "all":
            ink = "faint"
        else:
            ink, slot = line_ink(slot), slot + 1
        track = tracks[number]
        x = np.asarray(track.seconds if session.by_time else track.epochs)
        y = np.asarray(track.figure(name))
        label = "" if session.overlay == "all" and number != session.cursor else f"#{number}"
        if session.smoothing and ink != "faint":
            curves.append(Curve(x, y, "track", counts=False))
            y = smoothed(y, session.smoothing)
        curves.append(Curve(x, y, ink, label))
    return Picture(_frame(session, name, tracks), [c for c in curves if c is not None])


def own_picture(session: Session, trial: TrialRecord, what: str) -> Picture:
    """One trial's own chart: of training and validation rows together, where both are measured."""
    track, study = session.history.track(trial.number), session.study
    assert study is not None
    names = [n for n in (f"train_{what}", f"val_{what}", what) if n in track.figures]
    inks = {f"train_{what}": "line0", f"val_{what}": "top", what: "line2"}
    labels = {f"train_{what}": "train", f"val_{what}": "val"}
    curves = [
        Curve(
            np.asarray(track.epochs),
            np.asarray(track.figure(name)),
            inks[name],
            labels.get(name, ""),
        )
        for name in names
    ]
    log = what in ("cost", "gradient_norm") and _positive({0: track}, names[-1] if names else "")
    frame = Frame(
        what.replace("_", " ") + (" %" if is_share(what) else ""),
        float(max(trial.planned, 1)),
        log=log,
        percent=is_share(what),
        rung=float(trial.epochs) if trial.state == "pruned" else None,
        cross=float(trial.best_epoch) if trial.best_epoch else None,
        x_name="epoch",
        nothing=_nothing(trial.state in ("running", "waiting")),
    )
    return Picture(frame, curves)


def _frame(session: Session, name: str, tracks: dict[int, Track]) -> Frame:
    planned = [session.history.trials[n].planned for n in tracks if n in session.history.trials]
    x_end = float(max([*planned, 1]))
    if session.by_time:
        x_end = max((t.seconds[-1] for t in tracks.values() if len(t)), default=1.0)
    status, title = session.history.status, figure_title(name)
    if session.smoothing:
        title += f"  (smoothed {session.smoothing:g})"
    return Frame(
        title,
        x_end,
        log=session.log and spans_decades(name) and _positive(tracks, name),
        percent=is_share(name),
        robust=session.robust,
        rung=_pruned_at(session),
        cross=_cross(session),
        x_name="seconds" if session.by_time else "epoch",
        zoom=session.zoom,
        nothing=_nothing(status is None or status.state not in ENDED),
    )


def _nothing(may_come: bool) -> str:
    """What stands where no curve can be drawn: most often trials diverged in their first epoch."""
    return "no epochs yet" if may_come else "no epoch with a figure"


def _positive(tracks: dict[int, Track], name: str) -> bool:
    """Whether a logarithm makes sense: an r2 may be below 0."""
    return not any(value <= 0 for track in tracks.values() for value in track.figure(name))


def _pruned_at(session: Session) -> float | None:
    """Where the trial under the cursor was pruned, if it was."""
    trial = session.trial
    if trial is None or trial.state != "pruned":
        return None
    if not session.by_time:
        return float(trial.epochs)
    track = session.history.track(trial.number)
    return track.seconds[-1] if len(track) else None


def _cross(session: Session) -> float | None:
    if session.cross is None:
        return None
    if not session.by_time:
        return float(session.cross)
    track = session.history.track(session.cursor)
    at = bisect_left(track.epochs, session.cross)
    return track.seconds[at] if at < len(track) else None


def _median(session: Session, name: str) -> Curve | None:
    """What a complete trial usually looks like: the median pruner's own measure."""
    history = session.history
    known = [
        np.asarray(track.figure(name))
        for number, track in history.tracks.items()
        if len(track) and (trial := history.trials.get(number)) and trial.state == "complete"
    ][-USUAL_OF:]
    if len(known) < 3 or session.by_time:
        return None
    middle: Floats = usual(known)
    return Curve(np.arange(1.0, len(middle) + 1), middle, "faint", "median", counts=False)
