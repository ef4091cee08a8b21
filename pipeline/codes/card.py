"""The model card: written by training from what training measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import NamedTuple

from pipeline.codes.evaluation import Reading, curve, interval_text
from pipeline.codes.extra import Agreement
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
{extra}

## Method
Hashed n-grams of the folded text (Chinese: one to four characters; English: words, stems and pairs), names masked,
final marks and enumerators left out; stacked with their projection on {directions} directions found in the unlabelled
text and with their sums over the codebook's cue groups. Rules of modality and marks (codebook/modality.yml, marks.yml:
cues with numbers, places in the clause, pairs within a clause, cues that speak against a mark) and the kinds of names
in the sentence are features that the classifier weighs. Per target, grams are scaled by how far they tell true sentences
from others. One linear support vector machine per target (modality: highest score wins).
Thresholds and logistic calibration come from out-of-fold scores.
Frames and themes are decided so that on rows drawn at random as many sentences are said to carry a label as carry it
(rows chosen for being hard count for a fifth when fewer than a hundred random rows carry the label, else not at all);
marks so that F1 is highest, as the mean over resamples. Names are the mentions that a run finds.
Senses: a linear classifier over the window, modifier and head lists, and the name around the occurrence.
{front}The shipped weights are fitted on all labels after the cross-validation below.

## Measured
Five-fold cross-validation by document family; neither labels nor unlabelled text of a held-out family are seen.
Thresholds and curves come from the other folds. Intervals: 95 %, families resampled. `random`: rows drawn at random;
`all` adds rows chosen partly because an earlier model was unsure of them (harder than ordinary text).
Features, penalties and the way thresholds are set were chosen by looking at these same folds, so the figures are
somewhat kinder than those of documents kept apart. `tuned`: families (folds 0 to 2) whose errors were read when the rules
of modality, marks and senses were written; `untouched`: the others, whose errors nobody read.

| lang | label | metric | rows | value | interval | n | positive |
| --- | --- | --- | --- | --- | --- | --- | --- |
{table}

## By genre
Out of fold, rows drawn at random (here also those of labels_read_*.jsonl, but not in `all`), document type as the program
reads it. statute: laws, regulations, rules, judicial documents; speech: speeches and work reports; soft: all others.
Bias: share said minus share true. All counts, and those of the other labels, are in error_rates.json.

| lang | label | stratum | sensitivity | specificity | share true | bias | n |
| --- | --- | --- | --- | --- | --- | --- | --- |
{strata}

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


class CardData(NamedTuple):
    """What the card says beside the readings. unlabelled, extra: sentences by language. rates: rows of error_rates.json.

    front: a line on the encoder, if there is one.
    """

    digest: str
    seed: int
    unlabelled: Mapping[str, int]
    extra: Mapping[str, int]
    agreement: Sequence[Agreement]
    rates: Sequence[Mapping[str, object]]
    front: str = ""


def model_card(readings: Sequence[Reading], metrics: Sequence[Mapping[str, object]], data: CardData) -> str:
    """Markdown text of the card."""
    from pipeline.codes.design import N_DIRECTIONS

    rows = "\n".join(
        f"- {one.lang}: {len(one.rows)} labelled sentences of {len({str(row['family']) for row in one.rows})} families, "
        f"{sum(row.get('sampled') == 'random' for row in one.rows)} drawn at random; {len(one.sense_truth)} occurrences "
        f"with a sense; {data.unlabelled[one.lang]} unlabelled sentences of the training documents." for one in readings)
    table = "\n".join(f"| {m['lang']} | {m['label']} | {m['metric']} | {m['rows']} | {m['value']:.3f} | "
                      f"{interval_text(m)} | {m['n']} | {m['n_positive']} |" for m in metrics)
    curves = "\n".join(f"| {one.lang} | {label} | {mean:.2f} | {share:.2f} | {n} |"
                       for one in readings for label in FRAMES for mean, share, n in curve(one, label))
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "scikit-learn"))
    return _HEAD.format(seed=data.seed, digest=data.digest, versions=versions, data=rows, table=table, curves=curves,
                        directions=N_DIRECTIONS, extra=_extra_part(data), front=data.front, strata=_strata_part(data.rates))


def _extra_part(data: CardData) -> str:
    """What the card says of labels beside the gold; nothing when there are none."""
    if not sum(data.extra.values()):
        return ""
    text = (f"\nBeside these, {data.extra['zh']} Chinese and {data.extra['en']} English sentences of the training documents "
            "are learnt from and never scored\n(stand-off): labels_extra.jsonl, found by lexicons of the rarer themes and by "
            "uncertainty, coded without headings;\nlabels_read_zh.jsonl and labels_read_en.jsonl, mostly drawn at random within "
            "a kind of text, coded with headings. Those\ndrawn at random enter the error rates of their kind of text.\n")
    if data.agreement:
        text += (f"A second coding of {data.agreement[0].n} of labels_extra.jsonl, blind to the first, agrees as follows (yes: how many "
                 "the first and the second coder gave).\n\n| label | share equal | kappa | yes |\n| --- | --- | --- | --- |\n")
        text += "\n".join(f"| {one.label} | {one.share:.2f} | {one.kappa:.2f} | {one.n_first} / {one.n_second} |"
                          for one in data.agreement)
    return text


def _strata_part(rates: Sequence[Mapping[str, object]]) -> str:
    lines = []
    for row in rates:
        if row["label"] in FRAMES:
            tp, fp, fn, tn = (int(str(row[name])) for name in ("tp", "fp", "fn", "tn"))
            sensitivity = f"{tp / (tp + fn):.2f}" if tp + fn else "–"
            specificity = f"{tn / (tn + fp):.2f}" if tn + fp else "–"
            n = tp + fp + fn + tn
            lines.append(f"| {row['lang']} | {row['label']} | {row['stratum']} | {sensitivity} | {specificity} | "
                         f"{(tp + fn) / n:.2f} | {(fp - fn) / n:+.3f} | {n} |")
    return "\n".join(lines)
