"""Whether a generation can be served by this version, with what the settings name."""

from index.encoder import Encoder
from index.records import Manifest
from ingest.errors import GenerationMismatch
from ingest.passages import splitter_name
from ingest.settings import PassageSettings

# Raise this when the files of a generation change their form or their analysis.
INDEX_VERSION = "9"


def refuse_mismatch(
    manifest: Manifest, encoder: Encoder, passages: PassageSettings | None = None
) -> None:
    """Refuse a generation whose manifest does not match.

    Args:
        manifest: of the generation.
        encoder: that the settings name.
        passages: how the settings want passages cut; None where it does not matter.

    Raises:
        GenerationMismatch: it has another form, or was made by another encoder or splitter.
    """
    made = f"generation {manifest.id} was made"
    if manifest.index_version != INDEX_VERSION:
        raise GenerationMismatch(
            f"{made} in form {manifest.index_version or 'of an older version'}, this version reads "
            f"form {INDEX_VERSION}; run `passerelle ingest` again"
        )
    if (manifest.encoder_digest, manifest.dimension) != (encoder.digest, encoder.dimension):
        raise GenerationMismatch(
            f"{made} with encoder {manifest.encoder_digest} "
            f"({manifest.dimension} dimensions), the settings name {encoder.digest} "
            f"({encoder.dimension}); set the encoder settings back (model, second, second_weight, "
            "passage_tokens), or run `passerelle ingest` again"
        )
    if passages and manifest.splitter != splitter_name(passages):
        raise GenerationMismatch(
            f"{made} with passages cut by {manifest.splitter}, the settings and this version cut "
            f"by {splitter_name(passages)}; set passages.min_words and passages.max_words back, or "
            "run `passerelle ingest` again"
        )


def other_heads(name: str, made_by: str, encoder: Encoder) -> GenerationMismatch:
    """Return the error for a generation whose lines of what people ask other heads encoded."""
    return GenerationMismatch(
        f"generation {name} compares what people ask by {made_by}, the settings "
        f"name {encoder.lines_digest}; set encoder.heads back, or run `passerelle ingest` again"
    )
