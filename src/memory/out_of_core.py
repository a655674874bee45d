"""out_of_core: 메모리보다 큰 것을 조각과 합치기로 정렬함."""

from __future__ import annotations

import sys
from array import array
from heapq import heapify, heappop, heappush
from pathlib import Path
from tempfile import TemporaryFile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import MASK, SplitMix64

ITEM = 8


class FileDisk:
    """임시 파일로 된 장치. 읽고 쓴 블록과, 자리를 옮긴 횟수를 셈."""

    def __init__(self, file, block):
        self.file = file
        self.block = block
        self.head = self.reads = self.writes = self.seeks = 0

    def touch(self, at, items):
        self.seeks += at != self.head
        blocks = -(-items // self.block)
        self.head = at + blocks * self.block
        return blocks

    def read(self, at, items):
        self.reads += self.touch(at, items)
        self.file.seek(at * ITEM)
        return words(self.file.read(items * ITEM))

    def write(self, at, items):
        self.writes += self.touch(at, len(items))
        self.file.seek(at * ITEM)
        self.file.write(little(array("Q", items)))


def words(data: bytes) -> array:
    items = array("Q")
    items.frombytes(data)
    if sys.byteorder == "big":
        items.byteswap()
    return items


def little(items: array) -> bytes:
    if sys.byteorder == "big":
        items.byteswap()
    return items.tobytes()


# ANCHOR: kernel
def external_sort(disk, n, memory, fan_in, buffer, area):
    """0번 구역을 정렬하고 (결과의 자리, 런의 수, 훑은 횟수)를 냄."""
    runs = []
    for at in range(0, n, memory):
        part = sorted(disk.read(at, min(memory, n - at)))
        disk.write(area + at, part)
        runs.append((area + at, len(part)))
    count, passes, to = len(runs), 1, 0
    while len(runs) > 1:
        merged, at = [], to
        for i in range(0, len(runs), fan_in):
            group = runs[i : i + fan_in]
            merge(disk, group, at, buffer)
            merged.append((at, sum(length for _, length in group)))
            at += merged[-1][1]
        runs = merged
        passes += 1
        to = area - to
    return area - to, count, passes


def merge(disk, group, at, size):
    sources = [source(disk, run, size) for run in group]
    heap = [(next(each), i) for i, each in enumerate(sources)]
    heapify(heap)
    out = []
    while heap:
        item, i = heappop(heap)
        out.append(item)
        following = next(sources[i], None)
        if following is not None:
            heappush(heap, (following, i))
        if len(out) == size or not heap:
            disk.write(at, out)
            at += len(out)
            out = []


def source(disk, run, size):
    """런의 정수를 차례로. 버퍼가 비었을 때만 장치를 읽음."""
    at, length = run
    while length > 0:
        take = min(length, size)
        yield from disk.read(at, take)
        at, length = at + take, length - take
# ANCHOR_END: kernel


def sizes(p: dict) -> tuple[int, int, int]:
    """메모리, 런 하나의 버퍼, 구역 하나의 크기. 모두 블록의 배수."""
    n, block = p["n"], p["block"]
    memory = n * p["memory"] // 100 // block * block
    need = (p["fan_in"] + 1) * block
    if memory < need:
        raise params.ParamError(
            f"메모리(memory)의 값 '{p['memory']}': 정수 {memory:,}개가 "
            f"들어감. 런 {p['fan_in']}개와 결과에 블록 하나씩, 정수 "
            f"{need:,}개 이상이 들어가야 함"
        )
    buffer = memory // block // (p["fan_in"] + 1) * block
    return memory, buffer, -(-n // block) * block


def make(n: int, seed: int):
    rng = SplitMix64(seed)
    return (rng.next() for _ in range(n))


def blend(print_: int, items) -> int:
    for item in items:
        print_ = (print_ ^ item) * 0x100_0000_01B3 & MASK
    return print_


BLANK = 0xCBF2_9CE4_8422_2325


def sort_in_file(p: dict) -> dict:
    n = p["n"]
    memory, buffer, area = sizes(p)
    with TemporaryFile() as file:
        file.write(little(array("Q", make(n, p["seed"]))))
        disk = FileDisk(file, p["block"])
        at, runs, passes = external_sort(
            disk, n, memory, p["fan_in"], buffer, area
        )
        file.seek(at * ITEM)
        print_, last, ordered = BLANK, 0, True
        for start in range(0, n, memory):
            part = words(file.read(min(memory, n - start) * ITEM))
            ordered &= list(part) == sorted(part) and last <= part[0]
            last = part[-1]
            print_ = blend(print_, part)
    return {
        "runs": runs,
        "passes": passes,
        "reads": disk.reads,
        "writes": disk.writes,
        "seeks": disk.seeks,
        "print": print_,
        "ordered": int(ordered),
    }


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("out_of_core", given)
    answers = sort_in_file(p)
    exact = [p["n"], *list(answers.values())[:-1]]
    return {
        "answers": {k: str(v) for k, v in answers.items()},
        "checksum": checksum(exact),
    }


def timings(p: dict) -> dict:
    """메모리에 올린 정렬과, 임시 파일로 한 외부 정렬."""
    p = p | {"n": min(p["n"], 102_400)}
    n, seed = p["n"], p["seed"]
    works = {
        "sorted(list)": (lambda: blend(BLANK, sorted(make(n, seed))), n),
        "외부 정렬, 임시 파일": (lambda: sort_in_file(p), n),
    }
    held = list(make(n, seed))
    return {
        "timings": measure.interleaved(works),
        "sizes": {
            "list와 그 정수": sys.getsizeof(held)
            + sum(map(sys.getsizeof, held)),
            "array('Q')": sys.getsizeof(array("Q", held)),
        },
    }


def main() -> None:
    cli.main("out_of_core", run, timings)


if __name__ == "__main__":
    main()
