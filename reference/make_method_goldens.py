"""Writes test/golden/method-steps.json: the direction of the first steps of every method, by plain PyTorch in float64.

Written from the formulas of the papers, not from Lethe's code. The model is the smallest that has answers: logits are
`hidden · weightᵀ`, `weight` is all that trains, and `hidden` stands for what a body would give. To add a method, add a case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from golden_json import write_json

PATH = Path(__file__).resolve().parent.parent / "test" / "golden" / "method-steps.json"
SEED = 0
VOCAB = 7
DIM = 4
LENGTHS = {"forget": [3, 1, 4], "preferred": [2, 3, 1], "retain": [2, 5, 1]}


@dataclass(frozen=True)
class Answers:
    """Answer tokens of one set: `hidden` [answers, dim], `labels` [answers], `sequence` [answers]."""

    hidden: Tensor
    labels: Tensor
    sequence: Tensor


@dataclass(frozen=True)
class Scored:
    """Answers under the current weights and under the starting ones (`start_…`, no gradient)."""

    answers: Answers
    logits: Tensor
    start_logits: Tensor

    @property
    def labels(self) -> Tensor:
        return self.answers.labels

    @property
    def log_p(self) -> Tensor:
        """[answers] nats: log p of each label."""
        return pick(F.log_softmax(self.logits, -1), self.labels)

    @property
    def start_log_p(self) -> Tensor:
        return pick(F.log_softmax(self.start_logits, -1), self.labels)

    def per_sequence(self, values: Tensor) -> list[Tensor]:
        """Sums over each sequence's answer tokens."""
        return [values[self.answers.sequence == b].sum() for b in range(int(self.answers.sequence.max()) + 1)]


@dataclass(frozen=True)
class Step:
    """What a loss sees of a step."""

    forget: Scored
    preferred: Scored
    retain: Scored


Loss = Callable[[Step], Tensor]
Objective = Callable[[Tensor], Tensor]
Combiner = Callable[[Objective, Objective | None, Tensor], list[Tensor]]


def pick(table: Tensor, labels: Tensor) -> Tensor:
    return table.gather(1, labels[:, None])[:, 0]


def mean(values: list[Tensor]) -> Tensor:
    return torch.stack(values).mean()


# Forget losses, all to be minimised.


def ascent(step: Step) -> Tensor:
    return -F.cross_entropy(step.forget.logits, step.forget.labels)


def npo(beta: float) -> Loss:
    def loss(step: Step) -> Tensor:
        f = step.forget
        # S − S0 of each answer, S its summed negative log-likelihood
        rises = f.per_sequence(f.start_log_p - f.log_p)
        return -2 / beta * mean([F.logsigmoid(beta * rise) for rise in rises])

    return loss


def npo_of_mean(beta: float) -> Loss:
    """As in the TOFU code of BLUR."""

    def loss(step: Step) -> Tensor:
        f = step.forget
        return -2 / beta * F.logsigmoid(beta * mean(f.per_sequence(f.start_log_p - f.log_p)))

    return loss


def npo_of_logits(beta: float) -> Loss:
    """As in the MUSE code family."""

    def loss(step: Step) -> Tensor:
        return -2 / beta * F.logsigmoid(beta * (step.forget.start_logits - step.forget.logits)).mean()

    return loss


def f_npo(beta: float, link: Callable[[Tensor], Tensor]) -> Loss:
    """`link` is f′ as a function of the ratio u."""

    def loss(step: Step) -> Tensor:
        f = step.forget
        ratios = [s.exp() for s in f.per_sequence(f.log_p - f.start_log_p)]
        return -2 / beta * mean([F.logsigmoid(-beta * link(u)) for u in ratios])

    return loss


def simnpo(beta: float, delta: float) -> Loss:
    def loss(step: Step) -> Tensor:
        f = step.forget
        sums = f.per_sequence(-f.log_p)
        lengths = f.per_sequence(torch.ones_like(f.log_p))
        return -2 / beta * mean([F.logsigmoid(beta * (s / n - delta)) for s, n in zip(sums, lengths)])

    return loss


def dpo(beta: float) -> Loss:
    def loss(step: Step) -> Tensor:
        chosen = step.preferred.per_sequence(step.preferred.log_p - step.preferred.start_log_p)
        lost = step.forget.per_sequence(step.forget.log_p - step.forget.start_log_p)
        return -2 / beta * mean([F.logsigmoid(beta * (w - l)) for w, l in zip(chosen, lost)])

    return loss


