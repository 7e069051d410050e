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
    drop: tuple[str, ...] = (),
) -> Shape:
    common = COMMON | {"rope_parameters": rope_parameters} | (config or {})
    return Shape(
        common,
        model_type=model_type,
        lengths=(12, 8),
        spelling=spelling,
        std={"projection": projection},
        drop=drop,
    )


SHAPES = {
    # About one value in eight of queries, keys and values lies beyond ±1.5.
    "olmo-clip": tiny("olmo", rope(1000.0), {"clip_qkv": 1.5}),
    "olmo-tied": tiny("olmo", rope(10000.0), {"tie_word_embeddings": True}, spelling="rope_theta"),
    "olmo2-gqa": tiny("olmo2", rope(2000.0), {"rms_norm_eps": 1e-3}),
    "qwen2-tied": tiny("qwen2", rope(3000.0), {"tie_word_embeddings": True}, spelling="rope_theta"),
    "qwen3-headdim": tiny("qwen3", rope(3000.0), {"head_dim": 6, "rms_norm_eps": 1e-3}),
    # The upper two of three layers see four tokens; positions of all are stretched.
    "qwen3-yarn": tiny(
        "qwen3",
        rope(1000.0, rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=2.0, beta_slow=0.3),
        {
            "num_hidden_layers": 3,
            "head_dim": 8,
            "use_sliding_window": True,
            "sliding_window": 4,
            "max_window_layers": 1,
        },
        spelling="rope_theta",
        drop=("layer_types",),
    ),
    "llama-linear": tiny("llama", rope(1000.0, rope_type="linear", factor=4.0)),
    "ministral-layers": tiny(
        "ministral",
        rope(1000.0),
        {
            "num_hidden_layers": 3,
            "head_dim": 8,
            "sliding_window": 4,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
        },
    ),
    # Queries grow at positions 6, 12, 18, …
    "ministral3-scaled": tiny(
        "ministral3",
        rope(
            1000.0,
            rope_type="yarn",
            factor=8.0,
            original_max_position_embeddings=6,
            beta_fast=1.0,
            beta_slow=0.1,
            mscale=1.0,
            mscale_all_dim=0.5,
            llama_4_scaling_beta=0.5,
        ),
        {"head_dim": 8, "sliding_window": None},
    ),
    "olmo3-yarn": tiny(
        "olmo3",
        {
            "sliding_attention": rope(500.0),
            "full_attention": rope(
                500.0,
                rope_type="yarn",
                factor=4.0,
                original_max_position_embeddings=16,
                attention_factor=1.2,
                beta_fast=2.0,
                beta_slow=0.3,
            ),
        },
        {"num_hidden_layers": 4, "hidden_size": 32, "sliding_window": 4},
    ),
    # The caps bend most scores and logits.
    "gemma2-capped": tiny(
        "gemma2",
        rope(1000.0),
        {
            "head_dim": 6,
            "num_hidden_layers": 3,
            "query_pre_attn_scalar": 5,
            "sliding_window": 4,
            "attn_logit_softcapping": 2.0,
            "final_logit_softcapping": 4.0,
        },
    ),
    "gemma3-local": tiny(
        "gemma3_text",
        {
            "sliding_attention": rope(100.0),
            "full_attention": rope(5000.0, rope_type="linear", factor=8.0),
        },
        {
            "head_dim": 6,
            "num_hidden_layers": 4,
            "query_pre_attn_scalar": 5,
            "sliding_window": 4,
            "sliding_window_pattern": 3,
        },
        spelling="rope_theta",
        drop=("layer_types",),
    ),
    "gemma3-capped": tiny(
        "gemma3_text",
        {"sliding_attention": rope(100.0), "full_attention": rope(5000.0)},
        {
            "head_dim": 6,
            "query_pre_attn_scalar": 5,
            "sliding_window": 4,
            "layer_types": ["full_attention", "sliding_attention"],
            "final_logit_softcapping": 4.0,
        },
    ),
    # Six of eight components of a head turn.
    "phi3-longrope": tiny(
        "phi3",
        rope(
            1000.0,
            rope_type="longrope",
            partial_rotary_factor=0.75,
            short_factor=[1.0, 1.5, 3.0],
            long_factor=[2.0, 5.0, 9.0],
            original_max_position_embeddings=40,
        ),
        {"hidden_size": 32, "max_position_embeddings": 160, "original_max_position_embeddings": 40},
        spelling="rope_theta",
    ),
    "phi3-sliding": tiny("phi3", rope(1000.0), {"sliding_window": 4}),
    "smollm3-nope": tiny(
        "smollm3",
        rope(1000.0),
        {
            "num_hidden_layers": 4,
            "no_rope_layer_interval": 2,
            "use_sliding_window": True,
            "sliding_window": 4,
        },
    ),
    "granite-scaled": tiny(
        "granite",
        rope(1000.0),
        {
            "embedding_multiplier": 3.0,
            "attention_multiplier": 0.8,
            "residual_multiplier": 0.6,
            "logits_scaling": 1.5,
        },
    ),
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
