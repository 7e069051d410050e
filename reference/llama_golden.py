"""What a golden checkpoint folder holds: a Hugging Face model and its float64 answers.

The answers come from transformers with the places that always compute in float32 (RMSNorm, the rotary
angles, the softmax of attention) replaced by float64, so that they are exact to the last float32 bit. The
untouched float32 model is run as well; its distance is written down as the noise to expect.
"""

import math
from pathlib import Path

import numpy as np
import safetensors
import scipy
import torch
import transformers
from golden_json import write_json
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, PreTrainedModel
from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
from transformers.models.gemma2.modeling_gemma2 import Gemma2RMSNorm
from transformers.models.gemma3.modeling_gemma3 import Gemma3RMSNorm
from transformers.models.ministral3 import modeling_ministral3
from transformers.models.olmo.modeling_olmo import OlmoLayerNorm

# The order of sums, and with it the last digit, would follow the number of threads.
torch.set_num_threads(1)

GREEDY_STEPS = 20
MIN_MARGIN = 1e-3
"""Smallest gap between the two best logits of a greedy step; below it rounding could decide."""
MIN_DISTINCT = 6
"""A greedy continuation with fewer distinct tokens than this says little."""

TOLERANCE = {"logits": 5e-5, "loss": 5e-6, "gradient": 2e-5}
"""For float32: logits and loss absolute, each gradient over its largest value; three times the worst noise seen."""


class Degenerate(Exception):
    """The random weights of this seed give greedy tokens that make no good test."""


def versions() -> dict[str, str]:
    modules = (torch, transformers, safetensors, np, scipy)
    return {module.__name__: module.__version__ for module in modules}


def randomise(model: PreTrainedModel, seed: int, std: dict[str, float]) -> None:
    """Projections from N(0, std), norms from N(1, 0.2), biases from N(0, 0.3); by name, so order is fixed."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith(".bias"):
                parameter.copy_(0.3 * noise)
            elif "norm" in name or ".ln_" in name:
                parameter.copy_(1 + 0.2 * noise)
            else:
                kind = next((kind for kind in std if kind in name), "projection")
                parameter.copy_(std.get(kind, 0.25) * noise)


def inverse_frequencies(config: transformers.PreTrainedConfig, rope: dict) -> tuple[torch.Tensor, float]:
    """
    Rotary inverse frequencies in float64, written from the formulas, half as many as components that turn, and what cos
    and sin are multiplied with.
    """
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    turned = int(head_dim * rope.get("partial_rotary_factor", 1))
    pairs = torch.arange(turned // 2, dtype=torch.float64)
    theta, factor = rope["rope_theta"], rope.get("factor")
    plain = theta ** -(2 * pairs / turned)
    original = rope.get("original_max_position_embeddings")
    match rope["rope_type"]:
        case "default":
            return plain, 1.0
        case "linear":
            return plain / factor, 1.0
        case "llama3":
            # Turns made within the original context: below `low` slowed by `factor`, above `high` kept, linear between.
            turns = original * plain / (2 * math.pi)
            low, high = rope["low_freq_factor"], rope["high_freq_factor"]
            keep = ((turns - low) / (high - low)).clamp(0, 1)
            return (1 - keep) * plain / factor + keep * plain, 1.0
        case "yarn":
            # Pairs that turn `beta_fast` times within the original context are kept, those of `beta_slow` slowed.
            def pair(turns: float) -> float:
                return turned * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(theta))

            def grown(weight: float) -> float:
                return 0.1 * weight * math.log(factor) + 1

            first = max(math.floor(pair(rope.get("beta_fast", 32))), 0)
            last = min(math.ceil(pair(rope.get("beta_slow", 1))), turned - 1)
            slow = ((pairs - first) / (last - first)).clamp(0, 1)
            usual = grown(rope.get("mscale", 1)) / (grown(rope["mscale_all_dim"]) if "mscale_all_dim" in rope else 1)
            return (1 - slow) * plain + slow * plain / factor, rope.get("attention_factor", usual)
        case "longrope":
            stretched = config.max_position_embeddings / original
            short = torch.tensor(rope["short_factor"], dtype=torch.float64)
            return plain / short, math.sqrt(1 + math.log(stretched) / math.log(original))
    raise AssertionError(rope)


def rotary_forward(model: PreTrainedModel):
    """The rotary module in float64, by layer type where the family has one for each."""
    config, module = model.config, model.base_model.rotary_emb
    by_type = hasattr(module, "layer_types")
    ropes = {kind: config.rope_parameters[kind] for kind in module.layer_types} if by_type else {None: config.rope_parameters}
    made = {}
    for kind, rope in ropes.items():
        prefix = f"{kind}_" if by_type else ""
        made[kind] = inverse_frequencies(config, rope)
        torch.testing.assert_close(
            made[kind][0], getattr(module, f"{prefix}inv_freq").double(), rtol=1e-6, atol=0
        )
        assert abs(made[kind][1] - getattr(module, f"{prefix}attention_scaling")) < 1e-12

    def forward(
        _x: torch.Tensor, position_ids: torch.Tensor, layer_type: str | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        frequencies, scale = made[layer_type]
        angles = position_ids[..., None].double() * frequencies
        angles = torch.cat((angles, angles), dim=-1)
        return scale * angles.cos(), scale * angles.sin()

    return forward


def double_query_scale(position_ids: torch.Tensor, beta: float, original: int) -> torch.Tensor:
    scale = 1 + beta * torch.log(1 + torch.floor(position_ids.double() / original))
    return scale[:, None, :, None]


def make_double(model: PreTrainedModel) -> None:
    """
    Replaces the float32 islands of a float64 model: RMSNorm, OLMo's LayerNorm, the rotary angles and what is made of
    positions, and the softmax of attention; GPT-2 has none.
    """
    if model.config.model_type == "gpt2":
        return

    def norm_forward(norm: torch.nn.Module):
        def forward(x: torch.Tensor) -> torch.Tensor:
            variance = x.pow(2).mean(-1, keepdim=True)
            if isinstance(norm, (GemmaRMSNorm, Gemma2RMSNorm, Gemma3RMSNorm)):
                return (1 + norm.weight) * (x * torch.rsqrt(variance + norm.eps))
            return norm.weight * (x * torch.rsqrt(variance + norm.variance_epsilon))

        return forward

    def plain_layer_norm(x: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean(-1, keepdim=True)
        return centred * torch.rsqrt(centred.pow(2).mean(-1, keepdim=True) + 1e-5)

    model.base_model.rotary_emb.forward = rotary_forward(model)
    for module in model.modules():
        if isinstance(module, OlmoLayerNorm):
            module.forward = plain_layer_norm
        elif type(module).__name__.endswith("RMSNorm"):
            module.forward = norm_forward(module)


def softmax(x: torch.Tensor, dim: int = -1, dtype: torch.dtype | None = None) -> torch.Tensor:
    """torch's, save that float64 stays float64."""
    return torch.softmax(x, dim, dtype=x.dtype if x.dtype == torch.float64 else dtype)


