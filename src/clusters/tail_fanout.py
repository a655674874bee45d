"""tail_fanout: 여러 서버에 나눠 묻는 요청은 가장 늦은 답을 기다림."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import exp_q20, percentile
from lab import cli, params
from lab.checksum import checksum
from lab.rng import SplitMix64

FANS = (1, 2, 5, 10, 20, 50, 100, 200)


# ANCHOR: kernel
class Replies:
    """답 하나의 시간(µs). 절반은 정해져 있고 절반은 지수 분포임."""

    def __init__(self, p, table, stream):
        self.rng = SplitMix64(p["seed"] << 1 | stream)
        self.table, self.slow = table, p["slow_permille"]
        self.halves = p["fast_ms"] * 500, p["slow_ms"] * 500

    def draw(self):
        slow = self.rng.below(1_000) < self.slow
        half = self.halves[slow]
        return half + (half * self.table[self.rng.next() >> 52] >> 20), slow


def ask(fan, hedge, first, second):
    """서버의 수마다 지금까지의 가장 늦은 답과, 느린 답을 만났는지."""
    plain = hedged = 0
    met = False
    for servers in range(1, fan + 1):
        time, slow = first.draw()
        met = met or slow
        plain = max(plain, time)
        # 늦으면 다른 서버에도 묻고 먼저 온 답을 씀
        late = time > hedge
        if late:
            time = min(time, hedge + second.draw()[0])
        hedged = max(hedged, time)
        yield servers, plain, hedged, met, late


def chance(slow_permille, fan):
    """느린 답을 하나라도 만날 확률: 1 - (1 - p)^n."""
    fast, product = (1_000 - slow_permille) / 1_000.0, 1.0
    for _ in range(fan):
        product *= fast
    return 1.0 - product
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p, table = params.fill("tail_fanout", given), exp_q20()
    if p["slow_ms"] <= p["fast_ms"]:
        raise params.ParamError(
            f"느린 답의 평균(slow_ms)의 값 '{p['slow_ms']}': 빠른 답의"
            f" 평균(fast_ms) {p['fast_ms']}보다 커야 함"
        )
    fans = sorted({*FANS, p["fan"]})
    seen = {fan: ([], [], []) for fan in fans}
    first, second = Replies(p, table, 0), Replies(p, table, 1)
    hedge, extra = p["hedge_ms"] * 1_000, 0
    for _ in range(p["requests"]):
        replies = ask(fans[-1], hedge, first, second)
        for servers, plain, hedged, met, late in replies:
            extra += late
            if servers in seen:
                for kept, value in zip(seen[servers], (plain, hedged, met)):
                    kept.append(value)
    words, answers = [extra], {}
    for fan in fans:
        plain, hedged = sorted(seen[fan][0]), sorted(seen[fan][1])
        row = {
            "met": sum(seen[fan][2]),
            "p50": percentile(plain, 50),
            "p99": percentile(plain, 99),
            "hedged_p50": percentile(hedged, 50),
            "hedged_p99": percentile(hedged, 99),
        }
        words += [fan, *row.values()]
        if fan == p["fan"]:
            answers |= row
    ppm = int(chance(p["slow_permille"], p["fan"]) * 1e6 + 0.5)
    answers |= {
        "chance_ppm": ppm,
        "extra": extra,
        "asked": p["requests"] * fans[-1],
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(words),
    }


def main() -> None:
    cli.main("tail_fanout", run)


if __name__ == "__main__":
    main()
