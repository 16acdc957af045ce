"""Several questions in one: where one ends and the next begins. Pure.

A part begins after a question mark, or at a joining word that a question word follows ("and how");
what is told before the first question belongs to it.
"""

import re

# Each part costs a search; an answer looks at so many.
MOST = 4
# Shorter ones lean on what stands before ("and how much?"), and are no question of their own.
_FEWEST_WORDS = 3

# The words that questions begin with, in the languages of the interface.
_ASKING = (
    "how|what|where|when|who|whom|which|why|can|could|do|does|is|are|am|will|must|should|"
    "comment|combien|quel(?:le)?s?|où|quand|qui|pourquoi|est-ce|qu'est-ce|ça|puis-je|dois-je|faut-il|"
    "cómo|como|cuánto|cuánta|cuántos|cuántas|cuanto|qué|dónde|donde|cuándo|quién|cuál|puedo|"
    "quanto|quantos|quantas|que|onde|quem|qual|quais|posso|preciso|"
    "كيف|كم|أين|وين|متى|ماذا|ما|من|لماذا|هل|"
    "як|скільки|де|куди|коли|хто|що|чому|чи|який|яка|які|"
    "как|сколько|где|куда|когда|кто|что|почему|можно|какой|какая|какие|нужна|нужно|могут|"
    "nasıl|ne|nerede|nereye|kim|hangi|kaç|neden|"
    "چگونه|چطور|چقدر|کجا|کی|چه|چرا|آیا|چند"
)
_JOINING = r"and|also|et|aussi|y|e|і|й|та|и|ve|و"
# A row of commas is read once: read anew from each of them, 4,000 take seconds.
_ENDS = re.compile(
    rf"(?<=[?؟])\s*|(?<![\s,،;؛])[\s,،;؛]++(?=(?:(?:{_JOINING})\s+|و)(?:{_ASKING})\b)",
    re.IGNORECASE,
)
_LEADING = re.compile(rf"^(?:(?:{_JOINING})\s+|[\s,،;؛]+)+", re.IGNORECASE)
_ARABIC_AND = re.compile(rf"^و(?=(?:{_ASKING})\b)")


def parts_of(question: str) -> tuple[str, ...]:
    """Return the questions in a text, in order, without the words that join them; else none.

    Args:
        question: as asked, on one line.
    """
    found: list[str] = []
    for piece in _ENDS.split(question):
        part = _ARABIC_AND.sub("", _LEADING.sub("", piece.strip())).strip()
        if len(part.split()) >= _FEWEST_WORDS:
            found.append(part)
        elif found and part:
            found[-1] = f"{found[-1]} {part}"
    return tuple(found) if len(found) > 1 else ()
