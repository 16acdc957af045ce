"""Which of the passages that were found an answer quotes. Pure."""

from collections.abc import Sequence

from index.records import Hit

_PER_PAGE = 2
# Of judged questions' second and third quotations that lines score lower, 4 in 100 held the answer.
_WEAK = 0.07


def choose(hits: Sequence[Hit], limit: int) -> tuple[Hit, ...]:
    """Take the best passages, at most two of one page, so that one page cannot fill the answer.

    Passages beside the best that the lines of what people ask speak against are left out; on a page
    that no line leads to, none does.
    """
    led_to = {hit.passage.page_key for hit in hits if hit.led_to}
    chosen: list[Hit] = []
    for hit in hits:
        if chosen and hit.passage.page_key in led_to and hit.parts["asked"] < _WEAK:
            continue
        key = hit.passage.page_key
        if sum(1 for other in chosen if other.passage.page_key == key) < _PER_PAGE:
            chosen.append(hit)
        if len(chosen) == limit:
            break
    return tuple(chosen)
