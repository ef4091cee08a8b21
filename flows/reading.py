"""Commands that read the tables: kwic, query, claims, lens, diff, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from flows.options import FileFormat, Processed, TableFormat, TextFormat, echo_csv, print_frame, settings_from
from flows.progress import say
from pipeline.errors import TifaError

app = typer.Typer()


@app.command()
def kwic(
    pattern: Annotated[str, typer.Argument(help="Words, or a regular expression.")],
    lang: Annotated[str | None, typer.Option(help="zh, en, or a full code such as zh-Hant.", envvar="TIFA_LANG")] = None,
    issuer: Annotated[str | None, typer.Option(help="Entity id, or part of the printed name.", envvar="TIFA_ISSUER")] = None,
    since: Annotated[str | None, typer.Option(help="First date, e.g. 2019 or 2019-03.", envvar="TIFA_SINCE")] = None,
    until: Annotated[str | None, typer.Option(help="Last date.", envvar="TIFA_UNTIL")] = None,
    window: Annotated[int, typer.Option(help="Characters on either side.", min=0, max=500, envvar="TIFA_WINDOW")] = 30,
    format: Annotated[TextFormat, typer.Option(help="text, csv or jsonl.", envvar="TIFA_FORMAT")] = TextFormat.text,
    processed: Processed = None,
) -> None:
    """Concordance: every place where PATTERN stands, with its context, document and offsets."""
    from pipeline.corpus import open_corpus

    rows = open_corpus(settings_from(processed=processed).processed).kwic(
        pattern, lang=lang, issuer=issuer, since=since, until=until, window=window)
    if format is TextFormat.jsonl:
        for record in rows.to_dict("records"):
            typer.echo(json.dumps(record, ensure_ascii=False))
    elif format is TextFormat.csv:
        echo_csv(rows)
    else:
        for row in rows.itertuples(index=False):
            typer.echo(f"{row.date_issued or '—':<10} {row.left:>{window}}【{row.hit}】{row.right}  "
                       f"{_shorten(row.title or row.doc_id, 30)} {row.doc_id}:{row.start_char}")
    say(f"{len(rows)} hits in {rows['doc_id'].nunique()} documents.")


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 1] + "…"


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT, in DuckDB's SQL.")],
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    processed: Processed = None,
) -> None:
    """Read-only SQL on the tables. `tifa query "SHOW TABLES"` lists them."""
    from pipeline.corpus import open_corpus

    print_frame(open_corpus(settings_from(processed=processed).processed).sql(sql), format)


@app.command()
def claims(
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    check: Annotated[Path | None, typer.Option(help="Explain in plain words what is wrong with a claim file.")] = None,
    processed: Processed = None,
) -> None:
    """The claims ledger: what papers claim, measured on the tables as they stand."""
    from pipeline.claims import check_claim_file

    if check is not None:
        problems = check_claim_file(check)
        for problem in problems:
            typer.echo(problem)
        if problems:
            raise typer.Exit(1)
        say(f"{check} is a claim that tifa can evaluate.")
        return
    from pipeline.corpus import open_corpus

    ledger = open_corpus(settings_from(processed=processed).processed).claims
    if format is TableFormat.table:
        ledger = ledger.drop(columns=["evidence"])
    print_frame(ledger, format)


@app.command()
def lens(
    term: Annotated[str, typer.Argument(help="A Chinese term, e.g. 治理.")],
    en: Annotated[str, typer.Option("--en", help="English words, parted by commas: governance,management,regulation.")],
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    sentences: Annotated[int, typer.Option(help="Print so many sentences, side by side; 0 for none.", min=0)] = 5,
    processed: Processed = None,
) -> None:
    """How a Chinese term is rendered in aligned English, with counts, intervals, sentences."""
    from pipeline.alignments.lens import render_term
    from pipeline.corpus import open_corpus

    corpus = open_corpus(settings_from(processed=processed).processed)
    found = render_term(corpus.alignments, corpus.sentences, term, en.split(","))
    if found.sentences.empty:
        say(f"{term} does not occur as a word in the Chinese sentences that are aligned with English ones; there is no share.")
    if format is not TableFormat.table:
        print_frame(found.sentences if format is TableFormat.csv else found.shares, format)
    if format is not TableFormat.table or found.sentences.empty:
        return
    print_frame(found.shares.round({"share": 3, "low": 3, "high": 3}), format)
    for row in found.sentences.head(sentences).itertuples(index=False):
        typer.echo(f"\n[{row.rendering}] {row.zh_doc_id}:{row.start_char}\n  {row.zh_text}\n  {row.en_text}")
    say(f"{len(found.sentences)} places in {found.sentences['pair_id'].nunique()} pairs.")


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="Document id, path under raw/ or title of the earlier version.")],
    b: Annotated[str, typer.Argument(help="The same for the later version.")],
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    processed: Processed = None,
) -> None:
    """Article-aligned comparison of two versions: added, removed, moved, reworded, and what each change does."""
    from pipeline.alignments.diff import diff_versions, summarise_diff
    from pipeline.corpus import open_corpus

    corpus = open_corpus(settings_from(processed=processed).processed)
    one, two = corpus.document(a), corpus.document(b)
    langs = {str(document["lang"]).split("-")[0] for document in (one, two)}
    if len(langs) > 1:
        raise TifaError("The two documents are in different languages", where=f"{a}, {b}", todo="Compare versions of one text.")
    rows = {name: getattr(corpus, name) for name in ("sentences", "codes")}
    parts = [rows[name][rows[name]["doc_id"] == document["doc_id"]] for name in rows for document in (one, two)]
    changes = diff_versions(parts[0], parts[1], lang=langs.pop(), codes_a=parts[2], codes_b=parts[3])
    if format is not TableFormat.table:
        print_frame(changes, format)
        return
    for change in changes.itertuples(index=False):
        typer.echo(f"{change.change:<9} art. {change.article_a or '—'} → {change.article_b or '—'}  "
                   f"[{', '.join(change.effects) or 'wording'}]\n  − {change.text_a or ''}\n  + {change.text_b or ''}")
    print_frame(summarise_diff(changes), format)
    say(f"{len(changes)} changes from {one['title']} ({one['date_issued']}) to {two['title']} ({two['date_issued']}).")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.")],
    format: Annotated[FileFormat, typer.Option(help="parquet, csv or xlsx.", envvar="TIFA_FORMAT")] = FileFormat.parquet,
    partition: Annotated[bool, typer.Option("--partition", help="Parquet in folders lang=…/year=… for readers of parts.",
                                            envvar="TIFA_PARTITION")] = False,
    processed: Processed = None,
) -> None:
    """All tables as files."""
    from pipeline.reports.exports import write_csv, write_workbook
    from pipeline.store import Store, to_arrow, write_parquet
    from pipeline.tables import INTERNAL, TABLES

    folder.mkdir(parents=True, exist_ok=True)
    with Store(settings_from(processed=processed).database, read_only=True) as store:
        frames = store.read_all(name for name in TABLES if name not in INTERNAL)
    if format is FileFormat.xlsx:
        write_workbook(frames.items(), folder / "tables.xlsx")
    for name, frame in frames.items() if format is not FileFormat.xlsx else ():
        if format is FileFormat.csv:
            write_csv(frame, folder / f"{name}.csv")
        else:
            write_parquet(to_arrow(name, frame), folder, name, documents=frames["documents"] if partition else None)
    say(f"{len(frames)} tables as {format.value} in {folder}.")
