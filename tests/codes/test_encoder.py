"""An encoder before the head: loading, pooling, independence of neighbours, refusals, and a model trained with one.

The encoder is made here with random weights. All but the refusals need the extra `transformers` and are skipped without.
"""

import importlib
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from flows.train import open_front
from pipeline.annotate import annotate_lines
from pipeline.codes import encoder as encoders
from pipeline.codes.batch import encode
from pipeline.codes.encoder import encoder_hash, find_encoder, load_encoder, load_needed, pool, readable
from pipeline.codes.front import Front
from pipeline.codes.model import encode_texts, load_model
from pipeline.codes.names import masks_of, registry_names
from pipeline.codes.training import train
from pipeline.errors import TifaError
from pipeline.knowledge import use_models
from pipeline.stages import fingerprints
from tests.codes.tiny_encoder import made_up, make_encoder

TEXTS = ["推动样例发展", "保障安全", "推动样例平台发展安全合作规则主权竞争", "firms must encourage platforms", "", "安", "保障安全"]


def has_extra() -> bool:
    try:
        return bool(encoders.installed_versions())
    except TifaError:
        return False


needs_extra = pytest.mark.skipif(not has_extra(), reason="the extra transformers is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    fingerprints.read_models_in(None)


@needs_extra
def test_embeddings_are_the_mean_over_tokens(folder: Path) -> None:
    """Against a computation by hand: the network alone on one text, without padding, and a plain mean."""
    import torch
    from transformers import AutoTokenizer, BertModel

    tokenizer, network = AutoTokenizer.from_pretrained(str(folder)), BertModel.from_pretrained(str(folder)).eval()
    encoder = load_encoder(folder)
    for text, row in zip(TEXTS, encoder.embed(TEXTS), strict=True):
        with torch.no_grad():
            states = network(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].numpy()
        mean = sum(states) / len(states)
        assert row == pytest.approx(mean / np.sqrt(sum(one * one for one in mean)), abs=1e-5)


def test_pooling_leaves_padding_out() -> None:
    states = np.array([[[3.0, 0.0], [3.0, 8.0], [99.0, 99.0]], [[1.0, 0.0], [5.0, 5.0], [5.0, 5.0]]], dtype=np.float32)
    mask = np.array([[1, 1, 0], [1, 0, 0]])
    assert pool(states, mask) == pytest.approx(np.array([[0.6, 0.8], [1.0, 0.0]]))
    assert pool(states, mask * 0).tolist() == [[0, 0], [0, 0]], "a text without tokens is nowhere, not everywhere"


@needs_extra
def test_an_embedding_depends_on_its_text_alone(folder: Path) -> None:
    encoder = load_encoder(folder)
    texts = [str(row["text"]) for row in made_up("zh", 30, seed=1) + made_up("en", 30, seed=1)] + TEXTS
    every = encoder.embed(texts)
    assert every.shape == (len(texts), encoder.columns)
    for place in range(0, len(texts), 7):
        assert encoder.embed([texts[place]]).tolist() == [every[place].tolist()], "alone, to the last bit"
    assert np.array_equal(encoder.embed(texts[::-1])[::-1], every), "in another order"
    load_encoder.cache_clear()
    assert np.array_equal(load_encoder(folder).embed(texts), every), "loaded again"
    assert encoder.embed([]).shape == (0, encoder.columns)


@needs_extra
def test_long_texts_are_cut_and_counted(folder: Path) -> None:
    encoder = load_encoder(folder)
    assert encoder.max_tokens == 64
    fits, longer = "安" * 62, "安" * 63
    assert encoder.share_cut([fits, longer]) == 0.5
    assert np.array_equal(*encoder.embed([longer, longer + "发展"])), "what is beyond is not read"


@needs_extra
def test_loading_opens_no_connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    load_encoder.cache_clear()
    load_encoder(folder).embed(TEXTS)
    with pytest.raises(TifaError, match="not on this machine"):
        find_encoder("no-such/encoder-of-anybody")


@pytest.mark.parametrize(("lang", "one", "other", "reason"), [
    ("zh", "推动数据安全发展。", "推动數據安全發展", "Traditional script, closing mark"),
    ("zh", "第三条 推动发展", "推动发展", "enumerator"),
    ("en", "Firms SHALL act.", "firms shall act", "case, closing mark"),
])
def test_the_encoder_reads_what_the_head_reads(lang: str, one: str, other: str, reason: str) -> None:
    texts = [readable(encode_texts([text], lang, [masks_of(text, registry_names(text, lang))]), lang) for text in (one, other)]
    assert texts[0] == texts[1], reason


def test_masked_names_are_read_as_a_neutral_word() -> None:
    texts = ["根据《样例发展规划》推动发展", "国家发展和改革委员会应当推动合作", "推动发展"]
    batch = encode(texts, masks=[masks_of(text, registry_names(text, "zh")) for text in texts], drop_blanks=True)
    assert readable(batch, "zh") == ["根据《某文件》推动发展", "某机构应当推动合作", "推动发展"]


@needs_extra
@pytest.mark.parametrize(("change", "words"), [
    ("no weights", "cannot be loaded"), ("broken weights", "cannot be loaded"), ("pickled weights", "cannot be loaded"),
    ("part of the weights", "weights are missing"), ("unknown architecture", "cannot be loaded"),
])
def test_what_cannot_be_used_is_refused(folder: Path, tmp_path: Path, change: str, words: str) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    own = Path(shutil.copytree(folder, tmp_path / "own"))
    weights = own / "model.safetensors"
    if change == "part of the weights":
        kept = {name: one for name, one in load_file(weights).items() if "layer.1" not in name}
        save_file(kept, weights, metadata={"format": "pt"})
    elif change == "broken weights":
        weights.write_bytes(weights.read_bytes()[:100])
    elif change == "unknown architecture":
        config = json.loads((own / "config.json").read_text(encoding="utf-8"))
        code = {"model_type": "nobody-knows", "auto_map": {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"}}
        (own / "config.json").write_text(json.dumps(config | code), encoding="utf-8")
        (own / "evil.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w')", encoding="utf-8")
    else:
        if change == "pickled weights":
            torch.save(load_file(weights), own / "pytorch_model.bin")
        weights.unlink()
    with pytest.raises(TifaError, match=words):
        load_encoder(own)
    assert not (tmp_path / "was-run").exists(), "no code of an encoder is run"


@needs_extra
def test_another_encoder_than_the_one_trained_with_is_refused(folder: Path, tmp_path: Path) -> None:
    facts = load_encoder(folder).facts
    assert load_needed(facts, tmp_path).sha256 == encoder_hash(folder)
    other = make_encoder(tmp_path / "other", seed=1)
    with pytest.raises(TifaError, match="not the one these models were trained with"):
        load_needed(facts | {"name": str(other)}, tmp_path)
    with pytest.raises(TifaError, match="not on this machine"):
        load_needed(facts | {"name": str(tmp_path / "gone")}, tmp_path)
    shutil.copytree(folder, tmp_path / "encoder")
    assert load_needed(facts | {"name": str(tmp_path / "gone")}, tmp_path).sha256 == facts["sha256"], "beside the models"


def test_without_the_extra_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(encoders.metadata, "version", absent)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    for ask in (lambda: load_encoder(tmp_path), lambda: load_needed({"name": str(tmp_path), "revision": ""}, tmp_path)):
        with pytest.raises(TifaError, match=r"is not installed.*\[transformers\]"):
            ask()


def test_the_shipped_models_are_never_replaced_by_ones_that_need_an_encoder() -> None:
    with pytest.raises(TifaError, match="folder of their own"):
        open_front("anything", "", alone=False, download=False, models=None)


def test_without_an_encoder_nothing_of_the_extra_is_imported() -> None:
    code = ("import sys; from pipeline.codes import annotate_texts; annotate_texts([{'text': '保障安全', 'lang': 'zh'}]); "
            "print(sorted({'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)))")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         cwd=importlib.import_module("pipeline").__path__[0] + "/..")
    assert ran.stdout.strip() == "[]", ran.stderr


@needs_extra
@pytest.mark.slow
@pytest.mark.parametrize("alone", [False, True])
def test_from_training_to_annotation(folder: Path, tmp_path: Path, alone: bool) -> None:
    """Made-up labels in, a folder of models out, and `annotate` answers with it: beside the grams, and in their place."""
    models = tmp_path / "models"
    rows = made_up("zh", 600, seed=2) + made_up("en", 600, seed=2)
    unlabelled = {lang: [(str(row["family"]), str(row["text"])) for row in made_up(lang, 1200, seed=3)] for lang in ("zh", "en")}
    front = Front(load_encoder(folder), alone=alone)
    metrics = train(rows, unlabelled=unlabelled, folder=models, front=front)
    found = {(one["lang"], one["label"]): float(str(one["value"])) for one in metrics if one["metric"] == "f1" and one["rows"] == "all"}
    assert min(found[lang, label] for lang in ("zh", "en") for label in ("development", "security")) > (0.5 if alone else 0.9), found
    facts = json.loads((models / "codes_zh.json").read_text(encoding="utf-8"))["encoder"]
    assert facts["sha256"] == encoder_hash(folder) and facts["alone"] is alone and facts["name"] == str(folder)
    assert facts["sha256"] in (models / "CARD.md").read_text(encoding="utf-8")
    assert {row["label"] for row in json.loads((models / "error_rates.json").read_text(encoding="utf-8"))} >= {"development"}
    check_runtime(models, rows, front)
    use_models(models)
    line = json.dumps({"id": "x", "lang": "zh", "text": rows[0]["text"]}, ensure_ascii=False)
    answers = [json.loads(answer) for answer, good in annotate_lines([line, line], batch=2) if good]
    assert len(answers) == 2 and answers[0] == answers[1]
    fingerprints.read_models_in(None)
    fingerprints.read_models_in(models)
    codes = next(stage for stage in fingerprints.DERIVED if stage.name == "codes")
    assert ("program", "torch") in fingerprints.ingredients(codes)


def check_runtime(models: Path, rows: list[dict[str, object]], front: Front) -> None:
    """The stored model gives each sentence its label, and its encoder's part is what the weights say."""
    load_model.cache_clear()
    model = load_model("zh", models)
    own = [row for row in rows if row["lang"] == "zh"]
    texts = [str(row["text"]) for row in own]
    batch = encode_texts(texts, "zh", [[] for _ in texts])
    scores, _ = model.score(batch, [""] * len(texts), [[] for _ in texts])
    said = scores[:, :2] > model.threshold[:2]
    truth = np.array([[row["development"], row["security"]] for row in own])
    assert (said == truth).mean() > (0.8 if front.alone else 0.95)
    if front.alone:
        assert not model.text.weights[:, :-1].any(), "the grams of the sentence say nothing"
    assert np.abs(model.encoder_weights).max() > 0
