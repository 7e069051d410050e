"""Writes test/golden/rouge.json: ROUGE-1 and ROUGE-L by Google's rouge_score, with and without stemming."""

from importlib.metadata import version
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer

from golden_json import write_json
from rouge_pairs import WRITTEN, random_pairs

PATH = Path(__file__).resolve().parent.parent / "test" / "golden" / "rouge.json"


def scores(scorer: RougeScorer, reference: str, candidate: str) -> dict[str, list[float]]:
    result = scorer.score(reference, candidate)
    return {name: [score.recall, score.precision, score.fmeasure] for name, score in result.items()}


def main() -> None:
    stemmed, plain = (RougeScorer(["rouge1", "rougeL"], use_stemmer=use) for use in (True, False))
    golden = {
        "versions": {name: version(name) for name in ("rouge_score", "nltk")},
        "order": ["recall", "precision", "f"],
        "pairs": [
            {
                "reference": reference,
                "candidate": candidate,
                "stemmed": scores(stemmed, reference, candidate),
                "plain": scores(plain, reference, candidate),
            }
            for reference, candidate in WRITTEN + random_pairs(14)
        ],
    }
    write_json(PATH, golden)


if __name__ == "__main__":
    main()
