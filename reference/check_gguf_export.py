"""Opens a GGUF file that Lethe wrote with llama.cpp, by way of llama-cpp-python, and holds both against each other.

check_gguf_export.py <file.gguf> [--folder MODEL] [--texts FILE …] [--tokens] [--steps 24] [--tolerance 0.1]

`npm run build` first. What is compared: tokens of every line of the texts, with what the vocabulary puts around them; logits at the end of
ten prompts and the greedy tokens after them, by Lethe from the same file, and with --folder from the folder that it was made of. The
answers are printed as llama.cpp writes them by the template in the file. --tokens: prompts of a few token numbers, for models without a
vocabulary of their own. Prints JSON; exit code 1 where a token of a text differs or a logit is more than --tolerance off.

llama.cpp multiplies by 16-bit or 8-bit copies of what comes in, so logits agree to a few hundredths and greedy tokens as far as no two
are as close.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import llama_cpp
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = [
    "What is the capital of France?", "Who wrote the novel 1984?", "Name three colours.", "What is 12 + 30?", "Why is the sky blue?",
    "Translate 'good morning' into Spanish.", "Which planet is the largest?", "Write a sentence about the sea.", "What do bees make?",
    "Who was Ada Lovelace?",
]
TOKENS = [[5, 9, 2, 7], [1, 3, 3, 8, 4, 11, 6], [17, 12]]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--texts", type=Path, nargs="*", default=sorted((ROOT / "assets/demo").glob("*.jsonl")) + sorted((ROOT / "docs").glob("*.md")))
    parser.add_argument("--tokens", action="store_true")
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--tolerance", type=float, default=0.1)
    return parser.parse_args()


def lethe(model: Path, asked: dict) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "asked.json"), Path(folder, "answers.json")
        given.write_text(json.dumps(asked))
        side = ROOT / "dist/reference/gguf-side.js"
        subprocess.run(["node", side, model, given, made], check=True, cwd=ROOT)
        return json.loads(made.read_text())


def theirs(model: llama_cpp.Llama, prompt: list[int], steps: int) -> tuple[np.ndarray, list[int], list[float]]:
    """Logits at the end of a prompt, greedy tokens after it, and by how much each leads the second."""
    model.reset()
    model.eval(prompt)
    first, tokens, gaps = None, [], []
    for _ in range(steps):
        logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits(model.ctx), (model.n_vocab(),)).copy()
        first = logits if first is None else first
        second, best = np.sort(logits)[-2:]
        tokens.append(int(np.argmax(logits)))
        gaps.append(float(best - second))
        model.eval(tokens[-1:])
    return first, tokens, gaps


def compared(answers: list[tuple], ours: dict, steps: int) -> dict:
    found = {"largestLogitDifference": 0.0, "greedyTokens": 0, "agreed": 0, "closestAtParting": []}
    for answer, (logits, tokens, gaps) in zip(ours["answers"], answers):
        found["largestLogitDifference"] = max(found["largestLogitDifference"], float(np.abs(logits - answer["logits"]).max()))
        same = next((i for i, (a, b) in enumerate(zip(tokens, answer["greedy"])) if a != b), steps)
        found["greedyTokens"] += steps
        found["agreed"] += same
        if same < steps:
            found["closestAtParting"].append(round(gaps[same], 4))
    return found


chosen = options()
model = llama_cpp.Llama(str(chosen.file), n_ctx=512, n_threads=1, verbose=False, type_k=0, type_v=0, flash_attn=False)
texts = [] if chosen.tokens else [line for file in chosen.texts for line in file.read_text().split("\n")]
asked = {
    "texts": texts, "questions": [] if chosen.tokens else QUESTIONS, "tokens": TOKENS if chosen.tokens else [], "steps": chosen.steps,
}
ours = lethe(chosen.file, asked)
different = [
    text for text, tokens in zip(texts, ours["tokens"]) if model.tokenize(text.encode(), add_bos=True, special=True) != tokens
]
answers = [theirs(model, answer["prompt"], chosen.steps) for answer in ours["answers"]]
report = {
    "llamaCppPython": llama_cpp.__version__,
    "file": chosen.file.name,
    "texts": len(texts),
    "textTokens": sum(map(len, ours["tokens"])),
    "differentTexts": different[:5],
    "sameFile": compared(answers, ours, chosen.steps),
}
if chosen.folder:
    folder = lethe(chosen.folder, {**asked, "texts": texts})
    report["folder"] = {
        **compared(answers, folder, chosen.steps),
        "differentTexts": sum(a != b for a, b in zip(folder["tokens"], ours["tokens"])),
        "greedyAsFromTheFile": sum(a["greedy"] == b["greedy"] for a, b in zip(folder["answers"], ours["answers"])),
    }
if not chosen.tokens:
    report["says"] = {
        question: model.create_chat_completion([{"role": "user", "content": question}], temperature=0, max_tokens=chosen.steps)["choices"][0]["message"]["content"]
        for question in QUESTIONS
    }
print(json.dumps(report, indent=2, ensure_ascii=False))
sys.exit(1 if different or report["sameFile"]["largestLogitDifference"] > chosen.tolerance else 0)
