"""컴파일과 JIT 컴퓨팅의 목표: 파이썬 쪽."""

from math import isqrt


def julia_numba(points):
    from compiling.julia_numpy import compiled

    p = {"n": isqrt(points), "max_iter": 300, "half": 1.8}
    p |= {"cr": -0.62772, "ci": -0.42193, "cx": 0.0, "cy": 0.0}
    paint = compiled()
    return lambda: int(paint(p).sum())
