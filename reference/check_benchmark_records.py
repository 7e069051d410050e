"""Recomputes a TOFU evaluation of Lethe from its stored records with other software, and compares to 1e-9.

python check_benchmark_records.py <evaluation.json of `lethe eval --json`> <records.jsonl> <never-trained records.jsonl>

ROUGE by rouge_score, forget quality by scipy, AUC by scikit-learn, truth ratios and harmonic means by numpy and scipy.
"""

import json
import sys
import zlib
from pathlib import Path

import numpy as np
from rouge_score import rouge_scorer
from scipy.stats import hmean, ks_2samp
from sklearn.metrics import roc_auc_score

SCORER = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)


def read(path: str) -> dict[str, list[dict]]:
    sets: dict[str, list[dict]] = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        sets.setdefault(record["set"], []).append(record)
    return sets


def loss(text: dict) -> float:
    return -float(np.mean(text["logProbs"]))


def ratios(records: list[dict], correct: str) -> np.ndarray:
    right = np.array([loss(r["texts"][correct][0]) for r in records])
    wrong = np.array([np.mean([loss(t) for t in r["texts"]["perturbed"]]) for r in records])
    return np.exp(-wrong) / (np.exp(-right) + 1e-10)


def attack(record: dict, kind: str) -> float:
    text = record["texts"]["answer"][0]
    log_probs = np.array(text["logProbs"])
    if kind == "loss":
        return -log_probs.mean()
    if kind == "zlib":
        return -log_probs.mean() / len(zlib.compress(text["text"].encode()))
    values = log_probs[:-1]
    if kind == "min-k++":
        mean, variance = np.array(text["mean"])[:-1], np.array(text["variance"])[:-1]
        values = (values - mean) / np.sqrt(np.maximum(variance, 1e-6))
    if len(values) == 0:
        return 0.0
    return -np.sort(values)[: max(1, int(0.4 * len(values)))].mean()


def auc(sets: dict[str, list[dict]], kind: str) -> float:
    scores = [[attack(r, kind) for r in sets[name]] for name in ("forget", "holdout")]
    return roc_auc_score([0] * len(scores[0]) + [1] * len(scores[1]), scores[0] + scores[1])


def expected(sets: dict[str, list[dict]], never: dict[str, list[dict]] | None) -> dict[str, float]:
    values: dict[str, float] = {}
    for name in ("forget", "retain", "realAuthors", "worldFacts"):
        records = sets[name]
        values[f"{name}.rougeL"] = float(
            np.mean([SCORER.score(r["reference"], r["generated"])["rougeL"].recall for r in records])
        )
    for name in ("forget", "retain"):
        values[f"{name}.probability"] = float(np.mean([np.exp(-loss(r["texts"]["answer"][0])) for r in sets[name]]))
    for name in ("realAuthors", "worldFacts"):
        right = np.array([np.exp(-loss(r["texts"]["answer"][0])) for r in sets[name]])
        wrong = np.array([sum(np.exp(-loss(t)) for t in r["texts"]["perturbed"]) for r in sets[name]])
        values[f"{name}.probability"] = float(np.mean(right / (right + wrong + 1e-10)))
    forget = ratios(sets["forget"], "paraphrased")
    values["forget.truthRatio"] = float(np.mean(np.minimum(forget, 1 / (forget + 1e-10))))
    for name, correct in (("retain", "paraphrased"), ("realAuthors", "answer"), ("worldFacts", "answer")):
        values[f"{name}.truthRatio"] = float(np.mean(np.maximum(0, 1 - ratios(sets[name], correct))))
    nine = [values[f"{name}.{metric}"] for name in ("retain", "realAuthors", "worldFacts") for metric in ("probability", "rougeL", "truthRatio")]
    values["modelUtility"] = float(hmean(nine))
    for key, kind in (("loss", "loss"), ("zlib", "zlib"), ("minK", "min-k"), ("minKPlusPlus", "min-k++")):
        values[f"membership.{key}"] = float(auc(sets, kind))
    if never:
        values["forget.quality"] = float(ks_2samp(forget, ratios(never["forget"], "paraphrased")).pvalue)
        a, r = auc(sets, "min-k"), auc(never, "min-k")
        values["privLeak"] = float(100 * ((1 - a) - (1 - r)) / ((1 - r) + 1e-10))
    return values


def main() -> None:
    given = {one["key"]: one["value"] for one in json.loads(Path(sys.argv[1]).read_text())["results"]}
    never = read(sys.argv[3]) if len(sys.argv) > 3 else None
    worst = 0.0
    for key, value in expected(read(sys.argv[2]), never).items():
        difference = abs(given[key] - value) / max(abs(value), 1e-300)
        worst = max(worst, difference)
        print(f"{key:28} lethe {given[key]:.15g}  other {value:.15g}  relative difference {difference:.1e}")
    print(f"largest relative difference {worst:.1e}")
    sys.exit(worst > 1e-9)


if __name__ == "__main__":
    main()
