"""sampling_bias: 되풀이되는 일을 표본으로도 추적으로도 재어 봄."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params, rng
from lab.checksum import checksum

# 함수마다 (주기에서 쓰는 천분율, 한 주기에 부르는 수)
SHARES = {
    "even": [(250, 1)] * 4,
    "one_big": [(150, 1), (200, 1), (600, 1), (50, 1)],
    "many_small": [(150, 1), (380, 95), (400, 1), (70, 1)],
}


# ANCHOR: kernel
def running(shares, period, at):
    """이 시각에 도는 함수의 번호. 시각은 모두 정수 ns."""
    left = at % period
    for i, (permille, _) in enumerate(shares):
        length = period * permille // 1_000
        if left < length:
            return i
        left -= length
    return len(shares) - 1


def sample(shares, period, duration, phase, interval, jitter, seed):
    """표본 프로파일러: 때마다 도는 함수를 엿봄."""
    stream = rng.SplitMix64(seed)
    counts = [0] * len(shares)
    for due in range(phase, duration + jitter, interval):
        at = due + stream.below(2 * jitter + 1) - jitter
        if 0 <= at < duration:
            counts[running(shares, period, at)] += 1
    return counts


def trace(shares, period, overhead, side):
    """결정적 프로파일러가 본 한 주기. 마지막은 바깥 반복문.

    부를 때의 비용은 side에, 돌아올 때의 비용은 부른 쪽에 붙음.
    """
    on_callee = overhead if side == "callee" else 0
    spent = [
        period * permille // 1_000 // calls * calls + calls * on_callee
        for permille, calls in shares
    ]
    calls = sum(calls for _, calls in shares)
    return spent + [calls * (2 * overhead - on_callee)]
# ANCHOR_END: kernel


def permilles(parts):
    total = max(sum(parts), 1)
    return [part * 1_000 // total for part in parts]


def check(p: dict) -> None:
    most = p["duration_ms"] * 1_000
    if p["phase_us"] + p["period_us"] <= most:
        return
    if p["period_us"] > most:
        name, title = "period_us", "일의 주기"
    else:
        name, title = "phase_us", "첫 표본의 시각"
    raise params.ParamError(
        f"{title}({name})의 값 '{p[name]}': 주기와 첫 시각의 합이"
        f" 0–{most:,}µs(지켜보는 시간) 범위여야 함"
    )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("sampling_bias", given)
    check(p)
    shares, period = SHARES[p["shares"]], p["period_us"] * 1_000
    interval = p["interval_us"] * 1_000
    counts = sample(
        shares,
        period,
        p["duration_ms"] * 1_000 // p["period_us"] * period,
        p["phase_us"] * 1_000,
        interval,
        interval * p["jitter_pct"] // 100,
        p["seed"],
    )
    spent = trace(shares, period, p["trace_overhead_ns"], p["charged"])
    views = {
        "actual": [permille for permille, _ in shares],
        "sampled": permilles(counts),
        "traced": permilles(spent),
    }
    answers = {
        "samples": sum(counts),
        "sampled_most": max(views["sampled"]),
        "slowdown": sum(spent) * 1_000 // period,
    }
    lists = {key: " ".join(map(str, view)) for key, view in views.items()}
    return {
        "answers": {k: str(v) for k, v in answers.items()} | lists,
        "checksum": checksum(sum(views.values(), [])),
    }


def main() -> None:
    cli.main("sampling_bias", run)


if __name__ == "__main__":
    main()
