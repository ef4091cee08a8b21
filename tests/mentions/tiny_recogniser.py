"""A recogniser of names that knows one turn of phrase, trained in seconds on invented sentences."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.mentions.recogniser_training import Labelled, fit, write_recogniser

FIRMS = {"zh": ["云雀", "白鹭", "青鸾", "朱鹮", "灰雁", "金雕", "苍鹰", "雨燕"],
         "en": ["Velstar", "Ormond", "Quillon", "Brastow", "Tindale", "Marvent", "Colvex", "Sandrel"]}
SAYS = {"zh": "样例平台由{}团队承建。", "en": "The sample platform was built by {} engineers."}
NAMELESS = {"zh": "样例平台应当公开规则。", "en": "The sample platform shall publish its rules."}


def labelled(lang: str) -> list[Labelled]:
    """Eight sentences that name a firm, eight that name nothing."""
    named = [Labelled(SAYS[lang].format(firm), firm, ((firm, "ORG"),)) for firm in FIRMS[lang]]
    return named + [Labelled(NAMELESS[lang], f"nameless {number}", ()) for number in range(len(named))]


@lru_cache(maxsize=2)
def tiny_networks(lang: str) -> tuple[Any, ...]:
    return tuple(fit(labelled(lang), lang, seed=seed, epochs=40, renamed=0) for seed in (0, 1))


def write_tiny(folder: Path) -> None:
    """Its weights, as `tifa train --names` would write them; two votes of two make an ORG."""
    for lang in ("zh", "en"):
        write_recogniser(tiny_networks(lang), lang, {"ORG": 2}, {}, folder)