def preferred_nll(step: Step) -> Tensor:
    return F.cross_entropy(step.preferred.logits, step.preferred.labels)


def weighted_ascent(weight: Callable[[Tensor, Tensor], Tensor]) -> Loss:
    """`weight` of p and p0; nothing flows through it."""

    def loss(step: Step) -> Tensor:
        f = step.forget
        return (weight(f.log_p.exp(), f.start_log_p.exp()).detach() * f.log_p).mean()

    return loss


def level_match(beta: float) -> Loss:
    def loss(step: Step) -> Tensor:
        f = step.forget
        return (torch.log(torch.cosh(beta * (f.log_p - f.start_log_p))) / beta).mean()

    return loss


def ce_u(skip: int) -> Loss:
    def loss(step: Step) -> Tensor:
        f = step.forget
        sequence = f.answers.sequence.tolist()
        counted = [a for a, b in enumerate(sequence) if sequence[:a].count(b) >= skip]
        target = f.logits.detach().clone()
        target[torch.arange(len(sequence)), f.labels] = -torch.inf
        return F.cross_entropy(f.logits[counted], F.softmax(target[counted], -1))

    return loss


def undial(beta: float) -> Loss:
    def loss(step: Step) -> Tensor:
        f = step.forget
        target = F.softmax(f.start_logits - beta * F.one_hot(f.labels, VOCAB), -1)
        return F.cross_entropy(f.logits, target)

    return loss


def margin(step: Step) -> Tensor:
    z = step.forget.logits
    return (z.amax(-1) - z.mean(-1)).square().mean()


def inverted_hinge(step: Step) -> Tensor:
    p = F.softmax(step.forget.logits, -1)
    others = p.masked_fill(F.one_hot(step.forget.labels, VOCAB).bool(), 0)
    return F.relu(1 + pick(p, step.forget.labels) - others.amax(-1)).mean()


# Retain losses.


# What `uniform(0, ['control'], i)` of src/math/random.ts gives: the draws are Lethe's own, what is made of them is the paper's.
DRAWS = [
    0.5399665015497913,
    0.13582791807595662,
    0.12212452284906405,
    0.1520940620881024,
    0.9312694005313558,
    0.7002551476622706,
    0.6939810981234867,
]


def control(length: float) -> Tensor:
    """Rounded to float32, as a program holds it."""
    r = torch.tensor(DRAWS, dtype=torch.float64)
    return (length * r / r.norm()).float().double()


def activations_to(scored: Scored, target: Tensor) -> Tensor:
    """Mean squared distance of each sequence's activations, averaged over sequences; logits stand for activations."""
    squares = (scored.logits - target).pow(2).mean(1)
    sequences = scored.answers.sequence
    return mean([squares[sequences == b].mean() for b in range(int(sequences.max()) + 1)])


def rmu(steering: float) -> Loss:
    return lambda step: activations_to(step.forget, control(steering))


def rmu_as_released(steering: float) -> Loss:
    """Sums [B] divided by counts [B, 1], then the mean of the [B, B] table, as open-unlearning has it."""

    def loss(step: Step) -> Tensor:
        squares = (step.forget.logits - control(steering)).pow(2).mean(1)
        sums = torch.stack(step.forget.per_sequence(squares))
        counts = torch.stack(step.forget.per_sequence(torch.ones_like(squares)))
        return (sums / counts[:, None]).mean()

    return loss


def activation_match_as_released(step: Step) -> Tensor:
    squares = (step.retain.logits - step.retain.start_logits).pow(2).mean(1)
    sums, counts = (torch.stack(step.retain.per_sequence(x)) for x in (squares, torch.ones_like(squares)))
    return (sums / counts[:, None]).mean()


def adaptive_rmu(scale: float) -> Loss:
    def loss(step: Step) -> Tensor:
        lengths = step.forget.start_logits.norm(dim=1, keepdim=True)
        return activations_to(step.forget, scale * lengths * control(1))

    return loss


def activation_match(step: Step) -> Tensor:
    return activations_to(step.retain, step.retain.start_logits)


def cross_entropy(step: Step) -> Tensor:
    return F.cross_entropy(step.retain.logits, step.retain.labels)


