"""Opens what Lethe wrote with transformers and PEFT, and prints what they make of it as JSON.

check_export.py <folder> [--prompt TEXT | --tokens 1,2,3] [--steps 20] [--no-lethe]

<folder> is a model folder or a run folder. Of the model it prints greedy tokens and the sums of its logits; and the
differences from Lethe's own logits (`npm run build` first), over sequences of several lengths. Of a run that trained
adapters it does the same with base model and adapter in PEFT, and compares what PEFT merges with the written weights.

Exit code 1 when tensors are missing, left over or of the wrong shape, a logit differs by more than 1e-3, or
a merged weight is not the one that PEFT makes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import peft
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from golden_json import pretty_json

LETHE = Path(__file__).resolve().parent.parent / "dist" / "reference" / "lethe-side.js"
TOLERANCE = 1e-3
"""For logits in float32 here and there; a wrong tensor, scale or rotation is off by far more."""
LENGTHS = [1, 2, 3, 5, 8, 13, 21, 34]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--prompt", help="text, encoded by the folder's tokenizer with its special tokens")
    given.add_argument("--tokens", help="token numbers, separated by commas; for folders without a tokenizer")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--no-lethe", action="store_true", help="compare with nothing: no build of Lethe is there")
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


def drawn_sequences(prompt: list[int], config: transformers.PretrainedConfig) -> list[list[int]]:
    """The prompt, and sequences of random tokens of several lengths, as far as the model takes them."""
    generator = torch.Generator().manual_seed(0)
    longest = getattr(config, "max_position_embeddings", None) or max(LENGTHS)
    return [prompt] + [
        torch.randint(config.vocab_size, (length,), generator=generator).tolist()
        for length in LENGTHS
        if length <= longest
    ]


def lethe_logits(what: str, folder: Path, sequences: list[list[int]], *more: Path) -> list[torch.Tensor]:
    with tempfile.TemporaryDirectory() as scratch:
        asked, answered = Path(scratch) / "sequences.json", Path(scratch) / "logits.safetensors"
        asked.write_text(json.dumps(sequences), encoding="utf-8")
        subprocess.run(["node", LETHE, what, folder, asked, answered, *more], check=True)
        logits = load_file(answered)
    return [logits[str(i)].double() for i in range(len(sequences))]


def differences(model: torch.nn.Module, sequences: list[list[int]], lethe: list[torch.Tensor]) -> dict:
    """How far Lethe's logits are from this model's, over all positions."""
    with torch.no_grad():
        ours = [model(input_ids=torch.tensor([tokens])).logits[0].double() for tokens in sequences]
    theirs, mine = torch.cat(lethe), torch.cat(ours)
    distance = (theirs - mine).abs()
    return {
        "sequences": len(sequences),
        "positions": len(mine),
        "largest": distance.max().item(),
        "mean": distance.mean().item(),
        "largestLogit": mine.abs().max().item(),
        "sameFirstChoice": (theirs.argmax(-1) == mine.argmax(-1)).double().mean().item(),
    }


def check_adapter(run: Path, merged: Path, sequences: list[list[int]]) -> dict:
    """Base model and adapter in PEFT: logits against Lethe's with the adapter beside, weights against the merged ones."""
    with tempfile.TemporaryDirectory() as scratch:
        adapter = Path(scratch) / "adapter"
        lethe = lethe_logits("adapter", run, sequences, adapter)
        base_path = json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"]
        base = AutoModelForCausalLM.from_pretrained(base_path, dtype=torch.float32)
        before = {name: tensor.detach().clone() for name, tensor in base.named_parameters()}
        model = peft.PeftModel.from_pretrained(base, adapter).eval()
        stored = load_file(adapter / "adapter_model.safetensors")
    loaded = peft.get_peft_model_state_dict(model)
    problems = sorted(set(stored) ^ set(loaded))
    problems += [name for name in set(stored) & set(loaded) if not torch.equal(stored[name], loaded[name])]
    logits = differences(model, sequences, lethe)
    # In float64, as Lethe merges; in float32 a few numbers round to the neighbour.
    by_peft = dict(model.double().merge_and_unload().named_parameters())
    written = dict(AutoModelForCausalLM.from_pretrained(merged, dtype="auto").named_parameters())
    unlike = sum((by_peft[name].float().to(t.dtype) != t).sum().item() for name, t in written.items())
    if unlike:
        problems.append(f"{unlike} merged numbers are not those that PEFT merges")
    return {
        "peft": peft.__version__,
        "problems": problems,
        "logits": logits,
        "merged": {
            "numbers": sum(tensor.numel() for tensor in written.values()),
            "numbersUnlike": unlike,
            "largestChange": max((t - before[name]).abs().max().item() for name, t in by_peft.items()),
        },
    }


def has_adapter(run: Path) -> bool:
    recipe = run / "recipe.yaml"
    return recipe.exists() and "\n    lora:" in recipe.read_text(encoding="utf-8")


def main() -> int:
    chosen = options()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    folder = chosen.folder if (chosen.folder / "config.json").exists() else chosen.folder / "model"
    tokenizer = None
    if (folder / "tokenizer.json").exists():
        tokenizer = AutoTokenizer.from_pretrained(folder)
    model, loading = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    model.eval()
    if chosen.tokens:
        prompt = [int(token) for token in chosen.tokens.split(",")]
    elif tokenizer:
        prompt = tokenizer.encode(chosen.prompt or "The")
    else:
        raise SystemExit(f"{folder} has no tokenizer.json: give --tokens")
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
        "storedDtypes": stored_dtypes(folder),
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
    found = [report]
    if not chosen.no_lethe:
        sequences = drawn_sequences(prompt, model.config)
        report["againstLethe"] = differences(model, sequences, lethe_logits("logits", folder, sequences))
        if folder != chosen.folder and has_adapter(chosen.folder):
            report["adapter"] = check_adapter(chosen.folder, folder, sequences)
            found.append(report["adapter"])
    print(pretty_json(report))
    compared = [report.get("againstLethe")] + [part["logits"] for part in found[1:]]
    far = [part for part in compared if part and not part["largest"] <= TOLERANCE]
    return 1 if far or any(part["problems"] for part in found) else 0


if __name__ == "__main__":
    sys.exit(main())
