"""Which encoder the settings name, and through which door it is opened.

Nothing here loads torch while the bundled models serve; ingestion and other models need it.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from index import bundled_model
from index.encoder import BundledEncoder, Encoder
from index.ensemble import Ensemble
from index.use_encoder import UseEncoder
from ingest.settings import EncoderSettings

BUNDLED = "bundled"


def open_encoder(settings: EncoderSettings, models_folder: Path, *, ingesting: bool) -> Encoder:
    """Open the encoder that the settings name.

    Args:
        settings: which models, their weights and threads.
        models_folder: where the bundled model is built.
        ingesting: True opens the bundled model through sentence-transformers, for long work.

    Raises:
        ModelMissing: a model is not on this machine.
        ModelInvalid: it is there and cannot be used.
        DataUnusable: `models_folder` cannot be written.
    """
    open_first = partial(_open_first, settings, models_folder, ingesting=ingesting)
    if settings.second == "none":
        return open_first()
    # Side by side: both wait for files and for unpacking.
    with ThreadPoolExecutor(1) as beside:
        second = beside.submit(UseEncoder, settings.threads)
        first = open_first()
    return Ensemble([(first, 1.0), (second.result(), settings.second_weight)])


def _open_first(settings: EncoderSettings, models_folder: Path, *, ingesting: bool) -> Encoder:
    model, threads, tokens = settings.model, settings.threads, settings.read_of_passage
    if model == BUNDLED and not ingesting:
        return BundledEncoder(_bundled(settings, models_folder), threads, tokens)
    # Imported here so that a serving process of the bundled model never loads torch.
    from index.sentence_transformers_door import SentenceTransformerEncoder, open_bundled

    if model == BUNDLED:
        return open_bundled(_bundled(settings, models_folder), threads, tokens)
    return SentenceTransformerEncoder(model)


def _bundled(settings: EncoderSettings, models_folder: Path) -> Path:
    return bundled_model.build(models_folder, heads_file=settings.heads)