torch.nn.functional.softmax = softmax
modeling_ministral3.get_llama_4_attn_scale = double_query_scale


def stored_name(model: PreTrainedModel, name: str) -> str:
    """The name in the file: transformers renames the head of GPT-NeoX when it loads and saves."""
    return name.replace("lm_head.", "embed_out.") if model.config.model_type == "gpt_neox" else name


def answers(
    model: PreTrainedModel, tokens: torch.Tensor, lengths: torch.Tensor, label_mask: torch.Tensor
) -> dict[str, torch.Tensor]:
    """Logits, loss, per-sequence log-probability and every gradient, in float64.

    loss = −mean over t with label_mask[b, t] = 1 of log p(tokens[b, t] | tokens[b, <t]).
    Logits at padding are zero: they mean nothing.
    """
    model.zero_grad()
    logits = model(input_ids=tokens.long()).logits
    log_prob = torch.log_softmax(logits[:, :-1], dim=-1)
    picked = log_prob.gather(-1, tokens[:, 1:, None].long())[..., 0]
    weight = label_mask[:, 1:].to(picked.dtype)
    loss = -(picked * weight).sum() / weight.sum()
    loss.backward()
    real = torch.arange(tokens.shape[1])[None] < lengths[:, None]
    result = {
        "logits": torch.where(real[..., None], logits, 0.0),
        "loss": loss,
        "sequence_log_prob": (picked * weight).sum(-1),
    }
    for name, parameter in model.named_parameters():
        result[f"grad.{stored_name(model, name)}"] = parameter.grad
    return {name: value.detach().double() for name, value in result.items()}


def greedy(model: PreTrainedModel, prompt: list[int]) -> dict[str, object]:
    """Continues by the largest logit, recomputing everything each step; refuses near ties and end tokens."""
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    tokens, margins = list(prompt), []
    with torch.no_grad():
        for _ in range(GREEDY_STEPS):
            best = model(input_ids=torch.tensor([tokens])).logits[0, -1].topk(2)
            margins.append((best.values[0] - best.values[1]).item())
            tokens.append(int(best.indices[0]))
    made = tokens[len(prompt) :]
    if min(margins) <= MIN_MARGIN or len(set(made)) < MIN_DISTINCT or set(made) & set(ends):
        raise Degenerate(f"margin {min(margins):.2g}, tokens {made}")
    return {"prompt": prompt, "tokens": made, "minMargin": min(margins)}


def noise(exact: dict[str, torch.Tensor], single: dict[str, torch.Tensor]) -> dict[str, float]:
    """How far float32 transformers is: logits and loss absolute, gradients over the largest value of each."""
    def apart(name: str) -> float:
        return (exact[name] - single[name]).abs().max().item()

    gradients = [name for name in exact if name.startswith("grad.")]
    return {
        "logits": apart("logits"),
        "loss": apart("loss"),
        "gradient": max(apart(name) / exact[name].abs().max().item() for name in gradients),
    }


def write_answers(
    folder: Path,
    seed: int,
    tokens: torch.Tensor,
    lengths: torch.Tensor,
    label_mask: torch.Tensor,
    prompts: list[list[int]],
    about: dict[str, object],
) -> None:
    """Loads the folder as anybody would, and writes `golden.safetensors` and `golden.json` beside it."""
    double = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    make_double(double)
    single = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    continued = [greedy(double, prompt) for prompt in prompts]
    for item in continued:
        cached = single.generate(
            torch.tensor([item["prompt"]]), max_new_tokens=GREEDY_STEPS, do_sample=False, pad_token_id=0
        )
        assert cached[0, len(item["prompt"]) :].tolist() == item["tokens"], "float32 with a cache differs"
    exact = answers(double, tokens, lengths, label_mask)
    float32 = noise(exact, answers(single, tokens, lengths, label_mask))
    stored = {"tokens": tokens, "lengths": lengths, "label_mask": label_mask}
    tensors = {key: value.int() for key, value in stored.items()}
    tensors |= {key: value.float().contiguous() for key, value in exact.items()}
    save_file(tensors, folder / "golden.safetensors")
    golden = {
        "versions": versions(),
        "seed": seed,
        **about,
        "answers": int(label_mask.sum()),
        "loss": exact["loss"].item(),
        "largestLogit": exact["logits"].abs().max().item(),
        "greedy": continued,
        "tolerance": TOLERANCE,
        "float32Difference": float32,
    }
    write_json(folder / "golden.json", golden)
