"""Thousands of documents, made by recombining the paragraphs of the sample: enough to measure with, not to be read."""

from __future__ import annotations

import random
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "raw" / "sample"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def read_texts() -> dict[str, list[list[str]]]:
    """Lines of the plain texts of the sample, by language."""
    texts: dict[str, list[list[str]]] = {"zh": [], "en": []}
    for path in sorted(SAMPLE.rglob("*.txt")):
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030", errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > 8:
            texts["zh" if sum("\u4e00" <= mark <= "\u9fff" for mark in text) > len(text) / 4 else "en"].append(lines)
    return texts


def make_documents(folder: Path, n: int, *, seed: int = 0, first: int = 0, paragraphs: int = 12, english: float = 0.25) -> int:
    """`n` files under `folder`, numbered from `first`; english: share of English ones. Returns: bytes written.

    All come from one small pool of paragraphs, so that long Chinese and English ones look like versions of each other, which the
    search for versions then tries to align: thousands of candidates that no corpus has. Large measurements take Chinese alone.
    """
    texts, written = read_texts(), 0
    for number in range(first, first + n):
        draw = random.Random(seed * 1_000_003 + number)
        lang = "en" if draw.random() < english else "zh"
        pool = [line for lines in texts[lang] for line in lines[3:-2] if len(line) > 12]
        year, month, day = draw.randint(2010, 2025), draw.randint(1, 12), draw.randint(1, 28)
        body = draw.sample(pool, min(paragraphs, len(pool)))
        if lang == "zh":
            issuer = draw.choice(["国务院", "国家互联网信息办公室", "工业和信息化部", "科学技术部", "国家数据局", "上海市人民政府"])
            lines = [f"{issuer}关于第{number}批样例人工智能数据安全与发展事项的意见", f"样发〔{year}〕{number}号", *body, issuer,
                     f"{year}年{month}月{day}日"]
        else:
            lines = [f"Opinions on Batch {number} of Sample Artificial Intelligence and Data Security Matters", *body,
                     f"{day} {MONTHS[month - 1]} {year}"]
        path = folder / f"{number // 500:03d}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = "\n\n".join(lines).encode()
        path.write_bytes(data)
        written += len(data)
    return written
