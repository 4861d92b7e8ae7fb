"""Neural networks from scratch, in NumPy, fast on a CPU."""

from nncore.activations import activations as activations
from nncore.dataset import Dataset as Dataset
from nncore.gradient_check import GradientCheck as GradientCheck
from nncore.gradient_check import gradient_check as gradient_check
from nncore.initializers import initializers as initializers
from nncore.layers import Dense as Dense
from nncore.layers import Dropout as Dropout
from nncore.layers import layers as layers
from nncore.losses import losses as losses
from nncore.metrics import UndefinedMetric as UndefinedMetric
from nncore.metrics import metrics as metrics
from nncore.network import Network as Network
from nncore.network import Sequential as Sequential
from nncore.optimizers import optimizers as optimizers
from nncore.schedules import schedules as schedules
from nncore.training import Diverged as Diverged
from nncore.training import Epoch as Epoch
from nncore.training import Recipe as Recipe
from nncore.training import Training as Training
from nncore.training import TrainingState as TrainingState
from nncore.training import train as train
from nncore.training import train_member as train_member
from nncore.training import until_stale as until_stale
