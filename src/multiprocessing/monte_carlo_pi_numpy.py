"""monte_carlo_pi: NumPy로 통째로, 그리고 덩어리마다."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import GAMMA

# 이 폴더의 이름은 표준 라이브러리의 모듈과 같아 파일만 불러옴
from monte_carlo_pi import CHUNK, RADIUS2, chunks

try:
    import numpy as np
except ImportError:
    print("NumPy가 없음: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)


# ANCHOR: kernel
def coordinates(states: np.ndarray) -> np.ndarray:
    """상태마다의 31비트 좌표. uint64의 곱은 조용히 64비트로 잘림."""
    z = (states ^ (states >> 30)) * np.uint64(0xBF58_476D_1CE4_E5B9)
    z = (z ^ (z >> 27)) * np.uint64(0x94D0_49BB_1331_11EB)
    return z >> 33


def inside(states: np.ndarray) -> int:
    """짝수 번째 상태가 x, 홀수 번째가 y임."""
    xy = coordinates(states)
    x, y = xy[0::2], xy[1::2]
    return int(np.count_nonzero(x * x + y * y < RADIUS2))


def offsets(n: int) -> np.ndarray:
    """점 n개의 상태에서 씨앗을 뺀 것."""
    return np.arange(1, 2 * n + 1, dtype=np.uint64) * np.uint64(GAMMA)


def blocked(pieces) -> int:
    """덩어리마다: 임시 배열이 1 MiB를 넘지 않음."""
    steps = offsets(CHUNK)
    return sum(
        inside(steps[: 2 * n] + np.uint64(seed)) for seed, n in pieces
    )


def whole(pieces) -> int:
    """한꺼번에: 임시 배열마다 점 하나에 16바이트."""
    steps = offsets(CHUNK)
    states = [steps[: 2 * n] + np.uint64(seed) for seed, n in pieces]
    return inside(np.concatenate(states))
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """통째로 센 것과 덩어리마다 센 것이 같아야 답임."""
    p = params.fill("monte_carlo_pi", given)
    pieces = chunks(p["points"], p["seed"])
    hits = blocked(pieces)
    if whole(pieces) != hits:
        sys.exit(f"통째로 센 {whole(pieces)}개: 덩어리마다 센 {hits}개와 다름")
    return {
        "answers": {"points": str(p["points"]), "hits": str(hits)},
        "checksum": checksum([p["points"], hits]),
    }


def timings(p: dict) -> dict:
    pieces, points = chunks(p["points"], p["seed"]), p["points"]
    works = {
        "NumPy, 통째로": (lambda: whole(pieces), points),
        "NumPy, 덩어리마다": (lambda: blocked(pieces), points),
    }
    notes = [f"NumPy {np.__version__}"]
    return {"timings": measure.interleaved(works), "notes": notes}


def main() -> None:
    cli.main("monte_carlo_pi", run, timings)


if __name__ == "__main__":
    main()
