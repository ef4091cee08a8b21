"""Seeded corpora with planted truth: how often each label is truly there, and what a classifier makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

FRAMES = ("development", "security", "ethics", "cooperation", "sovereignty", "competition", "rulemaking", "inclusion")
MARKS = ("has_deadline", "has_quantity", "has_responsible", "has_sanction", "has_reference")


@dataclass(frozen=True)
class Plan:
    """What is planted.

    n_documents, years: spread evenly. share: true share of a label in a year. overdispersion: intraclass correlation
    of a label within a document. lengths: mean sentences of a document (log-normal with sigma `unequal`).
    sensitivity, specificity: of the classifier that codes the sentences (1 = perfect).
    """

    n_documents: int = 40
    years: tuple[int, ...] = (2018, 2019, 2020, 2021)
    share: Mapping[str, Callable[[int], float]] | None = None
    overdispersion: float = 0.1
    lengths: float = 40.0
    unequal: float = 0.6
    sensitivity: float = 1.0
    specificity: float = 1.0
    lang: str = "zh-Hans"
    with_text: bool = True


def make_tables(plan: Plan, *, seed: int) -> dict[str, pd.DataFrame]:
    """documents, sentences, codes and empty or small tables of the other stages, per the plan."""
    generator = np.random.default_rng(seed)
    documents = _documents(plan)
    lengths = np.maximum(3, np.round(plan.lengths * np.exp(
        generator.normal(-plan.unequal**2 / 2, plan.unequal, len(documents))))).astype(int)
    document_of = np.repeat(np.arange(len(documents)), lengths)
    sent_no = np.concatenate([np.arange(length) for length in lengths])
    years = documents["date_issued"].str[:4].astype(int).to_numpy()
    codes = pd.DataFrame({"doc_id": documents["doc_id"].to_numpy()[document_of], "sent_no": sent_no})
    for label in (*FRAMES, *MARKS):
        truth = _truth(plan, label, years, document_of, generator)
        noise = generator.random(len(truth))
        codes[label] = np.where(truth, noise < plan.sensitivity, noise >= plan.specificity)
    codes["modality"] = generator.choice(["oblige", "permit", "encourage", "state"], len(codes))
    sentences = codes[["doc_id", "sent_no"]].assign(kind="body", text=_texts(plan, codes))
    return {"documents": documents, "sentences": sentences, "codes": codes, **_others(documents, codes)}


def _documents(plan: Plan) -> pd.DataFrame:
    numbers = np.arange(plan.n_documents)
    years = np.array(plan.years)[numbers * len(plan.years) // plan.n_documents]
    return pd.DataFrame({
        "doc_id": [f"d{number:06d}" for number in numbers], "lang": plan.lang,
        "title": [f"样例规定第{number}号" for number in numbers],
        "issuers": [["cn-cac", "cn-miit"] if number % 2 else ["cn-most"] for number in numbers],
        "tier": ["ministry" if number % 3 else "local" for number in numbers],
        "doc_type": ["departmental_rule" if number % 2 else "plan" for number in numbers],
        "status": "in_force", "bindingness": ["binding" if number % 2 else "soft" for number in numbers],
        "jurisdiction": "CN", "audience": "domestic", "topics": [["ai", "data"] for _ in numbers],
        "doc_number": None, "date_issued": [f"{year}-06-{1 + number % 28:02d}" for number, year in enumerate(years)],
        "date_first_issued": None, "work_id": [f"w{number}" for number in numbers], "pair_id": None,
        "legal_basis": [[] for _ in numbers], "duplicate_of": None})


def _truth(
    plan: Plan, label: str, years: np.ndarray, document_of: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    share = (plan.share or {}).get(label, lambda year: 0.3)
    mean = np.clip(np.array([share(int(year)) for year in years]), 1e-6, 1 - 1e-6)
    if plan.overdispersion > 0:
        size = 1 / plan.overdispersion - 1
        mean = generator.beta(mean * size, (1 - mean) * size)
    return generator.random(len(document_of)) < mean[document_of]


def _texts(plan: Plan, codes: pd.DataFrame) -> np.ndarray:
    if not plan.with_text:
        return np.full(len(codes), "样例。")
    both = codes["development"].to_numpy() + 2 * codes["security"].to_numpy()
    return np.array(["样例一。", "促进产业发展。", "防范安全风险。", "统筹发展和安全。"], dtype=object)[both]


def _others(documents: pd.DataFrame, codes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    secure = codes.loc[codes["security"], ["doc_id", "sent_no"]].reset_index(drop=True)
    senses = secure.assign(start_char=2, end_char=4, surface="安全", in_name=False,
                           sense=np.where(np.arange(len(secure)) % 4 == 0, "state", "data"))
    renderings = senses.rename(columns={"doc_id": "zh_doc_id"})[["zh_doc_id", "sent_no", "sense"]].assign(
        pair_id="p", en_doc_id="e", rendering=np.where(np.arange(len(secure)) % 5 == 0, "safety", "security"))
    first = codes.groupby("doc_id").head(1)[["doc_id", "sent_no"]].reset_index(drop=True)
    return {
        "senses": senses, "renderings": renderings,
        "mentions": first.assign(type="ACTOR", entity_id="cn-cac", surface="国家互联网信息办公室"),
        "citations": first.assign(cited_title="中华人民共和国样例法", cited_doc_number=None, entity_id="sample-law",
                                  cited_doc_id=None, relation="basis"),
        "commitments": first.head(len(first) // 2).assign(actor_id="cn-cac", action="建立", quantity=None,
                                                          unit=None, deadline="2025", text="样例"),
    }
