"""Many sentences are cut and searched at once, and nothing differs from one at a time."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.estimates.material import Material, prepare_material
from pipeline.estimates.surfaces import find_terms, find_uses
from pipeline.estimates.words import JOINING, MASK, blotted, read_words
from pipeline.segment import cut_plain
from pipeline.text import match_key, quoted_titles

LETTERS = "渡口竹筏桥灯安全发展數據和国家网络第三百二条《》“”、，。… \n\u3000aAbz-'’19.%é𠮷"
SENTENCES = st.lists(st.text(alphabet=LETTERS, max_size=24), min_size=1, max_size=6)
QUOTED = re.compile('"[^"\n]{1,80}"')


def corpus(texts: list[str], *, lang: str, names: list[tuple[int, int, int]] = ()) -> Material:  # type: ignore[assignment]
    """One document of these sentences. names: number of a sentence, start and end in it."""
    starts = np.cumsum([0, *map(len, texts)])[:-1]
    sentences = pd.DataFrame({"doc_id": "d", "sent_no": range(len(texts)), "start_char": starts, "text": texts})
    mentions = pd.DataFrame([("d", number, starts[number] + start, starts[number] + end, "ACTOR") for number, start, end in names],
                            columns=["doc_id", "sent_no", "start_char", "end_char", "type"])
    documents = pd.DataFrame([{"doc_id": "d", "lang": "zh-Hans" if lang == "zh" else lang, "title": None, "text": "".join(texts)}])
    return prepare_material({"documents": documents, "sentences": sentences, "codes": sentences[["doc_id", "sent_no"]],
                             "mentions": mentions.assign(entity_id="NIL")})


def alone(text: str, spans: list[tuple[int, int]], *, lang: str, engine: str) -> list[tuple[str | None, int, int]]:
    """The words of one sentence, None for a break; the plain way."""
    key = match_key(text)
    for start, end in [*spans, *quoted_titles(key)]:
        key = key[:start] + chr(MASK) * (end - start) + key[end:]
    if lang == "en":
        found = [(match.group(), *match.span()) for match in re.finditer(r"[a-z]{1,40}(?:-[a-z]{1,40}){0,4}|'s(?![a-z])|[^\sa-z]", key)]
    else:
        words = cut_plain(key, engine=engine)
        ends = np.cumsum([0, *map(len, words)]).tolist()
        found = list(zip(words, ends[:-1], ends[1:], strict=True))
    is_word = re.compile("[\u3400-\u4dbf\u4e00-\u9fffa-z]")
    digits = re.compile("第?[0-9〇零一二三四五六七八九十百千万亿两]{1,20}[章节条款项年月日]?")
    kept = [word == JOINING[lang] or (is_word.search(word) and (lang == "en" or not digits.fullmatch(word))) for word, _, _ in found]
    return [(word if is_kept else None, start, end) for (word, start, end), is_kept in zip(found, kept, strict=True)
            ] + [(None, len(key), len(key))]


@settings(deadline=None)
@pytest.mark.parametrize(("lang", "engine"), [("zh", "rjieba"), ("zh", "jieba"), ("zh", "characters"), ("en", "rjieba")])
@given(SENTENCES, st.data())
def test_words_are_those_of_each_sentence_alone(lang: str, engine: str, texts: list[str], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.integers(0, len(texts) - 1).flatmap(
        lambda number: st.tuples(st.just(number), *[st.integers(0, len(texts[number]))] * 2)), max_size=3))
    names = [(number, *sorted(ends)) for number, *ends in names]
    words = read_words(corpus(texts, lang=lang, names=names), np.array([0]), lang=lang, engine=engine)
    found = [(words.vocabulary[token] if token >= 0 else None, start, end)
             for token, start, end in zip(words.token.tolist(), words.start.tolist(), words.end.tolist(), strict=True)]
    each = [alone(text, [(start, end) for number, start, end in names if number == place], lang=lang, engine=engine)
            for place, text in enumerate(texts)]
    assert found == [word for part in each for word in part]
    assert words.sentence.tolist() == [place for place, part in enumerate(each) for _ in part]
    assert words.vocabulary == list(dict.fromkeys(word for word, _, _ in found if word is not None)), "numbered as they come"


@settings(deadline=None)
@given(SENTENCES)
def test_blots_stay_in_their_sentence(texts: list[str]) -> None:
    material = corpus(texts, lang="zh")
    codes, begins = blotted(material, np.arange(len(texts)), also=QUOTED)
    for place, text in enumerate(texts):
        one, _ = blotted(corpus([text], lang="zh"), np.array([0]), also=QUOTED)
        assert codes[begins[place]:begins[place] + len(text) + 1].tolist() == one.tolist()


SURFACES = ["渡口", "口竹", "安全", "发展和安全", "A", "a-b", "ab", "19.", "國家"]
FAMILIES = {"one": SURFACES[:4], "two": [*SURFACES[3:], "!渡口竹", "!和安全"], "none": []}


@settings(deadline=None)
@given(st.lists(st.text(alphabet="渡口竹安全发展和国家aAb-19. ", max_size=16), min_size=1, max_size=6))
def test_surfaces_are_found_in_each_text_alone(texts: list[str]) -> None:
    keys = [match_key(text) for text in texts]
    expected = []
    for number, key in enumerate(keys):
        spans = {surface: [(place, place + len(surface)) for place in range(len(key)) if _stands(key, place, match_key(surface))]
                 for surface in [*SURFACES, "渡口竹", "和安全"]}
        for name, terms in FAMILIES.items():
            barred = [span for term in terms if term.startswith("!") for span in spans[term[1:]]]
            expected += [(name, match_key(term), number, *span) for term in terms if not term.startswith("!") for span in spans[term]
                         if not any(first <= span[0] and span[1] <= last for first, last in barred)]
    assert sorted(find_uses(keys, FAMILIES)) == sorted(expected)
    places = {name: sorted({number for other, _, number, _, _ in expected if other == name}) for name in FAMILIES}
    assert {name: found.tolist() for name, found in find_terms(keys, FAMILIES).items()} == places


def _stands(key: str, place: int, surface: str) -> bool:
    def latin(at: int) -> bool:
        return 0 <= at < len(key) and key[at].isascii() and key[at].isalnum()
    end = place + len(surface)
    return key.startswith(surface, place) and not (latin(place - 1) and latin(place)) and not (latin(end - 1) and latin(end))
