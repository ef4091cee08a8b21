"""A claim measured, with what would have been said otherwise: raw shares, and unequal errors in the two groups."""

from __future__ import annotations

from dataclasses import replace

from pipeline.claims.kinds import KINDS
from pipeline.claims.ledger import Claim
from pipeline.claims.outcome import Outcome, rounded
from pipeline.claims.setting import Setting, chosen_documents, claim_counts, claim_measure, places_of, source
from pipeline.estimates.correction import draw_errors

CORRECTED = ("level", "difference", "every_year")
CONTRASTS = ("difference", "contrast")


def measure_claim(setting: Setting, claim: Claim) -> Outcome:
    """The outcome of a claim; where it rests on corrected shares, with what raw shares would have said.

    Contrasts of groups also say how far unequal errors could move them (see `differential_bound`). The verdict is that of
    the registered estimator; `robust` in the numbers says whether raw shares agree.
    """
    found = KINDS[claim.kind](setting, claim)
    if claim.kind in CONTRASTS and found.estimate is not None:
        found = replace(found, numbers=found.numbers | differential_bound(setting, claim, found.estimate))
    if claim.kind not in CORRECTED or claim.measurement.get("estimator", "corrected") == "raw":
        return found
    raw = KINDS[claim.kind](setting, replace(claim, measurement=dict(claim.measurement) | {"estimator": "raw"}))
    if (raw.estimate, raw.low) == (found.estimate, found.low):
        return found
    told = {"verdict": raw.verdict, "estimate": raw.estimate, "low": raw.low, "high": raw.high}
    return replace(found, numbers=found.numbers | {"with raw shares": told, "robust": raw.verdict == found.verdict})


def differential_bound(setting: Setting, claim: Claim, estimate: float) -> dict[str, object]:
    """How far a contrast could be off if the classifier erred in one group as in its worst kind of text and in the other
    as in its best: the contrast with that much taken off and added.

    The largest difference between two kinds of text (statute, soft, speech) in false calls, (1 - share) · fpr, and in
    missed ones, share · sensitivity, over the least information of the two. Empty for what no classifier decides.
    """
    measure = claim_measure(claim)
    if measure.label is None:
        return {}
    lang = source(claim)[1]
    kinds = draw_errors(setting.rates, [measure.label], lang=lang, stratum="CN", n_draws=2, seed=0).get(measure.label, ())
    known = [error for error in kinds if error is not None and error.usable]
    places = places_of(chosen_documents(setting, claim)[0])
    counts = claim_counts(setting, measure)
    size = float(counts.denominators[places, 0].sum())
    if len(known) < 2 or not size:
        return {}
    share = float(counts.numerators[places, 0].sum()) / size
    reach = max((abs(one.specificity - other.specificity) * (1 - share) + abs(one.sensitivity - other.sensitivity) * share)
                / min(error.sensitivity + error.specificity - 1 for error in (one, other))
                for one in known for other in known)
    return {"bound for differential error": [rounded(estimate - reach), rounded(estimate + reach)]}
