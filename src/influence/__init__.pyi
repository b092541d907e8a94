from influence import claims as claims
from influence import figures as figures
from influence import metrics as metrics
from influence import robustness as robustness
from influence import tables as tables
from influence._cite import cite as cite
from influence._panel import panel as panel
from influence._show import show as show
from influence.errors import DataError as DataError
from influence.explorer.widget import explore as explore
from influence.metrics import brokerage as brokerage
from influence.metrics import centrality as centrality
from influence.metrics import dependence as dependence
from influence.metrics import multiplex as multiplex
from influence.metrics import structural_holes as structural_holes
from influence.metrics import transit as transit
from influence.metrics import two_mode as two_mode
from influence.metrics.registry import list_metrics as list_metrics
from influence.metrics.registry import register_metric as register_metric
from influence.network import Layer as Layer
from influence.network import LayerSpec as LayerSpec
from influence.network import MultilayerNetwork as MultilayerNetwork
from influence.network import Snapshot as Snapshot
from influence.network import as_matrix as as_matrix
from influence.network.bundled import load as load
from influence.robustness.boundaries import boundary_stability as boundary_stability
from influence.robustness.reversal import fragility as fragility
from influence.robustness.specifications import specification_curve as specification_curve

__version__: str
__all__: list[str]
