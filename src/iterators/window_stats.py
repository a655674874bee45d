"""window_stats: 흐르는 값의 분산을 한 번 훑고 정확하게 구함."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

SIGMA = 0.2886751345948129  # [0, 1)에 고르게 퍼진 값의 표준편차
SPIKE = 8.0
ALARM = 25.0  # 표준편차의 5배, 제곱으로 견줌


def spiked(p: dict) -> set[int]:
    """이상값을 심은 자리. 값의 난수와 따로 뽑음."""
    stream = rng.SplitMix64(rng.mix64(p["seed"]))
    return {stream.below(p["n"]) for _ in range(p["spikes"])}


def values(p: dict) -> Iterator[float]:
    """흐름 하나: 한 번에 값 하나만 있음."""
    stream, planted = rng.SplitMix64(p["seed"]), spiked(p)
    offset = float(p["offset"])
    for i in range(p["n"]):
        x = offset + stream.unit()
        yield x + SPIKE * SIGMA if i in planted else x


# ANCHOR: kernel
def naive(xs: Iterable[float]) -> float:
    """교과서 공식: 제곱의 평균 - 평균의 제곱."""
    count, total, squares = 0, 0.0, 0.0
    for x in xs:
        count += 1
        total += x
        squares += x * x
    return squares / count - (total / count) * (total / count)


def two_pass(xs) -> tuple[float, float]:
    """(평균, 분산). 두 번 훑으므로 제너레이터를 받을 수 없음."""
    total = squares = 0.0
    for x in xs:  # 내장 sum은 3.12부터 보정하므로 쓰지 않음
        total += x
    mean = total / len(xs)
    for x in xs:
        squares += (x - mean) * (x - mean)
    return mean, squares / len(xs)


def running(xs: Iterable[float]) -> Iterator[tuple[float, float]]:
    """웰퍼드: 값마다 지금까지의 (평균, 분산)을 내줌."""
    count, mean, m2 = 0, 0.0, 0.0
    for x in xs:
        count += 1
        far = x - mean
        mean += far / count
        m2 += far * (x - mean)
        yield mean, m2 / count


def window_sums(xs, size):
    """창의 합과 제곱합을 더하고 빼며 이어 감."""
    window, total, squares = deque(), 0.0, 0.0
    for x in xs:
        window.append(x)
        if len(window) > size:
            old = window.popleft()
            total += x - old
            squares += x * x - old * old
        else:
            total += x
            squares += x * x
        mean = total / len(window)
        yield mean, squares / len(window) - mean * mean


def window_scan(xs, size):
    """창을 값마다 두 번 훑음."""
    window = deque(maxlen=size)
    for x in xs:
        window.append(x)
        # 창이 차기 전의 답은 아무도 보지 않음
        yield two_pass(window) if len(window) == size else (x, 0.0)


def window_slide(xs, size, rebuild):
    """평균과 거리의 제곱합을 더하고 빼며 이어 감."""
    window, mean, m2, since = deque(), 0.0, 0.0, 0
    for x in xs:
        window.append(x)
        if len(window) > size:
            old, before = window.popleft(), mean
            mean += (x - old) / size
            m2 += (x - old) * ((x - mean) + (old - before))
            since += 1
            if rebuild and since == size:
                mean, variance = two_pass(window)
                m2, since = variance * size, 0
        else:
            far = x - mean
            mean += far / len(window)
            m2 += far * (x - mean)
        yield mean, m2 / len(window)


def alarms(xs, stats, size):
    """앞선 값들과 견주어 먼 값의 번호."""
    mean = variance = 0.0
    for i, (x, after) in enumerate(zip(xs, stats)):
        if i >= size and (x - mean) * (x - mean) > ALARM * variance:
            yield i
        mean, variance = after
# ANCHOR_END: kernel


STATS = {
    "naive": window_sums,
    "two_pass": window_scan,
    "welford": lambda xs, size: running(xs),
    "sliding_add_remove": lambda xs, size: window_slide(xs, size, False),
    "sliding_rebuild": lambda xs, size: window_slide(xs, size, True),
}


def exact(xs: Iterable[float]) -> float:
    """참 분산: 실수를 분수로 바꾸면 반올림이 한 번도 없음."""
    units = [int(Fraction(x) * 2**53) for x in xs]
    n, total = len(units), sum(units)
    squares = sum(unit * unit for unit in units)
    return float(Fraction(n * squares - total * total, n * n << 106))


def check(p: dict) -> None:
    n, window = p["n"], p["window"]
    if window > n:
        raise params.ParamError(
            f"창의 크기(window)의 값 '{window:,}': 값의 수를 넘지 않는"
            f" 8–{n:,}개 범위여야 함"
        )
    limit = 30_000_000 if params.HERE == "browser" else 4_000_000_000
    if p["method"] == "two_pass" and n > limit // window:
        raise params.ParamError(
            f"값의 수(n)의 값 '{n:,}': 창 {window:,}개를 매번 두 번 훑으려면"
            f" 100–{limit // window:,}개 범위여야 함"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("window_stats", given)
    check(p)
    size, stats = p["window"], STATS[p["method"]]
    xs = list(values(p))  # 두 번 훑는 방법과 참값에만 있어야 함
    *_, (_, welford) = running(values(p))
    whole = [naive(values(p)), two_pass(xs)[1], welford]
    moving = list(stats(values(p), size))
    last = moving[-1][1]
    found = list(alarms(values(p), moving, size))
    names = "naive", "two_pass", "welford", "last", "truth"
    floats = zip(names, [*whole, last, exact(xs)])
    # 비트까지 같은지는 체크섬이 말함
    answers = {
        name: {"value": value, "tolerance": 1e-9} for name, value in floats
    }
    answers["alarms"] = str(len(found))
    answers["hits"] = str(len(spiked(p).intersection(found)))
    return {
        "answers": answers,
        "checksum": checksum([*whole, last, len(found), sum(found)]),
    }


def timings(p: dict) -> dict:
    """값 하나를 살펴보는 시간. 창을 다시 훑는 방법은 너무 느려 뺌."""
    n = min(p["n"], 100_000)
    xs = list(values(p | {"n": n}))
    size = min(p["window"], n)

    def watch(name):
        return lambda: list(alarms(xs, STATS[name](xs, size), size))

    names = params.labels("window_stats", "method")
    ways = [name for name in STATS if name != "two_pass"]
    works = {names[name]: (watch(name), n) for name in ways}
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("window_stats", run, timings)


if __name__ == "__main__":
    main()