def kl(step: Step) -> Tensor:
    log_p, start = (F.log_softmax(z, -1) for z in (step.retain.logits, step.retain.start_logits))
    return F.kl_div(log_p, start, reduction="batchmean", log_target=True)


def level_keep(step: Step) -> Tensor:
    r = step.retain
    return (torch.log(torch.cosh(4 * (r.log_p - r.start_log_p))) / 4).mean()


# Combiners: directions of the first steps, were the weights to stay where they are.


def gradient(objective: Objective, weight: Tensor, create_graph: bool = False) -> Tensor:
    return torch.autograd.grad(objective(weight), weight, create_graph=create_graph)[0]


def weighted(forget_weight: float, retain_weight: float) -> Combiner:
    def directions(forget: Objective, retain: Objective | None, weight: Tensor) -> list[Tensor]:
        total = lambda w: forget_weight * forget(w) + (retain_weight * retain(w) if retain else 0)
        return [gradient(total, weight)]

    return directions


def bilevel(gamma: float) -> Combiner:
    def directions(forget: Objective, retain: Objective | None, weight: Tensor) -> list[Tensor]:
        g_f, g_r = gradient(forget, weight), gradient(retain, weight)
        along = (g_r * g_f).sum() / (g_f * g_f).sum()
        return [g_r - along * g_f + gamma * g_f]

    return directions


def balanced_bilevel(share: float) -> Combiner:
    def directions(forget: Objective, retain: Objective | None, weight: Tensor) -> list[Tensor]:
        g_f, g_r = gradient(forget, weight), gradient(retain, weight)
        apart = g_r - (g_r * g_f).sum() / (g_f * g_f).sum() * g_f
        return [apart + share * apart.norm() / g_f.norm() * g_f]

    return directions


def normalized_difference(forget: Objective, retain: Objective | None, weight: Tensor) -> list[Tensor]:
    g_f, g_r = gradient(forget, weight), gradient(retain, weight)
    return [g_r / (g_r.norm() + 1e-8) + g_f / (g_f.norm() + 1e-8)]


def conflict_projection(forget: Objective, retain: Objective | None, weight: Tensor) -> list[Tensor]:
    """PCGrad: each gradient without its part along the other, where they conflict."""
    g_f, g_r = gradient(forget, weight), gradient(retain, weight)
    rest = lambda g, other: g - (g * other).sum().clamp(max=0) / other.square().sum() * other
    return [rest(g_f, g_r) + rest(g_r, g_f)]


def primal_dual(start: float, rate: float, budget: float | None = None, factor: float = 1.1) -> Combiner:
    """Three steps; without a budget it is `factor` times the first retain loss."""

    def directions(forget: Objective, retain: Objective | None, weight: Tensor) -> list[Tensor]:
        dual, made = start, []
        loss = retain(weight).item()
        cap = factor * loss if budget is None else budget
        for _ in range(3):
            made.append(gradient(lambda w: forget(w) + dual * (retain(w) - cap), weight))
            dual = max(0.0, dual + rate * (loss - cap))
        return made

    return directions


def stationary_forgetting(inner_steps: int, alignment: float, penalty: float) -> Combiner:
    """Inner steps, one outer, and again: ∇Ψ, and the gradient of `L_r + ρ_k·‖∇Ψ‖²` with `ρ_k = penalty·k`."""

    def directions(forget: Objective, retain: Objective | None, weight: Tensor) -> list[Tensor]:
        def psi(w: Tensor) -> Tensor:
            g_f, g_r = gradient(forget, w, True), gradient(retain, w, True)
            return forget(w) - alignment * F.cosine_similarity(g_f.flatten(), g_r.flatten(), dim=0)

        def outer(k: int) -> Callable[[Tensor], Tensor]:
            return lambda w: retain(w) + penalty * k * gradient(psi, w, True).square().sum()

        inner = gradient(psi, weight)
        return [u for k in (1, 2) for u in [*[inner] * inner_steps, gradient(outer(k), weight)]]

    return directions


@dataclass(frozen=True)
class Case:
    """The `method` section of a recipe, and what it stands for."""

    settings: dict
    forget: Loss
    retain: Loss | None
    combine: Combiner


PLAIN = weighted(1, 1)


