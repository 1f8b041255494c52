"""Six data colours and three roles, on light and on dark.

The data colours start from the palette of Okabe and Ito (Wong, 2011) and are moved until each has a
contrast of at least 3 : 1 against both grounds, and until any two of them stay apart for readers with
protanopia and deuteranopia. The style sheet of the site uses the same values.

References
----------
Wong, B. (2011). Points of view: Color blindness. Nature Methods 8, 441. https://doi.org/10.1038/nmeth.1618
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The data colours, in the order in which lines take them.
PALETTE: Mapping[str, str] = MappingProxyType(
    {
        "blue": "#066bb0",
        "orange": "#cc8000",
        "green": "#1ba376",
        "purple": "#a35484",
        "sky": "#319cc5",
        "red": "#b04610",
    }
)

#: The role of text, ticks, spines and guides, on a light page.
INK = "#20242a"
#: The role of grid lines, on a light page.
GRID = "#d8dbdf"
#: The role of the page itself, for what has to cover a line: legends, labels, open markers.
GROUND = "#ffffff"

#: What each role turns into on a dark page.
DARK: Mapping[str, str] = MappingProxyType({INK: "#dfe1e4", GRID: "#3a3f46", GROUND: "#15181c"})
