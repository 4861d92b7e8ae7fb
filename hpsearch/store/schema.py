"""The tables of a study's database, `runs/NAME/study.db`.

The engine is its only writer; any number of views read it (WAL). JSON columns never hold NaN or
infinity: what has no figure is null.
"""

from __future__ import annotations

VERSION = 1
"""Of the tables below; a database with another number is refused with a sentence."""

TABLES = """
CREATE TABLE IF NOT EXISTS study (      -- facts about the study as a whole, one a row
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                 -- JSON
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS trial (
    number     INTEGER PRIMARY KEY,     -- from 0, without gaps
    state      TEXT NOT NULL,           -- waiting running complete pruned diverged failed
    seed       INTEGER NOT NULL,
    params     TEXT NOT NULL,           -- JSON object by full name: what was drawn
    memory     TEXT NOT NULL,           -- JSON: what the searcher needs to go on
    told       INTEGER,                 -- its place in the order of ends; NULL until then
    planned    INTEGER NOT NULL,        -- epochs it may train
    epochs     INTEGER NOT NULL DEFAULT 0,  -- epochs done
    value      REAL,                    -- the study's metric at its best epoch so far
    best_epoch INTEGER,
    figures    TEXT NOT NULL DEFAULT '{}',  -- JSON: every metric at the best epoch
    parameters INTEGER,                 -- weights and biases of the network
    slot       INTEGER,                 -- the worker that has or had it
    attempt    INTEGER NOT NULL DEFAULT 0,
    asked      REAL NOT NULL,           -- Unix seconds, as are all times here
    started    REAL,
    finished   REAL,
    seconds    REAL NOT NULL DEFAULT 0, -- wall time inside training, on the monotonic clock
    reason     TEXT NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS epoch (
    trial         INTEGER NOT NULL,
    number        INTEGER NOT NULL,     -- from 1
    value         REAL,                 -- the study's metric
    figures       TEXT NOT NULL,        -- JSON: train_cost, val_cost, val_accuracy, …
    learning_rate REAL,
    gradient_norm REAL,
    seconds       REAL NOT NULL,
    PRIMARY KEY (trial, number)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS attempt (
    trial   INTEGER NOT NULL,
    number  INTEGER NOT NULL,           -- from 1
    slot    INTEGER NOT NULL,
    pid     INTEGER,
    host    TEXT NOT NULL,
    started REAL NOT NULL,
    ended   REAL,
    outcome TEXT,                       -- finished stopped aborted lost, died or raised; the last
                                        -- two are "forgiven" when the trial is tried again
    reason  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (trial, number)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS event (      -- what a person would want to have been told
    id    INTEGER PRIMARY KEY,
    time  REAL NOT NULL,
    kind  TEXT NOT NULL,                -- note, best, complete, pruned, diverged, failed, retried,
                                        -- worker, state, command, warning
    trial INTEGER,
    text  TEXT NOT NULL                 -- one sentence
);

CREATE TABLE IF NOT EXISTS command (
    id      TEXT PRIMARY KEY,           -- the name of the file in inbox/
    sent    REAL NOT NULL,
    sender  TEXT NOT NULL,              -- user@host pid
    verb    TEXT NOT NULL,              -- pause resume stop drain abort prune kill …
    taken   REAL NOT NULL,
    outcome TEXT NOT NULL               -- done…, or refused: and why
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS trial_by_value ON trial (state, value);
CREATE INDEX IF NOT EXISTS trial_by_end ON trial (told);
"""

KEYS = """
name          str     the study's name
metric        str     what trials are ranked by
direction     str     minimize or maximize
task          str     binary, multiclass, multilabel, regression
trials        int     how many are asked for, over all runs
workers       int     how many train at once
max_workers   int     how many slots there are
state         str     running paused stopping stopped finished failed; the lock tells if it lives
why           str     one sentence on how it came to that state
created       float   Unix seconds
seconds       float   wall time of all runs together, up to `beat`
beat          float   Unix seconds of the last write: how fresh the figures are
cpu           float   CPU seconds of the engine's own process in this run, trainers not counted
training_cpu  float   CPU seconds of all trainers in all runs together
heritage      object  {before, tries, from}: what fork and warm start took over from other studies
budgets       object  those beside `trials` that it has, by the study file's keys
larger        object  values by full name with which it goes on, where such a budget is spent
pace          array   of the ended trials: count, mean and standard deviation of their seconds
steered       object  {trials, workers, file_trials, file_workers, prune}: set by people while
                      it ran
epochs        int     planned epochs of a trial
space         object  every searched name with its range as written in the study file
meaning       object  what gives a trial its meaning; a change in it is refused
overrides     object  values of the last run's command line, by full name
reach         array   words of that command line that join a cluster
toml          str     the study file, with these values in it, as it was when the run started
path          str     where that file lies
data          object  {fingerprint, rows: {train, validation, test}, features, outputs, notes,
                      evaluation: {validation, folds, repeats}, as auto chose}
engine        object  {pid, host, started}
searching     object  {sampler, pruner} of the last run
"""
"""The keys of table `study`, with the type of each value."""
