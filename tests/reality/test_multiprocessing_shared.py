"""다중 처리 장의 파이썬에 대한 말을 진짜 파이썬으로 확인함."""

from __future__ import annotations

import dis
import importlib.util
import sys
import unittest
from pathlib import Path

CHAPTER = Path(__file__).resolve().parents[2] / "src" / "multiprocessing"


class Shadow(unittest.TestCase):
    """장의 폴더는 이름이 같아도 표준 라이브러리를 가리지 않음."""

    def test_the_standard_library_wins(self) -> None:
        # 대응 구현을 실행할 때의 찾는 차례: src, 장의 폴더, 표준 라이브러리
        ahead = [str(CHAPTER.parent), str(CHAPTER)]
        sys.path[:0] = ahead
        try:
            found = importlib.util.find_spec("multiprocessing")
        finally:
            del sys.path[: len(ahead)]
        if found is None:
            self.skipTest("이 파이썬에는 multiprocessing이 없음")
        # 이름 공간 꾸러미라면 origin이 없음
        self.assertIsNotNone(found.origin)


class Steps(unittest.TestCase):
    """x += 1은 읽기, 더하기, 적기의 차례임."""

    def test_adding_takes_three_steps(self) -> None:
        code = compile("x += 1", "<시험>", "exec")
        names = [each.opname for each in dis.get_instructions(code)]
        at = [
            next(i for i, name in enumerate(names) if name.startswith(step))
            for step in ("LOAD_NAME", "BINARY_OP", "STORE_NAME")
        ]
        self.assertEqual(at, sorted(at))


if __name__ == "__main__":
    unittest.main()
