"""One training step (forward, loss, backward) of a Llama in PyTorch, timed on demand.

Reads commands on stdin, one a line, and answers each with one line of JSON, so that a driver can alternate
PyTorch's runs with others on the same machine. See README.md.
"""

import gc
import json
import statistics
import sys
import time

from tuning import THREADS

import torch
import torch.nn.functional as F

torch.set_num_threads(THREADS)

SHAPES = {
    "9M": dict(vocab=4096, dim=256, layers=6, heads=8, ffn=704, batch=8, seq=128),
    "15M": dict(vocab=32000, dim=288, layers=6, heads=6, ffn=768, batch=4, seq=256),
    "110M": dict(vocab=32000, dim=768, layers=12, heads=12, ffn=2048, batch=2, seq=256),
}
CHOICES = {
    "eager": [
        {"attention": attention, "head": head}
        for attention in ("manual", "fused")
        for head in ("plain", "fused")
    ],
    "compile": [{"attention": "manual"}, {"attention": "fused"}],
    "autotune": [{"attention": "manual"}, {"attention": "fused"}],
}
"""What each mode tries before its first run, to keep the fastest."""
TRIALS = 3
PROJECTIONS = ("wq", "wk", "wv", "wo", "wg", "wu", "wd")


def parameters(shape: dict) -> dict[str, torch.Tensor]:
    """Random weights; the head is the embedding."""
    generator = torch.Generator().manual_seed(0)
    dim, ffn = shape["dim"], shape["ffn"]
    sizes = {"wg": (ffn, dim), "wu": (ffn, dim), "wd": (dim, ffn)}
    made = {"embedding": torch.randn(shape["vocab"], dim, generator=generator) * 0.02, "norm": torch.ones(dim)}
    for layer in range(shape["layers"]):
        for name in PROJECTIONS:
            made[f"{layer}.{name}"] = torch.randn(sizes.get(name, (dim, dim)), generator=generator) * 0.02
        made[f"{layer}.attentionNorm"] = torch.ones(dim)
        made[f"{layer}.mlpNorm"] = torch.ones(dim)
    return {name: value.requires_grad_() for name, value in made.items()}


class Model:
    """The weights and the batch of one shape, and its loss: cross-entropy over every position."""

    def __init__(self, shape: dict):
        self.shape = shape
        self.weights = parameters(shape)
        batch, seq, head_dim = shape["batch"], shape["seq"], shape["dim"] // shape["heads"]
        generator = torch.Generator().manual_seed(1)
        text = torch.randint(0, shape["vocab"], (batch, seq + 1), generator=generator)
        self.tokens, self.labels = text[:, :-1].contiguous(), text[:, 1:].reshape(-1)
        frequencies = 10000 ** (-torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim)
        angles = torch.outer(torch.arange(seq, dtype=torch.float64), frequencies).repeat(1, 2)
        self.cos, self.sin = angles.cos().float(), angles.sin().float()
        self.mask = torch.full((seq, seq), float("-inf")).triu(1)

    def rotary(self, x: torch.Tensor) -> torch.Tensor:
        first, second = x.chunk(2, dim=-1)
        return x * self.cos + torch.cat((-second, first), dim=-1) * self.sin

    def attend(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, attention: str) -> torch.Tensor:
        if attention == "fused":
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        scores = q @ k.transpose(2, 3) * q.shape[-1] ** -0.5 + self.mask
        return torch.softmax(scores, dim=-1) @ v

    def loss(self, attention: str, head: str = "plain") -> torch.Tensor:
        shape, weights = self.shape, self.weights
        batch, seq, heads, dim = shape["batch"], shape["seq"], shape["heads"], shape["dim"]
        x = F.embedding(self.tokens, weights["embedding"])
        for layer in range(shape["layers"]):
            wq, wk, wv, wo, wg, wu, wd = (weights[f"{layer}.{name}"] for name in PROJECTIONS)
            h = F.rms_norm(x, (dim,), weights[f"{layer}.attentionNorm"], 1e-5)
            q, k, v = (F.linear(h, w).view(batch, seq, heads, -1).transpose(1, 2) for w in (wq, wk, wv))
            mixed = self.attend(self.rotary(q), self.rotary(k), v, attention)
            x = x + F.linear(mixed.transpose(1, 2).reshape(batch, seq, dim), wo)
            h = F.rms_norm(x, (dim,), weights[f"{layer}.mlpNorm"], 1e-5)
            x = x + F.linear(F.silu(F.linear(h, wg)) * F.linear(h, wu), wd)
        h = F.rms_norm(x, (dim,), weights["norm"], 1e-5).view(-1, dim)
        if head == "fused":
            return F.linear_cross_entropy(h, weights["embedding"], self.labels)
        return F.cross_entropy(F.linear(h, weights["embedding"]), self.labels)

    def step(self, loss) -> tuple[float, float, float]:
        """Milliseconds of one step with fresh gradients, by the clock and of processor time, and the loss."""
        start, busy = time.perf_counter(), time.process_time()
        for weight in self.weights.values():
            weight.grad = None
        value = loss()
        value.backward()
        return (time.perf_counter() - start) * 1e3, (time.process_time() - busy) * 1e3, value.item()


