"""The command `tifa review`: sentences worth a human answer as a spreadsheet, and the answers back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import Processed, Raw, settings_from
from flows.progress import now, say
from pipeline.errors import TifaError

app = typer.Typer()


@app.command()
def review(
    n: Annotated[int | None, typer.Option("--n", help="Write this many sentences to answer.", min=1, max=5000, envvar="TIFA_N")] = None,
    out: Annotated[Path, typer.Option(help="The spreadsheet to write, .csv or .xlsx.", envvar="TIFA_OUT")] = Path("review.xlsx"),
    apply: Annotated[Path | None, typer.Option("--apply", help="The spreadsheet with the answers.", envvar="TIFA_APPLY")] = None,
    coder: Annotated[str, typer.Option(help="Who answered; kept with each answer.", envvar="TIFA_CODER")] = "",
    retrain: Annotated[bool, typer.Option("--retrain", help="Fit the classifiers again with the answers, too.",
                                          envvar="TIFA_RETRAIN")] = False,
    raw: Raw = None, processed: Processed = None,
) -> None:
    """Ask people where an answer helps most, and let their answers override the model.

    `--n 50` writes the sentences of which the model is least sure and on which the report's numbers hang most. Write y or n (or
    a modality) into the cells you want to answer; an empty cell leaves the model's answer. `--apply FILE` checks the
    answers, adds them to the corrections file, and the next `tifa run` counts them.
    """
    if (n is None) == (apply is None):
        raise TifaError("Say what to do", where="--n, --apply", todo="Give one of them: --n 50 to ask, --apply FILE to take the answers.")
    settings = settings_from(raw=raw, processed=processed)
    from flows import sheets

    if apply is None:
        n_written = sheets.write_sheet(settings, n=n or 0, out=out, as_of=now()[:10])
        say(f"{n_written} sentences to answer: {out}. Then: tifa review --apply {out} --coder NAME")
        return
    if not coder.strip():
        raise TifaError("Answers need a name", where="--coder", todo="Say who answered, e.g. --coder 'Li Hua'.")
    for line in sheets.take_answers(settings, apply, coder=coder.strip(), date=now()[:10]):
        typer.echo(line)
    if retrain:
        from flows.train import run_train

        run_train(None, None, settings.models, 0, changed=Path("changes.csv"), corrections=(settings.corrections, settings.raw))
    say("`tifa run` lays the answers over the codes and says what they change.")
