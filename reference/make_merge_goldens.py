"""Writes test/golden/ties.json: changes of three models merged by PEFT's own TIES, with equal and unequal weights."""

from pathlib import Path

import peft
import torch
from peft.utils.merge_utils import ties

from golden_json import write_json

PATH = Path(__file__).resolve().parent.parent / "test" / "golden" / "ties.json"
SIZE = 40
CASES = [
    {"models": 2, "weights": [1.0, 1.0], "density": 0.8},
    {"models": 2, "weights": [1.0, 0.3], "density": 0.8},
    {"models": 2, "weights": [0.2, 2.0], "density": 0.5},
    {"models": 3, "weights": [0.7, 1.0, 1.5], "density": 1.0},
    {"models": 3, "weights": [3.0, 0.1, 1.0], "density": 0.25},
    {"models": 2, "weights": [1.0, -0.5], "density": 0.6},
]


def main() -> None:
    generator = torch.Generator().manual_seed(0)
    changes = torch.randn(3, SIZE, generator=generator, dtype=torch.float64)
    # Entries that cancel, that only one model has, and that none has.
    changes[1, 0] = -changes[0, 0]
    changes[:, 1] = torch.tensor([2.0, 0.0, 0.0])
    changes[:, 2] = 0
    # Exact in float32, as a checkpoint holds them.
    changes = changes.float().double()
    merged = [
        ties(
            [changes[k] for k in range(case["models"])],
            torch.tensor(case["weights"], dtype=torch.float64),
            case["density"],
        ).tolist()
        for case in CASES
    ]
    write_json(
        PATH,
        {
            "versions": {"peft": peft.__version__, "torch": torch.__version__},
            "changes": changes.tolist(),
            "cases": [{**case, "merged": values} for case, values in zip(CASES, merged)],
        },
    )


if __name__ == "__main__":
    main()
