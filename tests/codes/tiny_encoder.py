"""A tiny encoder with random weights, made on the spot, and labelled sentences made up for it."""

from pathlib import Path

import numpy as np

from pipeline.codes.labels import MARKS, MODALITIES, SENSES, THEMES
from pipeline.codes.names import spoken_names

HAN = "发展安全推动样例保障企业应当鼓励平台促进合作规则主权竞争普惠伦理创新数据网络机构部门加强完善建设管理服务监督城市乡村教育医疗"
WORDS = ("development security firms must encourage platforms promote cooperation rules sovereignty rivalry inclusion ethics "
         "innovation data network body office improve complete build manage serve watch cities villages schools clinics").split()


def make_encoder(folder: Path, *, seed: int = 0) -> Path:
    """Two small layers over Han characters and English words; the same seed gives the same weights."""
    import torch
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    known = sorted({*HAN, *WORDS, *"".join(spoken_names("zh")), " ", "0"})
    vocabulary = {token: number for number, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *known])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[a-z]+|."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
                            model_max_length=66).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(vocab_size=len(vocabulary), hidden_size=48, num_hidden_layers=2, num_attention_heads=4,
                        intermediate_size=64, max_position_embeddings=66, initializer_range=0.1)
    BertModel(config).save_pretrained(folder)
    return folder


def made_up(lang: str, n: int, *, seed: int) -> list[dict[str, object]]:
    """Labelled sentences: each label hangs on a word that stands in it."""
    generator = np.random.default_rng(seed)
    units = [HAN[place:place + 2] for place in range(0, len(HAN) - 1, 2)] if lang == "zh" else WORDS
    joint = "" if lang == "zh" else " "
    labels = [*THEMES, *MARKS]
    rows: list[dict[str, object]] = []
    for number in range(n):
        words = [units[place] for place in generator.choice(len(units), 6, replace=False)]
        said = {label: units[2 + place] in words for place, label in enumerate(labels)}
        rows.append({"id": f"{lang}{number}", "doc": f"d{number % 60}", "lang": lang, "heading": units[-1], "text": joint.join(words),
                     "development": units[0] in words, "security": units[1] in words,
                     "themes": [name for name in THEMES if said[name]], "marks": [name for name in MARKS if said[name]],
                     "modality": MODALITIES[number % len(MODALITIES)],
                     "senses": [SENSES[number % 3]] if units[1] in words else [], "family": f"f{number % 60}",
                     "sampled": "random"})
    return rows
