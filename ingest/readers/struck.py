"""Words that are struck out: to everybody who sees the line they hold no more.

Apart because several formats strike words out, and read without the line they would be quoted as
valid: "10 euros, 12 euros".
"""

TAGS = ("del", "s", "strike")


def loss(count: int) -> str:
    """Return the line that says to a maintainer how many stretches were left out."""
    number = f"{count} struck-out stretches are" if count > 1 else "1 struck-out stretch is"
    return f"{number} left out, as they hold no more; take what is still valid out of the strike"
