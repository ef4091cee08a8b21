"""What the recogniser adds to the rules of today, span and type exact, on sentences of families its networks had not seen.

`tests/golden/names_unseen_<lang>.json` holds what the networks of the cross-validation marked (row, offsets, type, votes; no
text), as `tifa train --names` writes it into `names/unseen_<lang>.json`. Rules change more often than networks, so the sum is
made anew here. `all`: five folds by family, types and votes chosen on the other folds. `untouched`: the quarter of families
that nobody read while rules were written; types and votes chosen on the three other quarters.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.knowledge import load_yaml
from pipeline.mentions.recogniser import read_names
from pipeline.mentions.recogniser_training import fit, fold_of, read_labelled, read_unseen_marks
from pipeline.mentions.recogniser_worth import Ruled, Worth, apply_rules, choose, count, cross_validated
from pipeline.settings import Settings
from tests.mentions.test_quality import part

ALONE, SAME = {"zh": 0.5, "en": 0.25}, 0.6  # registry names take part in training, so a larger registry marks a little otherwise
GOLDEN = Path(__file__).parent.parent / "golden"


def ruled(shared: Path, lang: str) -> list[Ruled]:
    path = GOLDEN / f"names_unseen_{lang}.json"
    files = sorted((shared / "gold").glob("sentences_*.jsonl"))
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored["labels_sha256"] == hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest(), "other labels"
    return apply_rules(read_labelled(files)[lang], lang, read_unseen_marks(path))


def worth(rows: list[Ruled]) -> dict[str, Worth]:
    untouched = [one for one in rows if part(one.row.family) == "untouched"]
    others = [one for one in rows if part(one.row.family) != "untouched"]
    return {"all": cross_validated(rows), "untouched": count(untouched, choose(others))}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rules_with_and_without_it_keep_their_floors(shared: Path, lang: str) -> None:
    floors: Any = load_yaml(GOLDEN / "floors_mentions.yml")
    rows = ruled(shared, lang)
    found = worth(rows)
    alone = Counter({"hit": 0, "found": 0, "wanted": 0})
    for row, _, seen in rows:
        marked, names = Counter((row.text[one.start:one.end], one.type) for one in seen if one.votes == 2), Counter(row.entities)
        alone.update(hit=(marked & names).total(), found=marked.total(), wanted=names.total())
    print(f"recogniser {lang} by itself: F1 {2 * alone['hit'] / (alone['found'] + alone['wanted']):.3f}")
    for name, one in found.items():
        print(f"recogniser {lang} {name}: rules {one.rules:.3f}, with it {one.both:.3f} ({one.right} of {one.added} additions right)")
        assert one.rules >= floors["recogniser"][lang][name]["rules"]
        assert one.both >= floors["recogniser"][lang][name]["both"]
    for votes in (1, 2):
        for kind in sorted({kind for row, _, _ in rows for _, kind in row.entities}):
            one = count(rows, {kind: votes})
            print(f"recogniser {lang} {kind} from {votes} votes: {one.right} of {one.added} right")


@pytest.mark.slow
def test_it_is_on_by_default_only_where_it_helps(shared: Path) -> None:
    helps = [found["all"].both - found["all"].rules >= 0.01 and found["untouched"].both >= found["untouched"].rules
             for found in (worth(ruled(shared, lang)) for lang in ("zh", "en"))]
    assert Settings().recogniser == ("spacy" if any(helps) else "rules")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_training_again_gives_such_networks(shared: Path, lang: str) -> None:
    rows = [one.row for one in ruled(shared, lang)]
    stored = read_unseen_marks(GOLDEN / f"names_unseen_{lang}.json")
    here = [place for place, row in enumerate(rows) if fold_of(row.family) == 0]
    network = fit([row for row in rows if fold_of(row.family) != 0], lang, seed=0)

    counts = Counter({"right": 0, "found": 0, "wanted": 0, "kept": 0})
    for place in here:
        row, marks = rows[place], {one[:3] for one in read_names([network], rows[place].text, lang)}
        found, names = Counter((row.text[start:end], kind) for start, end, kind in marks), Counter(row.entities)
        counts.update(right=(found & names).total(), found=found.total(), wanted=names.total(),
                      kept=len(marks & {one[:3] for one in stored[place]}))
    score, share = 2 * counts["right"] / (counts["found"] + counts["wanted"]), counts["kept"] / counts["found"]
    print(f"one network of fold 0 ({lang}): F1 {score:.3f}; {share:.3f} of what it marks is among the marks that were kept")
    assert score >= ALONE[lang] and share >= SAME, "other data, versions or code: run tifa train --names again"
