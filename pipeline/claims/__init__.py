"""All tables → claims: what papers say, checked against the texts by a rule that was written down before."""

from pipeline.claims.evaluate import evaluate_claims
from pipeline.claims.ledger import Claim, check_claim_file, load_claims
from pipeline.claims.log import new_verdicts

__all__ = ["Claim", "check_claim_file", "evaluate_claims", "load_claims", "new_verdicts"]
