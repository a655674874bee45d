"""julia의 NumPy와 numba 사다리: 답은 julia.py와 같아야 함."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import julia
from lab import cli, measure

try:
    import numpy as np
except ImportError:
    sys.stderr.write("이 파이썬에는 NumPy가 없음: NumPy가 있는 파이썬으로 돌림\n")
    raise SystemExit(3)

try:
    import numba
except ImportError:
    numba = None


def plane(p):
    """점마다의 실수부와 허수부, 행부터 펼친 것."""
    xs = np.array(julia.axis(p["cx"], p["half"], p["n"]))
    ys = np.array(julia.axis(p["cy"], p["half"], p["n"]))
    re, im = np.meshgrid(xs, ys)
    return re.ravel(), im.ravel()


def masked(p):
    """산 점을 참·거짓 배열로 가리고 모든 점을 계산함."""
    re, im = plane(p)
    counts = np.zeros(re.size, np.int64)
    live = np.ones(re.size, bool)
    for _ in range(p["max_iter"]):
        re2, im2 = re * re, im * im
        live &= re2 + im2 < 4.0
        if not live.any():
            break
        counts += live
        im = np.where(live, 2.0 * re * im + p["ci"], 2.0)
        re = np.where(live, re2 - im2 + p["cr"], 2.0)
    return counts


def compacted(p):
    """산 점만 추려 앞으로 모음: 도는 동안 배열이 짧아짐."""
    re, im = plane(p)
    counts = np.zeros(re.size, np.int64)
    index = np.arange(re.size)
    for k in range(p["max_iter"]):
        re2, im2 = re * re, im * im
        live = re2 + im2 < 4.0
        if not live.all():
            counts[index[~live]] = k
            index, re, im = index[live], re[live], im[live]
            re2, im2 = re2[live], im2[live]
        im = 2.0 * re * im + p["ci"]
        re = re2 - im2 + p["cr"]
    counts[index] = p["max_iter"]
    return counts


def compiled():
    """julia.py의 함수를 그대로 numba로 옮김. fastmath는 답을 바꾸므로 안 씀."""
    escape = numba.njit(julia.escape)

    @numba.njit
    def fill(re, im, cr, ci, max_iter, counts):
        for at in range(re.size):
            counts[at] = escape(re[at], im[at], cr, ci, max_iter)

    def paint(p):
        re, im = plane(p)
        counts = np.empty(re.size, np.int64)
        fill(re, im, p["cr"], p["ci"], p["max_iter"], counts)
        return counts

    return paint


def ladder() -> dict:
    """이름 → 그리는 함수."""
    rungs = {"NumPy 마스크": masked, "NumPy 산 점만 추림": compacted}
    if numba:
        rungs["numba"] = compiled()
    return rungs


def run(p: dict) -> dict:
    """모든 칸의 답이 같음을 확인하고 그 답을 냄."""
    answers = [julia.answer(p, paint(p).tolist()) for paint in RUNGS.values()]
    if any(each != answers[0] for each in answers):
        raise SystemExit("NumPy와 numba의 답이 서로 다름")
    return answers[0]


def timings(p: dict) -> dict:
    total = int(compacted(p).sum())
    works = {
        name: (lambda paint=paint: paint(p), total)
        for name, paint in RUNGS.items()
    }
    notes = [] if numba else ["numba가 없어 재지 않음"]
    return {"timings": measure.interleaved(works), "notes": notes}


RUNGS = ladder()


def main() -> None:
    cli.main("julia", run, timings)


if __name__ == "__main__":
    main()
