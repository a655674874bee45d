// 실행한 답이 기준 답과 같은가.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

const DATA = new URL("../../data/golden/", import.meta.url);

/** 기준 답의 첫 경우. 대응물이 없는 실험에는 없음. */
export function goldenOf(name) {
  const file = new URL(`${name}.json`, DATA);
  if (!existsSync(file)) return { params: {}, answers: {} };
  return JSON.parse(readFileSync(file, "utf8"))[0];
}

/** 실행을 마친 카드의 답이 기준 답과 같은가. */
export async function agrees(card, golden) {
  const { checksum, ...seen } = await card.answers();
  const bare = (text) => text.replaceAll(",", "");
  for (const [key, want] of Object.entries(golden.answers)) {
    const name = `${card.name}: ${key}`;
    const got = seen[key] ?? "없음";
    if (typeof want === "string") assert.equal(bare(got), bare(want), name);
    else {
      const near = Math.abs(parseFloat(got) - want.value) <= want.tolerance;
      assert.ok(near, `${name}: ${got} ≠ ${want.value}`);
    }
  }
  if (golden.checksum) assert.equal(checksum, golden.checksum, card.name);
}
