"""Exchange the roles of a figure between the light and the dark page.

A role is recognised by its exact value, wherever it is used: ``artist.colour == INK`` becomes
``artist.colour = DARK[INK]``, and its transparency is kept. Data colours are left alone.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import Collection
from matplotlib.colors import ListedColormap, to_hex, to_rgb, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.table import Cell
from matplotlib.text import Annotation, Text

from calcguide._validation import check_one_of
from calcguide.plotting._palette import DARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.artist import Artist

#: Which colours an artist of each kind has: a name to be put after ``get_`` and ``set_``.
_COLOURS: dict[type[Artist], tuple[str, ...]] = {
    Text: ("color",),
    Line2D: ("color", "markerfacecolor", "markerfacecoloralt", "markeredgecolor"),
    Patch: ("facecolor", "edgecolor"),
    Collection: ("facecolor", "edgecolor"),
}


def recolour(figure: Figure, page: str) -> ExitStack:
    r"""Exchange the ink roles of a finished figure for those of a page.

    .. math:: r \leftrightarrow \text{DARK}[r], \quad r \in \{\text{INK}, \text{GRID}, \text{GROUND}\}

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure. Text, ticks, spines, grids, legends, annotations, arrows and any artist that was drawn
        with one of the roles are changed; what has another colour is not.
    page : {"light", "dark"}
        The page on which the figure is to stand.

    Returns
    -------
    contextlib.ExitStack
        Puts everything back when it is closed, or at the end of a ``with`` block. The figure is changed at
        once, whether or not the stack is used.

    Raises
    ------
    TypeError
        If `figure` is not a figure.
    ValueError
        If `page` is neither ``"light"`` nor ``"dark"``.

    Notes
    -----
    Going back is the same exchange in the other direction: a light figure should not use the values of
    `DARK`. Colours such as ``"black"`` or ``"C0"`` are no roles. Neither are shades of a colour map, unless the map is a list that contains a role, as it is in
    ``ax.contour(x, y, z, colors=INK)``.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from calcguide import plotting
    >>> figure = Figure()
    >>> text = figure.text(0.5, 0.5, "slope", color=plotting.INK)
    >>> with plotting.recolour(figure, "dark"):
    ...     text.get_color() == plotting.DARK[plotting.INK]
    True
    >>> text.get_color() == plotting.INK
    True
    """
    if not isinstance(figure, Figure):
        raise TypeError(f"`figure` must be a Matplotlib figure, got {type(figure).__name__}")
    check_one_of("page", page, ("light", "dark"))
    to_dark, to_light = dict(DARK), {dark: light for light, dark in DARK.items()}
    there, back = (to_dark, to_light) if page == "dark" else (to_light, to_dark)
    _exchange(figure, there)
    undo = ExitStack()
    undo.callback(_exchange, figure, back)
    return undo


def _exchange(figure: Figure, roles: Mapping[str, str]) -> None:
    """Give every artist that has a role its partner; ticks that are made later copy those that exist."""
    artists = list(_artists(figure))
    # Maps first: a contour plot colours its labels again whenever its map changes.
    for artist in artists:
        if isinstance(artist, ScalarMappable) and isinstance(shades := artist.get_cmap(), ListedColormap):
            colours = _swapped(shades.colors, roles)
            if colours is not None:
                artist.set_cmap(ListedColormap(colours))
    for artist in artists:
        for name in _names(artist):
            colours = _swapped(getattr(artist, f"get_{name}")(), roles)
            if colours is not None:
                getattr(artist, f"set_{name}")(colours if isinstance(artist, Collection) else _one(colours))


def _artists(figure: Figure) -> Iterator[Artist]:
    """Yield everything that is drawn, with the parts that Matplotlib does not list as children."""
    for artist in figure.findobj():
        yield artist
        text = artist.get_text() if isinstance(artist, Cell) else artist
        if text is not artist:
            yield text
        if isinstance(text, Text) and (box := text.get_bbox_patch()) is not None:
            yield box
        if isinstance(artist, Annotation) and artist.arrow_patch is not None:
            yield artist.arrow_patch


def _names(artist: Artist) -> tuple[str, ...]:
    """Name the colours that an artist has."""
    return next((names for kind, names in _COLOURS.items() if isinstance(artist, kind)), ())


def _swapped(colours: Any, roles: Mapping[str, str]) -> Any:
    """Exchange the colours that are a role and keep their transparency; None if there is no such colour."""
    rgba = to_rgba_array(colours)
    partners = [roles.get(to_hex(colour)) for colour in rgba]
    if not any(partners):
        return None
    rows = zip(rgba, partners, strict=True)
    return np.array([(*to_rgb(partner), colour[3]) if partner else colour for colour, partner in rows])


def _one(colours: Any) -> Any:
    """Take the only colour, written as by hand where it is opaque."""
    (colour,) = colours
    return to_hex(colour) if colour[3] == 1 else tuple(colour)
