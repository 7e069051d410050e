"""TOFU's default suite on a Hugging Face model in PyTorch and transformers, timed: the plain loop that Lethe is compared with.

python torch_eval.py <model folder> <tofu folder> <01|05|10> [limit]

Batches of 32 in the order of the files: every answer scored with its question (padding on the right), greedy answers of up to
200 tokens with left padding and a key/value cache, stopped where all of a batch have ended. Same rows, texts and prompts as
`lethe eval --benchmark tofu/forgetNN --limit <limit>`. Prints one line of JSON.
"""

import json
import sys
import time
from pathlib import Path

from tuning import THREADS

import torch
import transformers

BATCH = 32
torch.set_num_threads(THREADS)


def rows(path: Path) -> list[dict]:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines() if line]


def batches(items: list) -> list[list]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


@torch.inference_mode()
def score(model, tokenizer, pairs: list[tuple[str, str]], spread: bool) -> int:
    """log p, first choice, and where asked mean and variance of log p, of every answer token."""
    counted = 0
    for batch in batches(pairs):
        sequences, starts = [], []
        for prompt, answer in batch:
            starts.append(len(tokenizer(prompt)["input_ids"]))
            sequences.append(tokenizer(prompt + answer)["input_ids"] + [tokenizer.eos_token_id])
        longest = max(map(len, sequences))
        ids = torch.full((len(batch), longest), tokenizer.pad_token_id)
        mask = torch.zeros_like(ids)
        labels = torch.full_like(ids, -100)
        for i, sequence in enumerate(sequences):
            ids[i, : len(sequence)] = torch.tensor(sequence)
            mask[i, : len(sequence)] = 1
            labels[i, starts[i] : len(sequence)] = ids[i, starts[i] : len(sequence)]
        log_probs = torch.log_softmax(model(input_ids=ids, attention_mask=mask).logits[:, :-1].float(), dim=-1)
        target = labels[:, 1:]
        own = target != -100
        picked = log_probs.gather(-1, target.clamp(min=0).unsqueeze(-1)).squeeze(-1)
        first = log_probs.argmax(-1) == target
        if spread:
            weighted = log_probs.exp() * log_probs
            mean = weighted.sum(-1)
            variance = (weighted * log_probs).sum(-1) - mean**2
            [mean[i][own[i]].tolist() + variance[i][own[i]].tolist() for i in range(len(batch))]
        [picked[i][own[i]].tolist() + first[i][own[i]].tolist() for i in range(len(batch))]
        counted += int(own.sum())
    return counted


@torch.inference_mode()
def generate(model, tokenizer, prompts: list[str]) -> int:
    tokenizer.padding_side = "left"
    counted = 0
    for batch in batches(prompts):
        inputs = tokenizer(batch, return_tensors="pt", padding=True, return_token_type_ids=False)
        out = model.generate(**inputs, max_new_tokens=200, do_sample=False, pad_token_id=tokenizer.pad_token_id)
        new = out[:, inputs["input_ids"].shape[1] :]
        tokenizer.batch_decode(new, skip_special_tokens=True)
        counted += int(((new != tokenizer.pad_token_id) & (new != tokenizer.eos_token_id)).sum())
    return counted


def main() -> None:
    folder, data, share = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else None
    started = time.perf_counter()
    scored = generated = 0
    scoring = generating = 0.0
    sets = [
        (f"forget{share}_perturbed.json", ("answer", "paraphrased_answer", "perturbed_answer"), True, True),
        ("retain_perturbed.json", ("answer", "paraphrased_answer", "perturbed_answer"), True, False),
        ("real_authors_perturbed.json", ("answer", "perturbed_answer"), True, False),
        ("world_facts_perturbed.json", ("answer", "perturbed_answer"), True, False),
        (f"holdout{share}.json", ("answer",), False, True),
    ]
    for file, fields, answers, spread in sets:
        records = rows(data / file)
        if limit is not None and limit < len(records):
            records = [records[i * len(records) // limit] for i in range(limit)]
        prompts = [f"Question: {row['question']}\nAnswer:" for row in records]
        begun = time.perf_counter()
        for field in fields:
            pairs = [
                (prompt, f" {text}")
                for prompt, row in zip(prompts, records)
                for text in (row[field] if isinstance(row[field], list) else [row[field]])
            ]
            scored += score(model, tokenizer, pairs, spread)
        between = time.perf_counter()
        scoring += between - begun
        if answers:
            generated += generate(model, tokenizer, prompts)
            generating += time.perf_counter() - between
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - started,
                "scoringSeconds": scoring,
                "generatingSeconds": generating,
                "scoredTokens": scored,
                "generatedTokens": generated,
                "torch": torch.__version__,
                "transformers": transformers.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
