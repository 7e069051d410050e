"""Writes the tiny random Llama and Mistral checkpoints under test/golden, with their float64 answers."""

import json
import shutil
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from llama_golden import Degenerate, randomise, write_answers

GOLDEN = Path(__file__).resolve().parent.parent / "test" / "golden"
VOCAB = 96
DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


@dataclass
class Shape:
    """One checkpoint: its config, how it is stored and how its config is spelled."""

    config: dict
    dtype: torch.dtype = torch.float32
    model_type: str = "llama"
    lengths: tuple[int, ...] = (16, 11, 7)
    std: dict[str, float] = field(default_factory=dict)
    spelling: str = "rope_parameters"
    max_shard_size: str = "1GB"
    drop: tuple[str, ...] = ()


COMMON = {
    "vocab_size": VOCAB,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-5,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}


def rope(theta: float, **more: object) -> dict:
    return {"rope_theta": theta, "rope_type": "default"} | more


SHAPES = {
    "llama-mha-tied": Shape(
        {"tie_word_embeddings": True, "rope_parameters": rope(500.0)}, spelling="rope_theta"
    ),
    "llama-gqa-untied": Shape(
        {"num_key_value_heads": 2, "rope_parameters": rope(1000.0), "rms_norm_eps": 1e-3},
        dtype=torch.bfloat16,
    ),
    # Wavelengths 2π·10000^(i/8) against the bounds 32/4 = 8 and 32/1 = 32: one kept, one blended, six slowed.
    "llama-rope3": Shape(
        {
            "hidden_size": 48,
            "head_dim": 16,
            "num_key_value_heads": 2,
            "eos_token_id": [2, 3],
            "tie_word_embeddings": True,
            "rope_parameters": rope(
                10000.0,
                rope_type="llama3",
                factor=8.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=32,
            ),
        },
        lengths=(48, 37),
        std={"q_proj": 0.3, "k_proj": 0.3, "projection": 0.2},
        spelling="rope_theta",
    ),
    "llama-bias": Shape(
        {"attention_bias": True, "mlp_bias": True, "rope_parameters": rope(2000.0)}
    ),
    "llama-headdim": Shape(
        {"head_dim": 12, "num_key_value_heads": 2, "rope_parameters": rope(10000.0)}
    ),
    # The oldest spelling: a Llama 1 config names neither rope_theta nor num_key_value_heads nor head_dim.
    "llama-sharded": Shape(
        {"rope_parameters": rope(10000.0)},
        dtype=torch.float16,
        spelling="rope_theta",
        max_shard_size="30KB",
        drop=("rope_theta", "num_key_value_heads", "head_dim", "attention_bias", "mlp_bias"),
    ),
    "mistral-gqa": Shape(
        {"num_key_value_heads": 1, "sliding_window": None, "rope_parameters": rope(3000.0)},
        model_type="mistral",
    ),
    "mistral-sliding": Shape(
        {"num_key_value_heads": 2, "sliding_window": 4, "rope_parameters": rope(10000.0)},
        model_type="mistral",
    ),
}


def respell(config: dict, shape: Shape) -> dict:
    """The same config as transformers before version 5 wrote it: rope_theta, rope_scaling, torch_dtype."""
    old = {key: value for key, value in config.items() if key not in ("rope_parameters", "dtype")}
    parameters = dict(config["rope_parameters"])
    if "sliding_attention" in parameters:
        old["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
        parameters = dict(parameters["full_attention"])
    old["rope_theta"] = parameters.pop("rope_theta")
    if "partial_rotary_factor" in parameters:
        old["partial_rotary_factor"] = parameters.pop("partial_rotary_factor")
    old["rope_scaling"] = parameters if parameters["rope_type"] != "default" else None
    old["torch_dtype"] = config["dtype"]
    old["transformers_version"] = "4.46.0"
    return {key: value for key, value in sorted(old.items()) if key not in shape.drop}


def batch(seed: int, lengths: tuple[int, ...], vocab: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Random tokens right-padded with 0; about the last half of each sequence is the answer, one with a hole."""
    generator = torch.Generator().manual_seed(seed + 1)
    tokens = torch.zeros(len(lengths), max(lengths), dtype=torch.int64)
    label_mask = torch.zeros_like(tokens)
    for b, length in enumerate(lengths):
        tokens[b, :length] = torch.randint(4, vocab, (length,), generator=generator)
        label_mask[b, length // 2 : length] = 1
    label_mask[0, lengths[0] - 3] = 0
    return tokens, torch.tensor(lengths), label_mask


def make(name: str, shape: Shape, seed: int) -> None:
    folder = GOLDEN / name
    shutil.rmtree(folder, ignore_errors=True)
    config = AutoConfig.for_model(shape.model_type, **shape.config)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    randomise(model, seed, shape.std)
    model.to(shape.dtype).save_pretrained(folder, max_shard_size=shape.max_shard_size)
    config_file = folder / "config.json"
    written = json.loads(config_file.read_text())
    if shape.spelling == "rope_theta":
        config_file.write_text(json.dumps(respell(written, shape), indent=2) + "\n")
        # The spelling of version 5, for a reader that must take both.
        (folder / "config.v5.json").write_text(json.dumps(written, indent=2) + "\n")
    tokens, lengths, label_mask = batch(seed, shape.lengths, config.vocab_size)
    prompts = [tokens[0, :9].tolist(), tokens[1, :4].tolist()]
    about = {"modelType": shape.model_type, "dtype": DTYPES[shape.dtype], "spelling": shape.spelling}
    write_answers(folder, seed, tokens, lengths, label_mask, prompts, about)
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert size < 400_000, f"{name}: {size} bytes"
    golden = json.loads((folder / "golden.json").read_text())
    print(name, "seed", seed, size, "bytes", golden["loss"], golden["largestLogit"])
    print("  ", golden["float32Difference"], [item["minMargin"] for item in golden["greedy"]])


def make_all(shapes: dict[str, Shape]) -> None:
    for name in sys.argv[1:] or shapes:
        for seed in range(100):
            try:
                make(name, shapes[name], seed)
                break
            except Degenerate as reason:
                print(name, "seed", seed, "refused:", reason)
        else:
            raise SystemExit(f"{name}: no seed gives a good test")


if __name__ == "__main__":
    make_all({name: replace(shape, config=COMMON | shape.config) for name, shape in SHAPES.items()})