def on_blur(forget_loss: str, loss: Loss, **knobs: float | str) -> Case:
    return Case({"id": "blur", "forgetLoss": forget_loss, **knobs}, loss, cross_entropy, bilevel(1))


CASES = [
    Case({"id": "blur"}, npo(0.1), cross_entropy, bilevel(1)),
    Case({"id": "blur", "beta": 0.4, "gamma": 2, "retainLoss": "kl"}, npo(0.4), kl, bilevel(2)),
    Case({"id": "blur", "variant": "released"}, npo_of_mean(0.1), cross_entropy, bilevel(1)),
    on_blur("ga", ascent),
    on_blur("simnpo", simnpo(1.5, 0.2), beta=1.5, margin=0.2),
    on_blur("npo-logits", npo_of_logits(0.1)),
    on_blur("f-npo", f_npo(0.5, lambda u: torch.log(2 * u / (1 + u))), beta=0.5),
    on_blur("f-npo", f_npo(0.5, lambda u: -1 / u), beta=0.5, divergence="forward-kl"),
    on_blur("f-npo", f_npo(0.5, lambda u: -(u**-0.3) / 0.3), beta=0.5, divergence="alpha", alpha=0.3),
    on_blur("f-npo", f_npo(0.5, torch.log), beta=0.5, divergence="reverse-kl"),
    on_blur("token-npo", weighted_ascent(lambda p, p0: 2 * p**4 / (p**4 + p0**4))),
    on_blur("token-npo", weighted_ascent(lambda p, p0: 2 * p**2.5 / (p**2 + p0**2)), beta=2, likelyPower=0.5),
    on_blur("inverted-hinge", inverted_hinge),
    Case({"id": "level"}, level_match(1), level_keep, balanced_bilevel(0.25)),
    Case({"id": "level", "beta": 0.5, "share": 3}, level_match(0.5), level_keep, balanced_bilevel(3)),
    Case({"id": "ga"}, ascent, None, weighted(1, 0)),
    Case({"id": "grad-diff"}, ascent, cross_entropy, PLAIN),
    Case({"id": "kl-min"}, ascent, kl, PLAIN),
    Case({"id": "npo"}, npo(0.1), cross_entropy, PLAIN),
    Case({"id": "npo", "beta": 1.5, "forgetWeight": 0.5, "retainWeight": 2}, npo(1.5), cross_entropy, weighted(0.5, 2)),
    Case({"id": "semeval-atyaephyra"}, npo(0.5), cross_entropy, PLAIN),
    Case({"id": "simnpo"}, simnpo(4.5, 0), cross_entropy, weighted(0.125, 1)),
    Case({"id": "wga"}, weighted_ascent(lambda p, _: p), cross_entropy, PLAIN),
    Case({"id": "wga", "beta": 5, "retainLoss": "kl"}, weighted_ascent(lambda p, _: p**5), kl, PLAIN),
    Case({"id": "satimp"}, weighted_ascent(lambda p, _: p**5 * (1 - p) ** 0.1), cross_entropy, weighted(1, 0.1)),
    Case(
        {"id": "satimp", "saturation": 5, "importance": 1, "forgetWeight": 0.1, "retainWeight": 1},
        weighted_ascent(lambda p, _: p**5 * (1 - p)),
        cross_entropy,
        weighted(0.1, 1),
    ),
    Case({"id": "ce-u"}, ce_u(1), cross_entropy, weighted(1, 0)),
    Case({"id": "ce-u", "skipTokens": 2, "retainWeight": 1}, ce_u(2), cross_entropy, PLAIN),
    Case({"id": "undial"}, undial(10), cross_entropy, weighted(1, 0)),
    Case({"id": "undial", "strength": 3, "retainWeight": 2}, undial(3), cross_entropy, weighted(1, 2)),
    Case({"id": "loku"}, inverted_hinge, cross_entropy, PLAIN),
    Case({"id": "sha256"}, ascent, cross_entropy, weighted(1, 1.2)),
    Case({"id": "idk-dpo"}, dpo(0.1), cross_entropy, PLAIN),
    Case({"id": "alt-po", "beta": 0.5, "retainWeight": 2}, dpo(0.5), cross_entropy, weighted(1, 2)),
    Case({"id": "idk-nll"}, preferred_nll, cross_entropy, PLAIN),
    Case({"id": "ngdiff"}, ascent, cross_entropy, normalized_difference),
    Case({"id": "pdu"}, margin, cross_entropy, primal_dual(50, 1)),
    Case(
        {"id": "pdu", "dualStart": 100, "dualRate": 5, "retainBudget": 0.3, "retainLoss": "kl"},
        margin,
        kl,
        primal_dual(100, 5, 0.3),
    ),
    Case(
        {"id": "ofmu", "innerSteps": 2, "alignmentWeight": 0.1, "stationarityWeight": 0.01, "probe": 1e-4},
        ascent,
        cross_entropy,
        stationary_forgetting(2, 0.1, 0.01),
    ),
    Case(
        {"id": "ofmu", "forgetLoss": "npo", "innerSteps": 0, "alignmentWeight": 0.7, "probe": 1e-4},
        npo(0.1),
        cross_entropy,
        stationary_forgetting(0, 0.7, 0.01),
    ),
    Case(
        {"id": "su", "forgetLoss": "ga", "combiner": "conflict-projection"},
        ascent,
        cross_entropy,
        conflict_projection,
    ),
    Case({"id": "guard"}, npo(0.1), cross_entropy, PLAIN),
    # Its first steps are by backpropagation; those from losses alone are held to the gradient in src/train/zeroth-order.test.ts.
    Case({"id": "downgrade"}, npo(0.1), cross_entropy, PLAIN),
    Case({"id": "downgrade", "forgetLoss": "rmu", "steering": 6.5}, rmu(6.5), cross_entropy, PLAIN),
    Case({"id": "rmu"}, rmu(20), activation_match, weighted(1, 100)),
    Case({"id": "rmu", "steering": 6.5, "retainWeight": 1200}, rmu(6.5), activation_match, weighted(1, 1200)),
    Case({"id": "rmu", "variant": "released"}, rmu_as_released(20), activation_match_as_released, weighted(1, 100)),
    Case({"id": "rmu", "retainLoss": "cross-entropy"}, rmu(20), cross_entropy, weighted(1, 100)),
    Case({"id": "blur", "forgetLoss": "rmu"}, rmu(20), cross_entropy, bilevel(1)),
    Case({"id": "semeval-snuffleupagus"}, adaptive_rmu(5), activation_match, weighted(1, 900)),
    Case({"id": "semeval-snuffleupagus", "steeringScale": 3}, adaptive_rmu(3), activation_match, weighted(1, 900)),
]


