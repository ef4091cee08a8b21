"""Real documents whose beginning, end and number of articles were checked by hand stay complete."""

import hashlib
import re

import pytest

from pipeline.documents.clean import everywhere
from pipeline.documents.extract import read_texts
from pipeline.documents.sites import line_pattern, load_sites
from pipeline.knowledge import load_yaml

ARTICLE = re.compile(r"(?:第[一二三四五六七八九十百零〇]{1,6}条|Article \d{1,3}\b)")


def mark(line):
    return hashlib.sha256(re.sub(r"\s", "", line).encode()).hexdigest()[:12]


@pytest.mark.slow
def test_hand_checked_texts_are_complete(shared, request):
    checked = load_yaml(request.config.rootpath / "tests" / "golden" / "texts_train.yml")
    assert len(checked) >= 40
    wrong = []
    for entry in checked:
        path = shared / "policy" / entry["file"]
        data_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        assert data_hash.startswith(entry["sha256"]), f"{entry['id']} is another file than the one that was checked"
        documents = read_texts(path, name=path.name, sha256=data_hash)
        lines = [line for document in documents for line in document.text.split("\n") if line.strip()]
        found = (sum(1 for line in lines if ARTICLE.match(line.strip(" \u3000"))), mark(lines[0]), mark(lines[-1]))
        if found != (entry["articles"], entry["begin"], entry["end"]):
            wrong.append((entry["id"], found))
    assert wrong == []


@pytest.mark.slow
def test_no_line_that_is_known_as_furniture_is_left(shared, request):
    checked = load_yaml(request.config.rootpath / "tests" / "golden" / "texts_train.yml")
    ends = line_pattern(tuple(pattern for site in load_sites().values() for pattern in site.end_lines))
    furniture = line_pattern(everywhere().drop_lines)
    left = []
    for entry in checked:
        path = shared / "policy" / entry["file"]
        for document in read_texts(path, name=path.name, sha256="0" * 64):
            left += [(entry["id"], line) for line in document.text.split("\n")
                     if len(line) < 200 and (furniture.fullmatch(line.strip()) or ends.fullmatch(line.strip()))]
    assert left == []
