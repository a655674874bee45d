"""case_baseline: 재어 둔 기록에서 기준선만 바꾸며 이득을 다시 셈."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params, rng
from lab.checksum import checksum
from lessons.baseline_samples import SAMPLES


def quantile(ordered: list[float], q: float) -> float:
    """사이 값은 직선으로 이음."""
    at = q * (len(ordered) - 1)
    low = int(at)
    high = low if at == low else low + 1
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


# ANCHOR: kernel
def compare(ours, base, resamples, seed):
    """짝마다의 비의 중앙값과, 짝을 다시 뽑아 얻은 95% 구간."""
    ratios = [b / a for a, b in zip(ours, base)]
    stream = rng.SplitMix64(seed)
    n = len(ratios)
    medians = sorted(
        quantile(sorted(ratios[stream.below(n)] for _ in range(n)), 0.5)
        for _ in range(resamples)
    )
    median = quantile(sorted(ratios), 0.5)
    return median, quantile(medians, 0.025), quantile(medians, 0.975)
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    p = params.fill("case_baseline", given)
    ours = f"{p['our_build']}/{p['our_mode']}"
    base = f"{p['base_build']}/{p['base_mode']}"

    def first(name):
        return SAMPLES[name][: p["samples"]]

    chosen = compare(first(ours), first(base), p["resamples"], p["seed"])
    # 중앙값은 다시 뽑는 것과 상관없음
    medians = [
        quantile(sorted(b / a for a, b in zip(first(ours), first(name))), 0.5)
        for name in SAMPLES
        if name != ours
    ]
    words = [*chosen, max(medians), min(medians)]
    names = ["ratio", "low", "high", "most", "least"]
    return {
        "answers": {
            f"{name}_ppm": str(int(word * 1e6))
            for name, word in zip(names, words)
        },
        "checksum": checksum(words),
    }


def main() -> None:
    cli.main("case_baseline", run)


if __name__ == "__main__":
    main()
