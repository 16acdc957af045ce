"""What someone typed, looked at before anything is searched: personal data is left out.

Pure, and done where the question is typed, so that a number which nobody needs goes no further.
"""

from dataclasses import dataclass

from service.safety import personal_data

_GAP = "…"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as typed.

    Attributes:
        text: what was typed, without white space around it.
        searched: what is searched: without personal data, unless she wants it searched.
        shown: what is written back to her: a gap where the data stood.
        kinds: the kinds of personal data that were left out, each once.
    """

    text: str
    searched: str
    shown: str
    kinds: tuple[str, ...]


def look_at(text: str, longest: int, *, keep: bool = False) -> Asked:
    """Look for personal data in a question.

    Args:
        text: what was typed.
        longest: a longer text is refused later on, so it is not looked at here.
        keep: search with the data all the same.
    """
    text = text.strip()
    if keep or len(text) > longest:
        return Asked(text, text, text, ())
    found = personal_data(text)
    searched, shown, position = "", "", 0
    for item in found:
        between = text[position : item.start]
        searched += between + " "
        shown += between + _GAP
        position = item.end
    searched = " ".join((searched + text[position:]).split()) if found else text
    if not any(c.isalnum() for c in searched):
        searched = ""
    return Asked(text, searched, shown + text[position:], tuple({p.kind: None for p in found}))
