"""The stages composed: what a run has to redo, and each step of it as a plain function.

`refresh` is one run: plan, withdraw what is gone, read files batch by batch, derive sentences, mentions and codes batch
by batch, then what rests on all documents: links, alignments, trends, claims, the report. `flows` adds Prefect and the
command line; nothing here knows of either.
"""

from pipeline.stages.corpus import DERIVED_TABLES, up_to
from pipeline.stages.corrections import n_pending
from pipeline.stages.fingerprints import CORPUS, DERIVED, DOCUMENTS, Stage, fingerprint, read_models_in
from pipeline.stages.plan import Plan, make_plan, stale_stages
from pipeline.stages.refreshing import Progress, RunResult, plain_call, refresh

__all__ = ["CORPUS", "DERIVED", "DERIVED_TABLES", "DOCUMENTS", "Plan", "Progress", "RunResult", "Stage",
           "fingerprint", "make_plan", "n_pending", "plain_call", "read_models_in", "refresh", "stale_stages", "up_to"]
