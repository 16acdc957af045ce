"""What stands on a page and is not its content: teasers, repeated blocks, notices, lost lists.

Nothing is taken out of the text, so offsets and quotations stay true: a block that is no content
is marked as furniture, and no passage is made of it. The rules are narrow on purpose, since a
block marked wrongly is a fact that nobody finds.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ingest.records import Block, Page
from ingest.sentences import sentence_spans

_REPEATABLE = frozenset({"paragraph", "item", "note", "furniture"})
_LONGEST_REPEATED, _FEWEST_PAGES, _SHARE_OF_PAGES = 40, 5, 0.3
_LONGEST_TITLE, _LONGEST_TEASER = 20, 40
_LONGEST_LEAD_IN, _SHORTEST_NEW_TOPIC = 25, 15
_LONGEST_DISCLAIMER = 80

# A bracket behind the ellipsis closes an open list of examples, so it breaks nothing off.
_CUT_OFF = re.compile(r"\w\s?(?:…|\.\.\.)[\s»”’\"']{0,2}\d?$")
_ENDS_SENTENCE = re.compile(r"[.!?:;…,؟。][\"'”’»)\]]*$")
_VERIFIED = re.compile(
    r"(?:verified|reviewed|checked|vérifiée?|validée?|relue?) (?:by|par) (?P<who>\S.{0,80}?) "
    r"(?:on|le) (?:the )?(?:(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2}))\.?",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"\b(?:this|these|our|the) (?:web ?)?(?:page|site|guide|information|article|content|document)s?"
    r"\b[^.]{0,60}(?:\bnot\b|n['’]t\b|\bno\b)[^.]{0,60}\b(?:legal|professional|medical)\b[^.]{0,40}"
    r"\badvice\b"
    r"|\b(?:cette|ces|ce|cet|nos|les|la|le)\s(?:pages?|site|guide|informations?|articles?|contenus?|"
    r"documents?)\b[^.]{0,60}\bne\b[^.]{0,80}\b(?:conseil|avis|consultation)s?\b[^.]{0,40}"
    r"\b(?:juridiques?|professionnels?|médica(?:l|ux)|avocat)\b",
    re.IGNORECASE,
)


def clean(page: Page, repeated: frozenset[str] = frozenset()) -> Page:
    """Mark the blocks of `page` that are no content as furniture; its text stays as it is.

    Marked are teasers of other pages, blocks in `repeated`, a legal disclaimer, a lead-in whose
    list is lost, and a line that says who verified the page and when, which fills `verified_by`
    and `verified_on` unless the page has them from elsewhere.

    Args:
        page: a page as its reader made it.
        repeated: what `repeated_furniture` found over the pages of the source.
    """
    words = [page.text[block.start : block.end] for block in page.blocks]
    marked = _teasers(page, words)
    verified: tuple[str, date] | None = None
    for position, block in enumerate(page.blocks):
        found = _verification(words[position])
        verified = verified or found
        if (
            found
            or _is_notice(block, words[position])
            or _repeats(block, words[position], repeated)
        ):
            marked.add(position)
    marked |= _lost_lead_ins(page, words, marked)
    blocks = tuple(
        replace(block, kind="furniture") if position in marked else block
        for position, block in enumerate(page.blocks)
    )
    if verified and page.verified_by is None and page.verified_on is None:
        return replace(page, blocks=blocks, verified_by=verified[0], verified_on=verified[1])
    return replace(page, blocks=blocks)


def teaser_blocks(page: Page) -> set[int]:
    """Return the positions of blocks that were cut off, each with the title before it."""
    return _teasers(page, [page.text[block.start : block.end] for block in page.blocks])


def lost_lead_ins(page: Page) -> dict[int, bool]:
    """Return the positions of blocks that lead into a list that is lost.

    The value says whether anything else follows in their section: then the list alone is lost.
    """
    words = [page.text[block.start : block.end] for block in page.blocks]
    marked = _teasers(page, words)
    content = [p for p in range(len(page.blocks)) if p not in marked]
    found = {}
    for position in _lost_lead_ins(page, words, marked):
        after = next((p for p in content if p > position), None)
        found[position] = after is not None and not _is_elsewhere(
            page, page.blocks[position], page.blocks[after]
        )
    return found


def repeated_furniture(pages: Iterable[Page]) -> frozenset[str]:
    """Return the normalised blocks that stand on many pages of one source.

    A block counts when it has at most 40 words and stands on at least 5 pages and 30 % of all.

    Args:
        pages: all the pages of the source, cleaned or not.
    """
    seen: Counter[str] = Counter()
    total = 0
    for page in pages:
        total += 1
        blocks = (page.text[b.start : b.end] for b in page.blocks if b.kind in _REPEATABLE)
        seen.update({_normal(text) for text in blocks if _count(text) <= _LONGEST_REPEATED})
    fewest = max(_FEWEST_PAGES, _SHARE_OF_PAGES * total)
    return frozenset(text for text, count in seen.items() if count >= fewest)


def newly_repeats(page: Page, repeated: frozenset[str]) -> bool:
    """Whether a block of `page` that is content so far is in what `repeated_furniture` found."""
    return bool(repeated) and any(
        block.kind != "furniture" and _repeats(block, page.text[block.start : block.end], repeated)
        for block in page.blocks
    )


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())


def _count(text: str) -> int:
    return len(text.split())


def _repeats(block: Block, text: str, repeated: frozenset[str]) -> bool:
    return block.kind in _REPEATABLE and _normal(text) in repeated


def _teasers(page: Page, words: list[str]) -> set[int]:
    """Find lines that were cut off, each with the title before it."""
    blocks = page.blocks
    cut = [p for p, text in enumerate(words) if blocks[p].kind == "paragraph" and _is_cut(text)]
    per_section = Counter(block.section for block in blocks)
    alone = {p for p in cut if per_section[blocks[p].section] == 1 and blocks[p].section}
    # Under a heading of its own one cut line may be an author's habit, several are a list of links.
    marked = alone if len(alone) > 1 else set()
    for position in cut:
        before = position - 1
        if (
            before >= 0
            and blocks[before].kind == "paragraph"
            and blocks[before].section == blocks[position].section
            and _is_title(words[before])
        ):
            marked |= {before, position}
    return marked


def _is_cut(text: str) -> bool:
    if not _CUT_OFF.search(text) or not 5 <= _count(text) <= _LONGEST_TEASER:
        return False
    # "passport, identity card, permit..." leaves an enumeration open; it does not break off.
    sentence = re.split(r"[.!?:]\s", text)[-1]
    last = re.split(r"[,;:(/]", sentence)[-1]
    return sentence.count(",") < 2 and _count(last) > 3


def _is_title(text: str) -> bool:
    return 1 <= _count(text) <= _LONGEST_TITLE and not _ENDS_SENTENCE.search(text)


def _verification(text: str) -> tuple[str, date] | None:
    found = _VERIFIED.fullmatch(text.strip())
    if found is None:
        return None
    try:
        if found["iso"]:
            return found["who"], date.fromisoformat(found["iso"])
        return found["who"], date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def _is_notice(block: Block, text: str) -> bool:
    is_boxed = block.kind in {"paragraph", "note"} and _count(text) <= _LONGEST_DISCLAIMER
    return is_boxed and _DISCLAIMER.search(text) is not None


def _lost_lead_ins(page: Page, words: list[str], marked: set[int]) -> set[int]:
    """Find sentences that end in a colon with nothing behind them that they could introduce."""
    # Where a list survived, lists survive: what follows a colon there is what it introduces.
    has_lists = any(block.kind in {"item", "row"} for block in page.blocks)
    content = [p for p in range(len(page.blocks)) if p not in marked]
    lost: set[int] = set()
    for place, position in enumerate(content):
        block, text = page.blocks[position], words[position]
        if (
            block.kind != "paragraph"
            or not text.rstrip().endswith((":", "："))
            or _count(text) > _LONGEST_LEAD_IN
            or len(sentence_spans(text)) > 1
        ):
            continue
        after = content[place + 1] if place + 1 < len(content) else None
        if (
            after is None
            or _is_elsewhere(page, block, page.blocks[after])
            or (not has_lists and _is_new_topic(block, page.blocks[after], words[after]))
        ):
            lost.add(position)
    return lost


def _is_elsewhere(page: Page, block: Block, after: Block) -> bool:
    """Tell whether `after` stands outside the section of `block` and its sub-sections."""
    section: int | None = after.section
    while section is not None and section != block.section:
        section = page.sections[section].parent
    return section is None


def _is_new_topic(block: Block, after: Block, text: str) -> bool:
    # Sub-sections behind a colon are what it announces: their headings are the list.
    if after.kind != "paragraph" or after.section != block.section:
        return False
    is_sentence = text[:1].isupper() and text.rstrip().endswith((".", "!", "?"))
    return is_sentence and _count(text) >= _SHORTEST_NEW_TOPIC
