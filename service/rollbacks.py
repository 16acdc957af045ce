"""Going back to an earlier generation, one at a time with refreshes, and remembered like them."""

from index.opening import open_encoder
from index.rollback import RollbackPlan, plan_rollback
from index.store import EmbeddedStore
from ingest.catalogue import Catalogue
from ingest.errors import RefreshHeld, StoreError
from ingest.history import History
from ingest.lock import refreshing
from ingest.settings import Settings
from service.recovery import live_or_none, recover
from service.refreshing import new_run


def roll_back(settings: Settings, seen: RollbackPlan, *, by: str) -> str:
    """Switch to the generation of a plan that a person has seen, and return the record's name.

    Raises:
        Busy: a refresh is under way.
        RefreshHeld: something else was published since the plan was made.
        StoreError: the generation is no longer there, fails its checks, or cannot be served with
            what the settings name.
        ModelError: the encoder cannot be used.
    """
    with refreshing(settings.data):
        if plan_rollback(settings.data, seen.target) != seen:
            raise RefreshHeld("something was published meanwhile; look at what would change again")
        encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
        catalogue = Catalogue(settings.data)
        try:
            recover(catalogue, settings)
            history, run = History(catalogue), new_run()
            history.begin(run, "rollback", by, live_or_none(settings))
            try:
                EmbeddedStore(settings).switch(seen.target, encoder)
            except StoreError as error:
                history.end(run, "failed", detail=str(error))
                raise
            history.end(run, "published", generation=seen.target)
        finally:
            catalogue.close()
    return run
