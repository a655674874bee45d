"""메모리의 목표: CPython 쪽. 함수마다 준비하고, 잴 것을 돌려줌."""

import tracemalloc
from functools import partial

from memory.name_tokens import prepare


def corpus(queries):
    stems = min(max(queries // 100, 10), 1_000)
    return prepare(
        {
            "stems": stems,
            "endings": 24,
            "particles": 42,
            "noise": 0,
            "queries": queries,
            "seed": 42,
        }
    )


def count(held, queries):
    found = 0
    for word in queries:
        if word in held:
            found += 1
    return found


def tokens(n):
    words, queries = corpus(n)
    return partial(count, set(words), queries)


def tokens_ram(n):
    """셋과 그 글이 쥐고 있는 바이트."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    held = set(corpus(n)[0])
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return after - before if held else 0
