"""How far a question is from all that people ask of an administration: a joke, another country.

Pages without lines of what people ask are other people's, about any right; what no such page
answers can be told all the same, since it lies on one side of what the head for lines sees. It is
Fisher's linear discriminant (1936) between lines of both sorts, its covariance shrunk (Friedman
1989).
"""

from collections.abc import Sequence

import numpy as np

from index.weights_file import Floats

# Of the mean variance of a dimension, added to each. From 1 to 40 judged questions are told apart
# as well; less puts more short questions that a page does answer on the wrong side.
_SHRINKAGE = 10.0


def discriminant(inside: Sequence[Floats], outside: Floats) -> Floats:
    """Learn a direction and where it begins.

    Args:
        inside: sorts of lines that people ask of an administration, (n, dimension) float32 each,
            that count as much as one another however many they are.
        outside: (n, dimension) float32, lines that no administration answers.

    Returns:
        (dimension + 1,) float32 for `off_domain_score`; zeros where there are no lines on one side.
    """
    dimension = outside.shape[1]
    sorts = [lines for lines in inside if len(lines)]
    if not sorts or not len(outside):
        return np.zeros(dimension + 1, np.float32)
    near, far = np.mean([lines.mean(axis=0) for lines in sorts], axis=0), outside.mean(axis=0)
    # How far sorts inside are from one another is no sign of being outside, so it counts as spread.
    spread = np.mean([_spread(near, lines) for lines in sorts], axis=0)
    within = (spread + _spread(far, outside)) / 2
    within[np.diag_indices(dimension)] += _SHRINKAGE * np.trace(within) / dimension + 1e-9
    direction = np.linalg.solve(within, far - near)
    direction /= max(float(direction @ (far - near)), 1e-9)
    return np.append(direction, -direction @ near).astype(np.float32)


def off_domain_score(learned: Floats, line: Floats) -> float:
    """Return about 0 for what people ask of an administration, about 1 for what is off domain.

    Args:
        learned: what `discriminant` returned.
        line: (dimension,) float32, a question as a line.
    """
    return float(learned[:-1] @ line + learned[-1])


def _spread(middle: Floats, lines: Floats) -> Floats:
    apart = lines - middle
    found: Floats = (apart.T @ apart / len(lines)).astype(np.float32)
    return found
