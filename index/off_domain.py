"""How far a question is from all that people ask of an administration: a joke, another country.

Pages without lines of what people ask are other people's, about anything; what no such page answers
can be told all the same, since it lies on one side of what the head for lines sees. Fisher's linear
discriminant (1936) between lines of both sorts, its covariance shrunk (Friedman 1989).
"""

from collections.abc import Callable, Sequence

import numpy as np

from index.weights_file import Floats

# Of the mean variance of a dimension, added to each.
_SHRINKAGE = 1.0
# So many lines of one sort show where it lies.
_ENOUGH = 2000

Encode = Callable[[Sequence[str]], Floats]


def learn_off_domain(
    encode: Encode, asked: Sequence[str], administration: Sequence[str], off_domain: Sequence[str]
) -> Floats:
    """Learn it from lines.

    Args:
        encode: lines to (lines, dimension) float32, length 1.
        asked: what people ask of our pages.
        administration: what they ask of an administration on other topics.
        off_domain: what no administration answers.

    Returns:
        (dimension + 1,) float32 for `off_domain_score`.
    """
    some = asked[:: max(1, len(asked) // _ENOUGH)]
    return discriminant([encode(some), encode(administration)], encode(off_domain))


def discriminant(inside: Sequence[Floats], outside: Floats) -> Floats:
    """Learn a direction and where it begins.

    Args:
        inside: sorts of lines, (n, dimension) float32 each, that count as much as one another.
        outside: (n, dimension) float32.

    Returns:
        (dimension + 1,) float32 for `off_domain_score`; zeros where there are no lines on one side.
    """
    dimension = outside.shape[1]
    sorts = [lines for lines in inside if len(lines)]
    if not sorts or not len(outside):
        return np.zeros(dimension + 1, np.float32)
    near, far = np.mean([lines.mean(axis=0) for lines in sorts], axis=0), outside.mean(axis=0)
    # Of either side as much, however many lines it has.
    within = (
        np.mean([_around(near, lines) for lines in sorts], axis=0) + _around(far, outside)
    ) / 2
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


def _around(middle: Floats, lines: Floats) -> Floats:
    apart = lines - middle
    found: Floats = (apart.T @ apart / len(lines)).astype(np.float32)
    return found
