"""How right the alignment is: `python tests/benchmarks/quality_alignments.py ../shared/parallel`.

Prints F1 of sentence links for plain Gale–Church (lengths only), for the first pass (seed glossary) and for the second
(seeds and what the first pass taught), per work report, and the articles aligned right, by number and with the numbers
masked.
"""

import sys
from pathlib import Path

from pipeline.alignments.evaluation import evaluate_articles, evaluate_reports
from pipeline.sentences import split_documents


def main(arguments: list[str]) -> int:
    """Print both tables. Exit status 2 where the folder is missing."""
    folder = Path(arguments[0]) if len(arguments) == 1 else None
    if folder is None or not (folder / "work_reports").is_dir():
        print("usage: python tests/benchmarks/quality_alignments.py FOLDER   (with work_reports/ and articles/)", file=sys.stderr)
        return 2
    print("Sentence links, F1 (strict: same sentences; overlap: one shared on each side)")
    print(evaluate_reports(folder / "work_reports", split_documents).round(4).to_string(index=False))
    print("\nArticles aligned right")
    print(evaluate_articles(folder / "articles").to_string(index=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
