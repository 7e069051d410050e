"""Writes test/golden/muon.json: ten steps of PyTorch's own Muon and AdamW, in float64.

`torch.optim.Muon` orthogonalises in bfloat16; for the golden file that name stands for float64 while it steps.
"""

from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import torch
from torch.optim import AdamW, Muon

from golden_json import write_json

PATH = Path(__file__).resolve().parent.parent / "test" / "golden" / "muon.json"
SHAPES = {"wide": (3, 5), "tall": (6, 2), "square": (4, 4), "row": (1, 4), "vector": (5,)}
STEPS = 10
KNOBS = [
    {"momentum": 0.95, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "weightDecay": 0.1},
    {"momentum": 0.5, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-4, "weightDecay": 0.0},
]
LEARNING_RATE = 0.01


@contextmanager
def bfloat16_is(dtype: torch.dtype):
    with mock.patch.object(torch, "bfloat16", dtype):
        yield


def inputs() -> tuple[dict[str, torch.Tensor], list[dict[str, torch.Tensor]]]:
    generator = torch.Generator().manual_seed(0)
    draw = lambda: {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    parameters, gradients = draw(), [draw() for _ in range(STEPS)]
    # One matrix of rank 1, and one gradient that is far from 1.
    gradients[0]["square"] = torch.outer(gradients[0]["square"][0], gradients[0]["square"][1])
    gradients[3]["tall"] *= 2.0**12
    return parameters, gradients


def flat(tensors: dict[str, torch.Tensor]) -> dict[str, list[float]]:
    return {name: tensor.detach().double().flatten().tolist() for name, tensor in tensors.items()}


def run(knobs: dict) -> dict:
    start, gradients = inputs()
    parameters = {name: tensor.double().requires_grad_() for name, tensor in start.items()}
    matrices = Muon(
        [tensor for tensor in parameters.values() if tensor.ndim == 2],
        lr=LEARNING_RATE,
        momentum=knobs["momentum"],
        weight_decay=knobs["weightDecay"],
        adjust_lr_fn="match_rms_adamw",
    )
    rest = AdamW(
        [parameters["vector"]],
        lr=LEARNING_RATE,
        betas=(knobs["beta1"], knobs["beta2"]),
        eps=knobs["epsilon"],
        weight_decay=knobs["weightDecay"],
        foreach=False,
    )
    after = []
    for step in gradients:
        for name, parameter in parameters.items():
            parameter.grad = step[name].double().clone()
        with bfloat16_is(torch.float64):
            matrices.step()
        rest.step()
        after.append(flat(parameters))
    return {"knobs": knobs, "parameters": after}


def main() -> None:
    parameters, gradients = inputs()
    golden = {
        "versions": {"torch": torch.__version__},
        "shapes": SHAPES,
        "learningRate": LEARNING_RATE,
        "parameters": flat(parameters),
        "gradients": [flat(step) for step in gradients],
        "runs": [run(knobs) for knobs in KNOBS],
    }
    write_json(PATH, golden)


if __name__ == "__main__":
    main()
