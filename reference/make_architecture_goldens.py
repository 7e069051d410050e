"""Writes tiny random checkpoints of the families other than Llama under test/golden, with their float64 answers."""

from make_llama_goldens import Shape, make_all, rope

COMMON = {
    "vocab_size": 40,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}


def tiny(
    model_type: str,
    rope_parameters: dict,
    config: dict | None = None,
    spelling: str = "rope_parameters",
    projection: float = 0.25,
) -> Shape:
    common = COMMON | {"rope_parameters": rope_parameters} | (config or {})
    return Shape(
        common,
        model_type=model_type,
        lengths=(12, 8),
        spelling=spelling,
        std={"projection": projection},
    )


SHAPES = {
    # About one value in eight of queries, keys and values lies beyond ±1.5.
    "olmo-clip": tiny("olmo", rope(1000.0), {"clip_qkv": 1.5}),
    "olmo-tied": tiny("olmo", rope(10000.0), {"tie_word_embeddings": True}, spelling="rope_theta"),
    "olmo2-gqa": tiny("olmo2", rope(2000.0), {"rms_norm_eps": 1e-3}),
    "qwen2-tied": tiny("qwen2", rope(3000.0), {"tie_word_embeddings": True}, spelling="rope_theta"),
    "qwen3-headdim": tiny("qwen3", rope(3000.0), {"head_dim": 6, "rms_norm_eps": 1e-3}),
    "gemma-headdim": tiny("gemma", rope(1000.0), {"head_dim": 6, "num_key_value_heads": 1}),
    # Two of eight components of a head turn, and two of six.
    "phi-gqa": tiny("phi", rope(1000.0, partial_rotary_factor=0.25), {"hidden_size": 32}, projection=0.4),
    "phi-mha": tiny(
        "phi",
        rope(100.0, partial_rotary_factor=0.4),
        {"hidden_size": 24, "num_key_value_heads": 4, "tie_word_embeddings": True},
        projection=0.4,
    ),
    "gpt_neox-parallel": tiny(
        "gpt_neox",
        rope(1000.0, partial_rotary_factor=0.25),
        {"hidden_size": 32},
        projection=0.4,
    ),
    "gpt_neox-sequential": tiny(
        "gpt_neox",
        rope(1000.0, partial_rotary_factor=1.0),
        {"use_parallel_residual": False, "attention_bias": False},
        projection=0.4,
    ),
    "gpt2-tied": Shape(
        {key: COMMON[key] for key in ("vocab_size", "bos_token_id", "eos_token_id")}
        | {"n_positions": 40, "n_embd": 16, "n_layer": 2, "n_head": 4},
        model_type="gpt2",
        lengths=(12, 8),
        std={"projection": 0.4},
    ),
}

if __name__ == "__main__":
    make_all(SHAPES)
