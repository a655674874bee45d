"""목표의 느린 쪽을 맡는 파이썬. 한 줄에 JSON 하나씩 주고받음.

["versions"]            → [파이썬의 판, NumPy와 numba의 판이나 null]
["open", 장, 함수, 수]  → `<장>.py`의 함수로 준비하고, 한 번 돌린 답
["time", 횟수]          → [CPU 시간, 벽시계], ns
["bytes", 장, 함수, 수] → `<장>.py`의 함수가 셈한 바이트
"""

import gc
import importlib
import json
import platform
import runpy
import sys
from pathlib import Path
from time import perf_counter_ns, thread_time_ns

HERE = Path(__file__).resolve().parent
# 두 쪽이 같은 키를 쓰도록 실험의 난수를 함께 씀
sys.path.insert(0, str(HERE.parents[1] / "src"))

MASK = 0xFFFF_FFFF_FFFF_FFFF


def version(module):
    try:
        return importlib.import_module(module).__version__
    except ImportError:
        return None


def spend(work, times):
    wall, cpu = perf_counter_ns(), thread_time_ns()
    for _ in range(times):
        work()
    return [thread_time_ns() - cpu, perf_counter_ns() - wall]


def main():
    gc.disable()
    work = None
    for line in sys.stdin:
        match json.loads(line):
            case ["versions"]:
                reply = [platform.python_version()]
                reply += [version("numpy"), version("numba")]
            case ["open", chapter, name, items]:
                work = None  # 앞 목표의 것이 메모리에 남지 않게 함
                path = HERE / f"{chapter}.py"
                work = runpy.run_path(str(path))[name](items)
                reply = work() & MASK
            case ["time", times]:
                reply = spend(work, times)
            case ["bytes", chapter, name, items]:
                work = None
                path = HERE / f"{chapter}.py"
                reply = runpy.run_path(str(path))[name](items)
        print(json.dumps(reply), flush=True)


main()
