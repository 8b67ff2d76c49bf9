"""Every figure of a sheet by its id, as arrays by unit: what is published, and compared with what was published before."""

import numpy as np

from indicators.layout import Ints
from indicators.scores import NONE
from indicators.sheet import TOTAL, Sheet
from indicators.units import ROOT


def tabulate(sheet: Sheet, places: Ints) -> dict[str, Ints]:
    """Id → numerator, denominator, score and rank by unit; NONE for none, and for everything of a unit without figures."""
    none = np.full(len(sheet.layout.codes), NONE, np.int64)
    scores = sheet.card.indicators
    found = {name: (*pair, scores.get(name, none), none) for name, pair in sheet.pairs.items()}
    blocks = dict(sheet.card.blocks)
    root = sheet.layout.index.get(ROOT)
    if root is not None and sheet.nation:  # the country's blocks are its own: two of them are one
        blocks = {
            name: _without(scores, root) if name not in sheet.nation else _with(scores, root, sheet.nation[name])
            for name, scores in blocks.items()
        }
        joined = [name for name in sheet.nation if name not in blocks and name != TOTAL]
        blocks |= {name: _with(none, root, sheet.nation[name]) for name in joined}
    found |= {name: (none, none, block, none) for name, block in blocks.items()}
    found[TOTAL] = none, none, sheet.totals, places
    return {name: np.where(sheet.known[:, None], np.stack(columns, axis=1), NONE) for name, columns in found.items()}


def _with(scores: Ints, place: int, value: int) -> Ints:
    found = scores.copy()
    found[place] = value
    return found


def _without(scores: Ints, place: int) -> Ints:
    return _with(scores, place, NONE)