def scored(weight: Tensor, start: Tensor, answers: Answers) -> Scored:
    return Scored(answers, answers.hidden @ weight.T, answers.hidden @ start.T)


def main() -> None:
    generator = torch.Generator().manual_seed(SEED)
    normal = lambda *shape: torch.randn(shape, generator=generator, dtype=torch.float64)
    # Rounded so that the file is short; every number in it is exact.
    rounded = lambda tensor: torch.round(tensor, decimals=3)
    weight, start = rounded(normal(VOCAB, DIM)), rounded(normal(VOCAB, DIM))
    sets = {
        name: Answers(
            hidden=rounded(normal(sum(lengths), DIM)),
            labels=torch.randint(VOCAB, (sum(lengths),), generator=generator),
            sequence=torch.tensor([b for b, length in enumerate(lengths) for _ in range(length)]),
        )
        for name, lengths in LENGTHS.items()
    }

    def at(loss: Loss | None) -> Objective | None:
        return loss and (lambda w: loss(Step(**{name: scored(w, start, answers) for name, answers in sets.items()})))

    cases = []
    for case in CASES:
        forget, retain = at(case.forget), at(case.retain)
        here = weight.clone().requires_grad_()
        cases.append(
            {
                "settings": case.settings,
                "losses": {"forget": forget(here).item(), "retain": retain(here).item() if retain else None},
                "directions": [u.flatten().tolist() for u in case.combine(forget, retain, here)],
            }
        )
    golden = {
        "versions": {"torch": torch.__version__},
        "seed": SEED,
        "weight": weight.tolist(),
        "startWeight": start.tolist(),
        "sets": {
            name: {
                "hidden": answers.hidden.tolist(),
                "labels": answers.labels.tolist(),
                "sequenceOf": answers.sequence.tolist(),
            }
            for name, answers in sets.items()
        },
        "cases": cases,
    }
    write_json(PATH, golden)


if __name__ == "__main__":
    main()
