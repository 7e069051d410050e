"""Opens a folder that Lethe wrote with transformers, and prints greedy tokens and the sums of its logits as JSON.

check_export.py <folder> [--prompt TEXT] [--tokens 1,2,3] [--steps 20]

Exit code 1 when tensors are missing, left over or of the wrong shape.
"""

import argparse
import sys
from pathlib import Path

import torch
import transformers
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from golden_json import pretty_json


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--prompt", help="text, encoded by the folder's tokenizer with its special tokens")
    given.add_argument("--tokens", help="token numbers, separated by commas; for folders without a tokenizer")
    parser.add_argument("--steps", type=int, default=20)
    return parser.parse_args()


def stored_dtypes(folder: Path) -> dict[str, int]:
    """How many tensors of each dtype the files hold."""
    counts: dict[str, int] = {}
    for file in sorted(folder.glob("model*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            for name in tensors.keys():
                dtype = tensors.get_slice(name).get_dtype()
                counts[dtype] = counts.get(dtype, 0) + 1
    return counts


def main() -> int:
    chosen = options()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    tokenizer = None
    if (chosen.folder / "tokenizer.json").exists():
        tokenizer = AutoTokenizer.from_pretrained(chosen.folder)
    model, loading = AutoModelForCausalLM.from_pretrained(
        chosen.folder, dtype=torch.float32, output_loading_info=True
    )
    model.eval()
    if chosen.tokens:
        prompt = [int(token) for token in chosen.tokens.split(",")]
    elif tokenizer:
        prompt = tokenizer.encode(chosen.prompt or "The")
    else:
        raise SystemExit(f"{chosen.folder} has no tokenizer.json: give --tokens")
    input_ids = torch.tensor([prompt])
    with torch.no_grad():
        logits = model(input_ids=input_ids).logits[0].double()
    made = model.generate(
        input_ids,
        attention_mask=torch.ones_like(input_ids),
        max_new_tokens=chosen.steps,
        do_sample=False,
        pad_token_id=0,
    )[0, len(prompt) :].tolist()
    problems = {key: sorted(map(str, value)) for key, value in loading.items() if value}
    report = {
        "transformers": transformers.__version__,
        "modelType": model.config.model_type,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "storedDtypes": stored_dtypes(chosen.folder),
        "problems": problems,
        "prompt": prompt,
        "greedyTokens": made,
        "greedyText": tokenizer.decode(made) if tokenizer else None,
        "logits": {
            "shape": list(logits.shape),
            "sum": logits.sum().item(),
            "sumOfSquares": logits.square().sum().item(),
            "lastTop5": [
                {"token": int(token), "logit": value.item()} for value, token in zip(*logits[-1].topk(5))
            ],
        },
    }
    print(pretty_json(report))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
