// 예측이 얼마나 맞았는가.

import type { Entry, Item, Reply } from "./schema";

/** 이 비율 안이면 맞은 것으로 봄. */
export const NEAR = 0.1;

export type Score =
  /** 예측 ÷ 정답. 부호가 다르거나 0이면 비가 없음. */
  | { kind: "number"; ratio: number | null }
  | { kind: "choice"; right: boolean }
  | { kind: "order"; agreed: number; pairs: number };

/** 예측이나 정답의 글. 수를 적는 법은 자리마다 다름. */
export function replyText(
  reply: Reply,
  written: (value: number, unit: string) => string,
): string {
  switch (reply.kind) {
    case "number":
      return written(reply.value, reply.unit);
    case "choice":
      return reply.label;
    case "order":
      return reply.items.map(({ label }) => label).join(" → ");
  }
}

/** 예측을 건너뛰었거나 정답이 아직 없으면 `null`. */
export function scoreOf({ guess, answer }: Entry): Score | null {
  if (guess?.kind === "number" && answer?.kind === "number") {
    // 0을 0으로 맞혀도 맞은 것임
    const same = guess.value === answer.value;
    const ratio = same ? 1 : guess.value / answer.value;
    const fine = ratio > 0 && Number.isFinite(ratio);
    return { kind: "number", ratio: fine ? ratio : null };
  }
  if (guess?.kind === "choice" && answer?.kind === "choice") {
    return { kind: "choice", right: guess.value === answer.value };
  }
  if (guess?.kind === "order" && answer?.kind === "order") {
    const values = ({ value }: Item): string => value;
    return {
      kind: "order",
      ...pairsAgreed(guess.items.map(values), answer.items.map(values)),
    };
  }
  return null;
}

/** 앞뒤가 같은 쌍의 수. */
export function pairsAgreed(
  mine: string[],
  right: string[],
): { agreed: number; pairs: number } {
  const places = mine.map((value) => right.indexOf(value));
  const agreed = places.reduce(
    (sum, place, i) =>
      sum + places.slice(i + 1).filter((later) => later > place).length,
    0,
  );
  return { agreed, pairs: (mine.length * (mine.length - 1)) / 2 };
}

interface Dated {
  date: string;
}

/** 이른 것부터. */
export const byDate = (a: Dated, b: Dated): number =>
  a.date < b.date ? -1 : 1;

/** 실험과 매개변수마다 맨 처음의 예측. 뒤의 것은 답을 본 뒤에 한 것임. */
export function firstGuesses(entries: Entry[]): Set<Entry> {
  const first = new Map<string, Entry>();
  for (const entry of [...entries].sort(byDate)) {
    const key = entry.name + JSON.stringify(entry.params);
    if (!first.has(key)) first.set(key, entry);
  }
  return new Set([...first.values()].filter(scoreOf));
}
