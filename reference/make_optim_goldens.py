"""Writes test/golden/optim.json: optimisers, global norm clipping and learning-rate schedules.

AdamW, SGD and clipping are PyTorch's, schedules those of transformers; signSGD and Lion are written from their formulas.
"""

from pathlib import Path

import torch
import transformers
from torch.nn.utils import clip_grad_norm_
from torch.optim import SGD, AdamW

from golden_json import write_json

PATH = Path(__file__).resolve().parent.parent / "test" / "golden" / "optim.json"
SHAPES = [(2, 3), (5,), (2, 1, 2)]
STEPS = 10
ADAMW = {
    "defaults": {"learningRate": 1e-3, "betas": (0.9, 0.999), "epsilon": 1e-8, "weightDecay": 0.01},
    "other": {"learningRate": 0.05, "betas": (0.8, 0.95), "epsilon": 1e-4, "weightDecay": 0.1},
    "clipped": {"learningRate": 0.01, "betas": (0.9, 0.999), "epsilon": 1e-8, "weightDecay": 0.01, "maxNorm": 1.0},
    "scheduled": {"learningRate": 0.01, "betas": (0.9, 0.999), "epsilon": 1e-8, "weightDecay": 0.01, "warmupSteps": 3},
}
SCHEDULES = {
    "constant": lambda optimizer, warmup, _total: transformers.get_constant_schedule_with_warmup(optimizer, warmup),
    "linear": transformers.get_linear_schedule_with_warmup,
    "cosine": transformers.get_cosine_schedule_with_warmup,
}


def flat(tensors: list[torch.Tensor]) -> list[list[float]]:
    return [tensor.detach().double().flatten().tolist() for tensor in tensors]


def inputs() -> tuple[list[torch.Tensor], list[list[torch.Tensor]]]:
    """Parameters and the gradients of each step, exact in float32; one element never has a gradient, one a tiny one."""
    generator = torch.Generator().manual_seed(0)
    parameters = [torch.randn(shape, generator=generator) for shape in SHAPES]
    gradients = [[torch.randn(shape, generator=generator) for shape in SHAPES] for _ in range(STEPS)]
    for step in gradients:
        step[0][0, 0] = 0
        step[1][1] *= 2.0**-27
        step[1][2] *= 2.0**10
    return parameters, gradients


def adamw(knobs: dict, dtype: torch.dtype) -> dict:
    """Parameters after every step, and the moments after the last."""
    start, gradients = inputs()
    parameters = [tensor.to(dtype).requires_grad_() for tensor in start]
    optimizer = AdamW(
        parameters,
        lr=knobs["learningRate"],
        betas=knobs["betas"],
        eps=knobs["epsilon"],
        weight_decay=knobs["weightDecay"],
        foreach=False,
    )
    warmup = knobs.get("warmupSteps", 0)
    kind = "linear" if "warmupSteps" in knobs else "constant"
    schedule = SCHEDULES[kind](optimizer, warmup, STEPS)
    after = []
    for step in gradients:
        for parameter, gradient in zip(parameters, step):
            parameter.grad = gradient.to(dtype).clone()
        if "maxNorm" in knobs:
            clip_grad_norm_(parameters, knobs["maxNorm"])
        optimizer.step()
        schedule.step()
        after.append(flat(parameters))
    states = [optimizer.state[parameter] for parameter in parameters]
    return {
        "parameters": after,
        "firstMoment": flat([state["exp_avg"] for state in states]),
        "secondMoment": flat([state["exp_avg_sq"] for state in states]),
    }


OTHERS = {
    "sgd": [{"momentum": 0.9, "weightDecay": 0.0}, {"momentum": 0.0, "weightDecay": 0.1}],
    "sign-sgd": [{"momentum": 0.9, "weightDecay": 0.01}, {"momentum": 0.0, "weightDecay": 0.0}],
    "lion": [{"beta1": 0.9, "beta2": 0.99, "weightDecay": 0.01}, {"beta1": 0.5, "beta2": 0.8, "weightDecay": 0.3}],
}


