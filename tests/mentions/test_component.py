"""The registry as a spaCy component: spans on tifa's own tokens, text kept to the character."""

import pytest

from pipeline.errors import TifaError
from pipeline.mentions.component import blank_pipeline


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), [
    ("zh", "国务院和工信部另行通知。", [("国务院", "ACTOR", "cn-state-council"), ("工信部", "ACTOR", "cn-miit")],
     "Chinese characters as tokens"),
    ("en", "The State Council and  MIIT\nanswer.", [("State Council", "ACTOR", "cn-state-council"), ("MIIT", "ACTOR", "cn-miit")],
     "blanks and line ends are kept"),
    ("en", "most of us", [], "no name")])
def test_spans(lang: str, text: str, expected: list[tuple[str, str, str]], reason: str) -> None:
    doc = blank_pipeline(lang)(text)
    assert doc.text == text
    assert [(span.text, span.label_, span.kb_id_) for span in doc.spans["registry"]] == expected, reason


def test_other_languages_stop() -> None:
    with pytest.raises(TifaError, match="Unknown language"):
        blank_pipeline("fr")
