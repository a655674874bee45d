"""scaling_law: 세 법칙과, 잰 점에 맞춘 보편 확장성 법칙(USL)."""

from __future__ import annotations

import os
import re
import sys
from math import floor, sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

POINT = re.compile(r"([0-9]{1,4}):([0-9]{1,4}(?:\.[0-9]{1,3})?)")


# ANCHOR: kernel
def amdahl(f, p):
    """일의 양이 그대로일 때."""
    return 1.0 / (f + (1.0 - f) / p)


def gustafson(f, p):
    """시간이 그대로이고 일이 코어만큼 늘 때."""
    return f + (1.0 - f) * p


def usl(sigma, kappa, p):
    """다툼 σ와 맞춤 κ."""
    return p / (1.0 + sigma * (p - 1.0) + kappa * p * (p - 1.0))


def peak(sigma, kappa):
    """가장 빠른 코어의 수. 맞춘 κ가 0 이하라 최대점이 없으면 0."""
    if kappa <= 0.0:
        return 0
    low = max(int(sqrt(max(1.0 - sigma, 0.0) / kappa)), 1)
    better = usl(sigma, kappa, low + 1.0) > usl(sigma, kappa, float(low))
    return low + 1 if better else low


def fit(points):
    """p / S − 1 = σ(p − 1) + κp(p − 1)의 최소제곱."""
    aa = ab = bb = ay = by = 0.0
    for p, speedup in points:
        a, b, y = p - 1.0, p * (p - 1.0), p / speedup - 1.0
        aa += a * a
        ab += a * b
        bb += b * b
        ay += a * y
        by += b * y
    det = aa * bb - ab * ab
    return (ay * bb - by * ab) / det, (by * aa - ay * ab) / det
# ANCHOR_END: kernel


def parse(text):
    """'코어:배수'의 줄."""
    points = []
    for word in text.split():
        found = POINT.fullmatch(word)
        p, speedup = map(float, found.groups()) if found else (0.0, 0.0)
        if p < 1 or speedup <= 0:
            raise params.ParamError(
                f"잰 점(points)의 값 '{word}': 코어:배수 꼴이 아님. 코어는"
                " 1–9999인 정수, 배수는 0보다 크고 9999.999 이하여야 함"
            )
        points.append((p, speedup))
    if len({p for p, _ in points if p > 1}) < 2:
        raise params.ParamError(
            f"잰 점(points)의 값 '{text}': 미지수가 둘이라 코어가 2개 이상인"
            " 점이 서로 다른 코어로 둘은 있어야 함"
        )
    return points


def ppm(x):
    return floor(x * 1e6 + 0.5)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("scaling_law", given)
    points = parse(p["points"])
    f, sigma, kappa = p["f"] / 1e3, p["sigma"] / 1e6, p["kappa"] / 1e6
    cores, best = float(p["p"]), peak(sigma, kappa)
    laws = {
        "amdahl": amdahl(f, cores),
        "gustafson": gustafson(f, cores),
        "usl": usl(sigma, kappa, cores),
        "peak_speedup": usl(sigma, kappa, float(best)),
    }
    found = fit(points)
    seen = peak(*found)
    answers = {"peak": best}
    answers |= {name: ppm(speedup) for name, speedup in laws.items()}
    answers["fit_sigma"], answers["fit_kappa"] = map(ppm, found)
    answers["fit_peak"] = seen
    return {
        "answers": {k: str(v) for k, v in answers.items()},
        "checksum": checksum([best, *laws.values(), *found, seen]),
    }


def burn(n):
    """연산뿐인 일."""
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def timings(p: dict) -> dict:
    """같은 일 16조각을 프로세스 1개부터 코어의 수만큼으로."""
    parts, size = 16, 100_000
    works = {"풀 없이": (lambda: sum(map(burn, [size] * parts)), parts)}
    pools = []
    try:
        from concurrent.futures import ProcessPoolExecutor

        for workers in range(1, min(os.cpu_count() or 1, 8) + 1):
            pool = ProcessPoolExecutor(workers)
            pools.append(pool)
            pool.submit(burn, 1).result()
            works[f"프로세스 {workers}개"] = (
                lambda pool=pool: sum(pool.map(burn, [size] * parts)),
                parts,
            )
    except (ImportError, OSError, RuntimeError) as problem:
        note = f"프로세스를 만들 수 없어 한 프로세스만 잼: {problem}"
        return {"timings": measure.interleaved(works), "notes": [note]}
    try:
        return {"timings": measure.interleaved(works)}
    finally:
        for pool in pools:
            pool.shutdown()


def main() -> None:
    cli.main("scaling_law", run, timings)


if __name__ == "__main__":
    main()
