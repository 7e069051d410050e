"""A takedown written plainly with PyTorch, transformers and PEFT, timed by phase: what `lethe run` is compared with.

python torch_takedown.py <model folder> <forget.jsonl> <retain.jsonl> <output folder> <steps> [new tokens]

Rows are {question, answer}, asked by the model's chat template. Both sets are scored and answered (greedy, batches of 32, left
padding, key/value cache) before and after; between them NPO (beta 0.1) and cross-entropy on the retain set train rank-16
adapters on all linear layers by AdamW, eight rows of each a step; the model is merged, written, and read back before it is
measured. Prints one line of JSON: wall and processor seconds of each phase.
"""

import json
import sys
import time

from tuning import THREADS

import torch
import torch.nn.functional as F
import transformers
from peft import LoraConfig, get_peft_model

BATCH = 32
PHASES: dict[str, dict[str, float]] = {}
torch.set_num_threads(THREADS)


class Phase:
    """Adds what is done in it to a phase's seconds."""

    def __init__(self, name: str):
        self.name = name

    def __enter__(self):
        self.wall, self.busy = time.perf_counter(), time.process_time()

    def __exit__(self, *_):
        seconds = PHASES.setdefault(self.name, {"seconds": 0.0, "processorSeconds": 0.0})
        seconds["seconds"] += time.perf_counter() - self.wall
        seconds["processorSeconds"] += time.process_time() - self.busy


def read(path: str) -> list[dict]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def prompt_of(tokenizer, row: dict) -> str:
    messages = [{"role": "user", "content": row["question"]}]
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)


def encode(tokenizer, rows: list[dict]) -> dict[str, torch.Tensor]:
    """Right-padded prompts with their answers; labels −100 but at the answers."""
    pairs = []
    for row in rows:
        prompt = tokenizer(prompt_of(tokenizer, row), add_special_tokens=False)["input_ids"]
        answer = tokenizer(row["answer"], add_special_tokens=False)["input_ids"]
        pairs.append((prompt, [*answer, tokenizer.eos_token_id]))
    longest = max(len(prompt) + len(answer) for prompt, answer in pairs)
    ids = torch.full((len(pairs), longest), tokenizer.pad_token_id)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, -100)
    for i, (prompt, answer) in enumerate(pairs):
        end = len(prompt) + len(answer)
        ids[i, :end] = torch.tensor([*prompt, *answer])
        mask[i, :end] = 1
        labels[i, len(prompt) : end] = ids[i, len(prompt) : end]
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def log_probs(model, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """log p of each label, and where there is one."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1]
    target = batch["labels"][:, 1:]
    picked = -F.cross_entropy(logits.transpose(1, 2), target, ignore_index=-100, reduction="none")
    return picked, target != -100


@torch.inference_mode()
def measure(model, tokenizer, rows: list[dict], new_tokens: int, when: str) -> None:
    model.eval()
    groups = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    with Phase(f"scoring {when}"):
        for group in groups:
            log_probs(model, encode(tokenizer, group))
    with Phase(f"answering {when}"):
        for group in groups:
            prompts = [prompt_of(tokenizer, row) for row in group]
            given = tokenizer(
                prompts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False
            )
            out = model.generate(
                **given, max_new_tokens=new_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id
            )
            tokenizer.batch_decode(out[:, given["input_ids"].shape[1] :], skip_special_tokens=True)


def main() -> None:
    folder, forget_path, retain_path, output = sys.argv[1:5]
    steps = int(sys.argv[5])
    new_tokens = int(sys.argv[6]) if len(sys.argv) > 6 else 64
    forget, retain = read(forget_path), read(retain_path)
    with Phase("opening"):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        tokenizer.pad_token_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    measure(model, tokenizer, forget + retain, new_tokens, "before")
    if steps == 0:
        print(json.dumps({"phases": PHASES}))
        return
    with Phase("training"):
        reference = {}
        with torch.inference_mode():
            for i, row in enumerate(forget):
                reference[i] = log_probs(model, encode(tokenizer, [row]))[0].sum()
        config = LoraConfig(r=16, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
        model = get_peft_model(model, config)
        model.train()
        optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=1e-5)
        generator = torch.Generator().manual_seed(0)
        for _ in range(steps):
            chosen = torch.randperm(len(forget), generator=generator)[:8].tolist()
            kept = torch.randperm(len(retain), generator=generator)[: len(chosen)].tolist()
            own, _ = log_probs(model, encode(tokenizer, [forget[i] for i in chosen]))
            ratio = own.sum(1) - torch.stack([reference[i] for i in chosen])
            npo = -2 / 0.1 * F.logsigmoid(-0.1 * ratio).mean()
            other, there = log_probs(model, encode(tokenizer, [retain[i] for i in kept]))
            loss = npo - other.sum() / there.sum()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    with Phase("exporting"):
        model.merge_and_unload().save_pretrained(output)
        tokenizer.save_pretrained(output)
        model = transformers.AutoModelForCausalLM.from_pretrained(output, dtype=torch.float32)
    measure(model, tokenizer, forget + retain, new_tokens, "after")
    print(json.dumps({"phases": PHASES, "torch": torch.__version__, "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