def sign_step(p: torch.Tensor, g: torch.Tensor, state: dict, rate: float, knobs: dict) -> torch.Tensor:
    state["m"] = knobs["momentum"] * state["m"] + (1 - knobs["momentum"]) * g
    return p - rate * (torch.sign(state["m"]) + knobs["weightDecay"] * p)


def lion_step(p: torch.Tensor, g: torch.Tensor, state: dict, rate: float, knobs: dict) -> torch.Tensor:
    direction = torch.sign(knobs["beta1"] * state["m"] + (1 - knobs["beta1"]) * g)
    state["m"] = knobs["beta2"] * state["m"] + (1 - knobs["beta2"]) * g
    return p - rate * (direction + knobs["weightDecay"] * p)


def other(name: str, knobs: dict) -> dict:
    """Parameters after every step in float64, learning rate 0.01."""
    start, gradients = inputs()
    rate = 0.01
    after = []
    if name == "sgd":
        parameters = [tensor.double().requires_grad_() for tensor in start]
        optimizer = SGD(parameters, lr=rate, momentum=knobs["momentum"], weight_decay=knobs["weightDecay"], foreach=False)
        for step in gradients:
            for parameter, gradient in zip(parameters, step):
                parameter.grad = gradient.double().clone()
            optimizer.step()
            after.append(flat(parameters))
    else:
        update = {"sign-sgd": sign_step, "lion": lion_step}[name]
        tensors = [tensor.double() for tensor in start]
        states = [{"m": torch.zeros_like(tensor)} for tensor in tensors]
        for step in gradients:
            tensors = [update(p, g.double(), s, rate, knobs) for p, g, s in zip(tensors, step, states)]
            after.append(flat(tensors))
    return {"id": name, "learningRate": rate, "knobs": knobs, "parameters": after}


def clipping(max_norm: float, scale: float) -> dict:
    _, gradients = inputs()
    given = [(gradient * scale).double() for gradient in gradients[0]]
    parameters = [torch.zeros_like(gradient, requires_grad=True) for gradient in given]
    for parameter, gradient in zip(parameters, given):
        parameter.grad = gradient.clone()
    norm = clip_grad_norm_(parameters, max_norm)
    return {
        "maxNorm": max_norm,
        "gradients": flat(given),
        "norm": norm.item(),
        "clipped": flat([parameter.grad for parameter in parameters]),
    }


def schedule(kind: str, warmup: int, total: int) -> dict:
    """learningRates[s] is the rate of the (s + 1)-th optimiser step."""
    optimizer = AdamW([torch.zeros(1, requires_grad=True)], lr=2e-5)
    scheduler = SCHEDULES[kind](optimizer, warmup, total)
    rates = []
    for _ in range(total):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return {
        "kind": kind,
        "warmupSteps": warmup,
        "totalSteps": total,
        "learningRate": 2e-5,
        "learningRates": rates,
    }


def main() -> None:
    parameters, gradients = inputs()
    golden = {
        "versions": {module.__name__: module.__version__ for module in (torch, transformers)},
        "shapes": SHAPES,
        "parameters": flat(parameters),
        "gradients": [flat(step) for step in gradients],
        "adamw": [
            {
                "name": name,
                "knobs": knobs,
                "float64": adamw(knobs, torch.float64),
                "float32": adamw(knobs, torch.float32),
            }
            for name, knobs in ADAMW.items()
        ],
        "others": [other(name, knobs) for name, all_knobs in OTHERS.items() for knobs in all_knobs],
        "clip": [clipping(1.0, 1.0), clipping(0.5, 1e-3), clipping(10.0, 1e-3), clipping(1.0, 0.0)],
        "schedules": [
            schedule(kind, warmup, total)
            for kind in SCHEDULES
            for warmup, total in ((0, 6), (1, 5), (3, 10), (10, 10), (7, 5))
        ],
    }
    write_json(PATH, golden)


if __name__ == "__main__":
    main()
