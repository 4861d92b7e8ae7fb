"""What a study may rank trials by."""

from hpsearch.study import families


def test_trials_are_ranked_only_by_figures_that_are_good_when_the_network_is():
    assert families.metrics() == (
        "val_cost",
        "val_accuracy",
        "val_subset_accuracy",
        "val_balanced_accuracy",
        "val_f1",
        "val_roc_auc",
        "val_rmse",
        "val_mae",
        "val_r2",
    )
