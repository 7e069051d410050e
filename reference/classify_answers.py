"""Adds to the records of an evaluation how likely open-unlearning's classifier finds each greedy answer clean.

python classify_answers.py <records.jsonl> ... [--model <folder or name>] [--tokens 32]

Then call the same `lethe eval` again: `openUnlearning.utility` and `.aggregate` have values where the records of the original
model have been classified too. As open-unlearning's `classifier_prob`: probability of class 0, answers cut to 32 tokens.
"""

import argparse
import json
import os
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

GIBBERISH = "madhurjindal/autonlp-Gibberish-Detector-492513457"


@torch.no_grad()
def clean(texts: list[str], tokenizer, model, tokens: int) -> list[float]:
    given = tokenizer(texts, padding=True, truncation=True, max_length=tokens, return_tensors="pt")
    return torch.softmax(model(**given).logits.double(), dim=-1)[:, 0].tolist()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--model", default=GIBBERISH)
    parser.add_argument("--tokens", type=int, default=32)
    args = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = AutoModelForSequenceClassification.from_pretrained(args.model).eval()
    for path in args.records:
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        answered = [record for record in records if "generated" in record]
        for start in range(0, len(answered), 32):
            part = answered[start : start + 32]
            for record, value in zip(part, clean([r["generated"] for r in part], tokenizer, model, args.tokens)):
                record["clean"] = value
        lines = "".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)
        beside = path.with_suffix(".part")
        beside.write_text(lines, encoding="utf-8")
        os.replace(beside, path)
        print(f"{path}: {len(answered)} answers")


if __name__ == "__main__":
    main()
