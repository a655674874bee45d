"""해시와 이름 찾기: 지금 돌고 있는 CPython과 견줌."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest

from facts import VERSION

from dicts import namespace_lookup as names
from dicts.hash_quality import siphash13, word


class Hash(unittest.TestCase):
    def test_int_hash_is_a_remainder(self):
        modulus = sys.hash_info.modulus
        for value in (0, 1, modulus - 1, modulus, modulus + 5, 1 << 200):
            self.assertEqual(hash(value), value % modulus)
        self.assertEqual(hash(-1), -2)
        self.assertEqual(hash(1), hash(1.0))
        self.assertEqual(hash(1), hash(True))

    @unittest.skipUnless(
        sys.hash_info.algorithm == "siphash13",
        "이 인터프리터의 문자열 해시는 SipHash-1-3이 아님",
    )
    def test_siphash(self):
        """열쇠를 0으로 고정한 인터프리터의 bytes 해시와 같음."""
        samples = [bytes(range(n)) for n in range(1, 40)]
        samples += [word(i).encode() for i in (0, 1, 11_171, 11_172, 50_000)]
        code = f"for b in {samples!r}: print(hash(b) % 2**64)"
        out = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": "0"},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        ours = [siphash13(sample, 0, 0) for sample in samples]
        self.assertEqual([int(line) for line in out.split()], ours)


class Names(unittest.TestCase):
    def test_specialised_bytecode(self):
        turns = range(10_000)
        for read, name, want in (
            (names.read_global, "target", "LOAD_GLOBAL_MODULE"),
            (names.read_builtin, "len", "LOAD_GLOBAL_BUILTIN"),
        ):
            read(turns)
            self.assertEqual(names.opcode(read, name), want)

    @unittest.skipIf(VERSION < (3, 14), "빌려 쓰는 읽기는 3.14부터 있음")
    def test_borrowed_local(self):
        code = names.opcode(lambda here: here + 1, "here")
        self.assertIn("LOAD_FAST_BORROW", code)


if __name__ == "__main__":
    unittest.main()