def memory(field: str) -> int:
    """A field of /proc/self/status in bytes: VmRSS now, VmHWM the highest since the last reset."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) * 1024


def reset_peak() -> None:
    with open("/proc/self/clear_refs", "w") as clear:
        clear.write("5")


class Runner:
    """One shape in one mode, with the fastest of that mode's choices on this machine."""

    def __init__(self, shape: str, mode: str):
        self.model = Model(SHAPES[shape])
        losses = [(choice, self.build(mode, choice)) for choice in CHOICES[mode]]
        for _, loss in losses:
            self.model.step(loss)
        # Round by round, so that a busy moment does not fall on one choice alone.
        rounds = [[self.model.step(loss)[0] for _, loss in losses] for _ in range(TRIALS)]
        best = [min(times) for times in zip(*rounds)]
        self.tried = [choice | {"minMilliseconds": round(t, 1)} for (choice, _), t in zip(losses, best)]
        self.choice, self.loss = losses[best.index(min(best))]
        del losses
        gc.collect()

    def build(self, mode: str, choice: dict):
        if mode == "eager":
            return lambda: self.model.loss(**choice)
        return torch.compile(
            lambda: self.model.loss(**choice),
            fullgraph=True,
            mode="max-autotune" if mode == "autotune" else "default",
        )

    def run(self, count: int) -> dict:
        self.model.step(self.loss)
        reset_peak()
        times, busy, losses = zip(*(self.model.step(self.loss) for _ in range(count)))
        return {
            "milliseconds": statistics.median(times),
            "minMilliseconds": min(times),
            "processorMilliseconds": statistics.median(busy),
            "peakBytes": memory("VmHWM"),
            "loss": losses[-1],
            "choice": self.choice,
        }


def main() -> None:
    import_bytes = memory("VmRSS")
    runners: dict[tuple[str, str], Runner] = {}
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        try:
            command, shape, mode, count = words
            if command != "run" or shape not in SHAPES or mode not in CHOICES or int(count) < 1:
                raise ValueError
        except ValueError:
            expected = f"run <{'|'.join(SHAPES)}> <{'|'.join(CHOICES)}> <count>"
            print(json.dumps({"error": f"expected '{expected}', got '{line.strip()}'"}), flush=True)
            continue
        if (shape, mode) not in runners:
            runners[shape, mode] = Runner(shape, mode)
        answer = {"shape": shape, "mode": mode, "torch": torch.__version__, "threads": THREADS}
        answer |= runners[shape, mode].run(int(count)) | {"importBytes": import_bytes}
        print(json.dumps(answer | {"tried": runners[shape, mode].tried}), flush=True)


if __name__ == "__main__":
    main()
