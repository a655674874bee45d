"""matmul_block: NumPy의 @. 스레드 하나짜리 OpenBLAS가 곱함."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# NumPy를 부르기 전에 정해야 함
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from lab import cli, measure, params

import matmul_block

try:
    import numpy as np
except ImportError:
    print("NumPy가 없음: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)


def run(given: dict) -> dict:
    """답과 체크섬, 그리고 곱하고 더하기 하나의 시간."""
    p = params.fill("matmul_block", given)
    n = p["n"]
    a, b = (np.array(rows) for rows in matmul_block.matrices(n))
    c = a @ b
    # 정수의 곱은 BLAS를 거치지 않음
    if not np.array_equal(c, a.astype(np.int64) @ b.astype(np.int64)):
        raise SystemExit("BLAS의 곱이 정수로 곱한 것과 다름")
    out = np.empty_like(c)
    works = {
        "NumPy, a @ b": (lambda: np.matmul(a, b, out=out), n**3),
        "NumPy, 정수의 a @ b": (integers(a, b), n**3),
    }
    return {
        **matmul_block.result(p, c.ravel().tolist()),
        "timings": measure.interleaved(works),
        "notes": [f"NumPy {np.__version__}, BLAS의 스레드 1개"],
    }


def integers(a: np.ndarray, b: np.ndarray):
    """BLAS가 다루지 않는 형: NumPy가 스스로 도는 반복문."""
    a, b = a.astype(np.int64), b.astype(np.int64)
    return lambda: a @ b


def main() -> None:
    cli.main("matmul_block", run)


if __name__ == "__main__":
    main()
