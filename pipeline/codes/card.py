"""The model card: written by training from what training measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from pipeline.codes.evaluation import Reading, curve
from pipeline.codes.labels import FRAMES

_HEAD = """# Model card: codes and senses

Written by `tifa train`; do not edit. Seed {seed}; labels sha256 `{digest}`; {versions}.

## What these models do
They read one sentence (with its heading as weaker context) and say: the two core frames, six themes, modality, five
specificity marks, and the sense of each 安全 / safe / secure / security. Chinese and English have their own weights;
the code is the same. Labels mean what the codebook says.

## Data
{data}
The coders were of one kind; there was no panel of human experts. Two independent codings of other sentences agree at
kappa 0.92–0.97 on the two core frames; coders of one kind agree more than a mixed panel would.

## Method
Hashed n-grams of the folded text (Chinese: one to four characters; English: words, stems and pairs), names masked,
final marks and enumerators left out; stacked with their projection on {directions} directions found in the unlabelled
text and with their sums over the codebook's cue groups; cue counts for modality and marks. One linear support vector
machine per target (modality: highest score wins), thresholds for F1 and logistic calibration from out-of-fold scores.
Senses: a linear classifier over the window, modifier and head lists, and the name around the occurrence.
The shipped weights are fitted on all labels after the cross-validation below.

## Measured
Five-fold cross-validation by document family; neither labels nor unlabelled text of a held-out family are seen.
Thresholds and curves come from the other folds. Intervals: 95 %, families resampled. `random`: rows drawn at random;
`all` adds rows chosen partly because an earlier model was unsure of them (harder than ordinary text).

| lang | label | metric | rows | value | interval | n | positive |
| --- | --- | --- | --- | --- | --- | --- | --- |
{table}

## Reliability
Mean probability against share true, all rows, out of fold.

| lang | label | probability | share true | n |
| --- | --- | --- | --- | --- |
{curves}

## Limits
- One sentence at a time: what only the paragraph says is not seen; a list item knows its heading, not its siblings.
- Themes with few examples (sovereignty, competition, inclusion) are read with wide intervals; do not trend them alone.
- Trained on policy documents of 2008–2025 from public archives; news, comments and other genres are outside.
- Weights are stored in 8 bits; scores differ from the fitted ones in the third digit.
"""


def model_card(readings: Sequence[Reading], metrics: Sequence[Mapping[str, object]], *, digest: str, seed: int,
               unlabelled: Mapping[str, int]) -> str:
    """Markdown text of the card."""
    from pipeline.codes.design import N_DIRECTIONS

    data = "\n".join(
        f"- {one.lang}: {len(one.rows)} labelled sentences of {len({str(row['family']) for row in one.rows})} families, "
        f"{sum(row.get('sampled') == 'random' for row in one.rows)} drawn at random; {len(one.sense_truth)} occurrences "
        f"with a sense; {unlabelled[one.lang]} unlabelled sentences of the training documents." for one in readings)
    table = "\n".join(f"| {m['lang']} | {m['label']} | {m['metric']} | {m['rows']} | {m['value']:.3f} | "
                      f"{m['low']:.3f}–{m['high']:.3f} | {m['n']} | {m['n_positive']} |" for m in metrics)
    curves = "\n".join(f"| {one.lang} | {label} | {mean:.2f} | {share:.2f} | {n} |"
                       for one in readings for label in FRAMES for mean, share, n in curve(one, label))
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "scikit-learn"))
    return _HEAD.format(seed=seed, digest=digest, versions=versions, data=data, table=table, curves=curves,
                        directions=N_DIRECTIONS)
