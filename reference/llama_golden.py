"""What a golden checkpoint folder holds: a Hugging Face model and its float64 answers.

The answers come from transformers with the two places that always compute in float32 (RMSNorm and
the rotary angles) replaced by float64, so that they are exact to the last float32 bit. The
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


def inverse_frequencies(config: transformers.PreTrainedConfig) -> torch.Tensor:
    """Rotary inverse frequencies in float64, written from the formulas, half as many as components that turn."""
    rope = config.rope_parameters
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    turned = int(head_dim * rope.get("partial_rotary_factor", 1))
    exponents = torch.arange(0, turned, 2, dtype=torch.float64) / turned
    plain = rope["rope_theta"] ** -exponents
    if rope["rope_type"] == "default":
        return plain
    assert rope["rope_type"] == "llama3", rope
    # Turns made within the original context: below `low` slowed by `factor`, above `high` kept, linear between.
    turns = rope["original_max_position_embeddings"] * plain / (2 * math.pi)
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    keep = ((turns - low) / (high - low)).clamp(0, 1)
    return (1 - keep) * plain / rope["factor"] + keep * plain


def make_double(model: PreTrainedModel) -> None:
    """Replaces the float32 islands of a float64 model: RMSNorm, OLMo's LayerNorm and the rotary angles; GPT-2 has none."""
    if model.config.model_type == "gpt2":
        return
    frequencies = inverse_frequencies(model.config)
    rotary_emb = model.base_model.rotary_emb
    built = rotary_emb.inv_freq.double()
    torch.testing.assert_close(frequencies, built, rtol=1e-6, atol=0)

    def rotary(_x: torch.Tensor, position_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        angles = position_ids[..., None].double() * frequencies
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos(), angles.sin()

    def norm_forward(norm: torch.nn.Module):
        def forward(x: torch.Tensor) -> torch.Tensor:
            variance = x.pow(2).mean(-1, keepdim=True)
            if isinstance(norm, GemmaRMSNorm):
                return (1 + norm.weight) * (x * torch.rsqrt(variance + norm.eps))
            return norm.weight * (x * torch.rsqrt(variance + norm.variance_epsilon))

        return forward

    def plain_layer_norm(x: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean(-1, keepdim=True)
        return centred * torch.rsqrt(centred.pow(2).mean(-1, keepdim=True) + 1e-5)

    rotary_emb.forward = rotary
    for module in model.modules():
        if isinstance(module, OlmoLayerNorm):
            module.forward = plain_layer_norm
        elif type(module).__name__.endswith("RMSNorm"):
            module.forward = norm_forward(module)


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
