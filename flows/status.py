"""What `tifa status` tells: documents, runs, files set aside, and what the next run would redo and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from flows.progress import now
from pipeline import stages
from pipeline.settings import Settings
from pipeline.store import Store


@dataclass(frozen=True)
class Status:
    """Lines for people, and the files set aside: path, reason, detail, hint."""

    lines: list[str]
    set_aside: pd.DataFrame
    stale: list[str]
    n_documents: int

    def as_dict(self) -> dict[str, object]:
        """The same for programs."""
        return {"n_documents": self.n_documents, "stale": self.stale, "lines": self.lines,
                "set_aside": self.set_aside.to_dict("records")}


def describe_status(settings: Settings) -> Status:
    """Read the tables and compare them with the raw folder, without changing either."""
    stages.read_models_in(settings.models, settings.recogniser)
    with Store(settings.database, read_only=True) as store:
        files = store.read("files", columns=["path", "outcome", "reason", "detail", "hint"])
        documents = store.read("documents", columns=["doc_id", "lang", "date_issued", "duplicate_of"])
        runs = store.read("runs").sort_values("started_at").tail(5)
        n_answers = stages.n_pending(store, settings.corrections)
        day, seed = now()[:10], settings.seed
        plan = stages.make_plan(settings.raw, store, day=day, seed=seed, ocr=settings.ocr) if settings.raw.is_dir() else None
        stale = list(plan.stale_stages) if plan else list(stages.stale_stages(store, day=day, seed=seed))
    langs = ", ".join(f"{count} {lang}" for lang, count in documents["lang"].value_counts().sort_index().items())
    lines = [f"{len(documents)} documents ({langs}), {int(documents['duplicate_of'].notna().sum())} of them linked as reposts "
             f"of another; {int(documents['date_issued'].isna().sum())} without a date."]
    lines += [f"Run {row.started_at} as of {row.as_of}: {row.state}, {row.n_seen} files, {row.n_new} new, {row.n_changed} changed, "
              f"{row.n_removed} removed." for row in runs.itertuples(index=False)]
    if plan is None:
        lines.append(f"The raw folder {settings.raw} is not here; what is new cannot be said.")
    elif plan.is_empty and not n_answers:
        lines.append("Everything is up to date: the next run would write nothing.")
    else:
        lines.append(f"The next run reads {len(plan.to_read)} files ({plan.n_new} new, {plan.n_changed} changed, "
                     f"{plan.n_removed} removed), makes what rests on them again{', and' if plan.why else '.'}")
        lines += [f"  {reason}" for reason in plan.why]
    if n_answers:
        lines.append(f"{n_answers} answers of {settings.corrections} are new or changed; the next run lays them over the codes.")
    aside = files[files["outcome"] == "quarantined"].drop(columns="outcome").reset_index(drop=True)
    lines.append(f"{len(aside)} files are set aside{':' if len(aside) else '.'}")
    return Status(lines, aside, stale, len(documents))
