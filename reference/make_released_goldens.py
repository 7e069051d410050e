"""Writes test/golden/released.json: losses as released code has them, on whole padded batches, in float64.

Logits and labels of whole sequences, padding included, are given by formulas that the test repeats; the losses are written from
what open-unlearning computes (src/trainer/utils.py, rmu.py, and pdu.py with its mask of October 2025).
"""

from importlib.metadata import version
from math import cos, sin
from pathlib import Path

import torch
import torch.nn.functional as F
from golden_json import write_json
from torch import Tensor

GOLDEN = Path(__file__).resolve().parent.parent / "test" / "golden"
VOCAB, IGNORED = 120, -100
# Tokens of each sequence, and how many of the first are its prompt; the longest sets the padding.
LENGTHS, PROMPTS = (9, 6, 7), (4, 3, 2)
STRENGTH = 10.0


def batch() -> tuple[Tensor, Tensor, Tensor]:
    places = [(b, t) for b in range(len(LENGTHS)) for t in range(max(LENGTHS))]
    shape = (len(LENGTHS), max(LENGTHS), VOCAB)
    z = [2 * sin(1 + 7 * b + 3 * t + 1.7 * k) for b, t in places for k in range(VOCAB)]
    start = [2 * cos(0.5 + 2 * b + 1.3 * t + 0.9 * k) for b, t in places for k in range(VOCAB)]
    labels = [(11 * b + 7 * t + 3) % VOCAB if PROMPTS[b] <= t < LENGTHS[b] else IGNORED for b, t in places]
    numbers = [torch.tensor(values, dtype=torch.float64).view(shape) for values in (z, start)]
    return *numbers, torch.tensor(labels).view(shape[:2])


def kl(z: Tensor, start: Tensor) -> Tensor:
    flat = [F.log_softmax(x, -1).view(-1, VOCAB) for x in (z, start)]
    return F.kl_div(*flat, reduction="batchmean", log_target=True)


def undial(z: Tensor, start: Tensor, labels: Tensor) -> Tensor:
    z, start, labels = z[:, :-1], start[:, :-1], labels[:, 1:]
    lowered = torch.zeros_like(start)
    rows, columns = torch.arange(len(z)).view(-1, 1), torch.arange(z.shape[1]).view(1, -1)
    lowered[rows, columns, labels] = 1.0
    target = F.softmax(start - STRENGTH * lowered, -1)
    return F.cross_entropy(z.reshape(-1, VOCAB), target.reshape(-1, VOCAB))


def margin(z: Tensor, labels: Tensor) -> Tensor:
    return (z.amax(-1) - z.mean(-1))[labels != IGNORED].square().mean()


def distance(h: Tensor, target: Tensor, labels: Tensor) -> Tensor:
    mask = labels != IGNORED
    sums = ((h - target).square() * mask[..., None]).mean(2).sum(1)
    return (sums / mask.sum(-1, keepdim=True)).mean()


def main() -> None:
    z, start, labels = batch()
    losses = {
        "kl": kl(z, start),
        "undial": undial(z, start, labels),
        "margin": margin(z, labels),
        "activation-match": distance(z, start, labels),
    }
    values = {name: value.item() for name, value in losses.items()}
    # Of RMU the control vector's direction is Lethe's own draw: its distance to a constant vector stands for it.
    values["distance to 0.25"] = distance(z, torch.full_like(z, 0.25), labels).item()
    shape = {"vocab": VOCAB, "lengths": LENGTHS, "prompts": PROMPTS, "strength": STRENGTH}
    write_json(GOLDEN / "released.json", {"versions": {"torch": version("torch")}, **shape, "values": values})


if __name__ == "__main__":
    main()
