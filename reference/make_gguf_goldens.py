"""Makes test/golden/gguf: blocks of every type with their values, and two small models as GGUF files.

Blocks are random bytes, so every bit of their layout takes part; values are those of the gguf package. `written.json` is the other
way: float32 values and the bytes that the package makes of them. The models are
test/golden/llama-text and qwen3-headdim, written as llama.cpp's convert_hf_to_gguf.py would: rows of queries and keys
interleaved for llama, vocabulary and merges in the metadata.
"""

import json
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFWriter, TokenType
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file

golden = Path(__file__).parent.parent / "test/golden"
target = golden / "gguf"
target.mkdir(exist_ok=True)


def blocks():
    draw = np.random.default_rng(0)
    cases = {}
    for name in ["Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q5_K", "Q6_K", "F16", "BF16", "F32"]:
        kind = Type[name]
        values, size = GGML_QUANT_SIZES[kind]
        data = draw.integers(0, 256, (max(3, 12 // size), size), dtype=np.uint8)
        # Factors are binary16 at the ends of a block: no infinity, no NaN.
        for at in {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "F16": [0], "BF16": [0], "F32": [2]}[name]:
            data[:, at + 1] &= 0xBF
        read = dequantize(data, kind)
        assert np.isfinite(read).all()
        cases[name] = {"bytes": data.tobytes().hex(), "values": [float(x) for x in read.reshape(-1)]}
    (target / "blocks.json").write_text(json.dumps(cases) + "\n")


def written():
    draw = np.random.default_rng(1)
    normal = draw.standard_normal((6, 32)) * np.array([[1], [0.02], [300], [1e-4], [1e-7], [3e-9]])
    # d = 1, so that halves are halves; nothing but zeros; one value.
    halves = np.concatenate([[127], np.arange(31) / 2 - 7.75])
    values = np.concatenate([normal, [halves, -halves, np.zeros(32), np.eye(32)[7] * -0.3]]).astype(np.float32)
    case = {"values": [float(x) for x in values.reshape(-1)]}
    for name in ["Q8_0", "F16", "F32"]:
        case[name] = quantize(values, Type[name]).tobytes().hex()
    (target / "written.json").write_text(json.dumps(case) + "\n")


inside = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
outside = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def model(name, interleaved):
    folder = golden / name
    config = json.loads((folder / "config.json").read_text())
    arch = config["model_type"]
    writer = GGUFWriter(target / f"{name}.gguf", arch)
    heads, key_heads = config["num_attention_heads"], config["num_key_value_heads"]
    writer.add_name(name)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_heads)
    writer.add_key_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    tokenizer = folder / "tokenizer.json"
    if tokenizer.exists():
        read = json.loads(tokenizer.read_text())
        added = {token["content"]: token for token in read["added_tokens"]}
        vocab = {**read["model"]["vocab"], **{text: token["id"] for text, token in added.items()}}
        tokens = sorted(vocab, key=vocab.get)
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("llama-bpe")
        writer.add_token_list(tokens)
        writer.add_token_types([TokenType.CONTROL if text in added else TokenType.NORMAL for text in tokens])
        writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in read["model"]["merges"]])
        writer.add_chat_template(json.loads((folder / "tokenizer_config.json").read_text())["chat_template"])
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("llama-bpe")
        writer.add_token_list([f"t{i}" for i in range(config["vocab_size"])])
        writer.add_token_types([TokenType.NORMAL] * config["vocab_size"])
        writer.add_token_merges(["t 0"])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])
    for key, value in load_file(folder / "model.safetensors").items():
        base, kind = key.rsplit(".", 1)
        layer = base.split(".", 3) if base.startswith("model.layers.") else None
        place = f"blk.{layer[2]}.{inside[layer[3]]}" if layer else outside[base]
        if interleaved and place.endswith(("attn_q", "attn_k")):
            count = heads if place.endswith("attn_q") else key_heads
            value = value.reshape(count, 2, value.shape[0] // count // 2, *value.shape[1:]).swapaxes(1, 2).reshape(value.shape)
        writer.add_tensor(f"{place}.{kind}", np.ascontiguousarray(value.astype(np.float32)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


blocks()
written()
model("llama-text", interleaved=True)
model("qwen3-headdim", interleaved=False)
