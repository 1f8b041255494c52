"""The style of every figure, as one table of Matplotlib settings."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib.style
from cycler import cycler

from calcguide.plotting._palette import GRID, GROUND, INK, PALETTE

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The line styles that accompany the colours of `PALETTE`, so that no line is told by its colour alone.
LINE_STYLES: tuple[str | tuple[int, tuple[float, ...]], ...] = (
    "-",
    (0, (6.0, 2.0)),
    (0, (6.0, 2.0, 1.2, 2.0)),
    (0, (1.2, 1.4)),
    (0, (10.0, 2.0)),
    (0, (6.0, 2.0, 1.2, 2.0, 1.2, 2.0)),
)

#: The markers that accompany the colours where points are drawn.
MARKERS = ("o", "s", "^", "D", "v", "P")

#: Matplotlib settings of the guide's figures. Fonts are those that ship with Matplotlib; LaTeX is not used.
STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "axes.axisbelow": True,
        "axes.edgecolor": INK,
        "axes.facecolor": "none",
        "axes.formatter.use_mathtext": True,
        "axes.grid": True,
        "axes.labelcolor": INK,
        "axes.labelsize": 12.0,
        "axes.linewidth": 0.8,
        "axes.prop_cycle": cycler(color=list(PALETTE.values())) + cycler(linestyle=list(LINE_STYLES)),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": INK,
        "axes.titlelocation": "left",
        "axes.titlepad": 12.0,
        "axes.titlesize": 13.0,
        "figure.constrained_layout.use": True,
        "figure.dpi": 100.0,
        "figure.edgecolor": "none",
        "figure.facecolor": "none",
        "figure.figsize": (6.0, 4.0),
        "figure.labelsize": 12.0,
        "figure.titlesize": 13.0,
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 11.0,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "legend.edgecolor": GRID,
        "legend.facecolor": GROUND,
        "legend.fancybox": False,
        "legend.fontsize": 11.0,
        "legend.framealpha": 0.9,
        "legend.handlelength": 2.6,
        "lines.linewidth": 2.0,
        "lines.markersize": 6.0,
        "lines.scale_dashes": True,
        "mathtext.fontset": "dejavusans",
        "patch.edgecolor": INK,
        "savefig.edgecolor": "none",
        "savefig.facecolor": "none",
        "savefig.transparent": False,
        "svg.hashsalt": "calcguide",
        "text.color": INK,
        "text.usetex": False,
        "xtick.color": INK,
        "xtick.labelcolor": INK,
        "xtick.labelsize": 11.0,
        "ytick.color": INK,
        "ytick.labelcolor": INK,
        "ytick.labelsize": 11.0,
    }
)


def use_style() -> None:
    """Draw from now on in the guide's style.

    Every setting that concerns the look of a figure is first put back to Matplotlib's default, so that the
    result does not depend on what was set before; the backend stays as it is.

    See Also
    --------
    recolour : Exchange the inks of a finished figure for those of a dark page.

    Notes
    -----
    The ground is transparent, lines take colour and line style together, and the sizes are chosen for the
    default of 6 by 4 inches, so that a figure is still readable when a phone shows it at half that size.

    Examples
    --------
    >>> import matplotlib
    >>> from calcguide import plotting
    >>> with matplotlib.rc_context():
    ...     plotting.use_style()
    ...     print(matplotlib.rcParams["axes.labelcolor"] == plotting.INK)
    True
    """
    matplotlib.style.use(["default", dict(STYLE)])
