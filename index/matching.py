"""Whether a generation can be served by this version, with the encoder that the settings name."""

from index.encoder import Encoder
from index.records import Manifest
from ingest.errors import GenerationMismatch


def refuse_mismatch(manifest: Manifest, encoder: Encoder) -> None:
    """Refuse a generation whose manifest does not match.

    Raises:
        GenerationMismatch: another encoder made its vectors.
    """
    if (manifest.encoder_digest, manifest.dimension) != (encoder.digest, encoder.dimension):
        raise GenerationMismatch(
            f"generation {manifest.id} was made with encoder {manifest.encoder_digest} "
            f"({manifest.dimension} dimensions), the settings name {encoder.digest} "
            f"({encoder.dimension}); set the encoder settings back (model, second, second_weight, "
            "passage_tokens), or run `passerelle ingest` again"
        )


def other_heads(name: str, made_by: str, encoder: Encoder) -> GenerationMismatch:
    """Return the error for a generation whose lines of what people ask other heads encoded."""
    return GenerationMismatch(
        f"generation {name} compares what people ask by {made_by}, the settings "
        f"name {encoder.lines_digest}; set encoder.heads back, or run `passerelle ingest` again"
    )
