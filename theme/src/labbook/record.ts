// 카드에서 노트로: 예측 하나에 기록 하나.

import type { CardData } from "../data";
import type { Texts } from "../form";
import type { Prediction } from "../predict";
import type { Verdict } from "../report";
import type { Entry, Reply } from "./schema";
import { put } from "./store";

interface Run {
  texts: Texts;
  guess: Reply | null;
}

export interface Recorder {
  /** 새 예측을 함: 다음 결과는 새 기록이 됨. */
  renew(): void;
  /** 적지 못했으면 `false`, 적을 것이 아니면 `null`. */
  record(verdict: Verdict, run: Run, place: string): boolean | null;
}

export function createRecorder(
  { chapter, name }: CardData,
  prediction: Prediction,
): Recorder {
  let entry: Entry | null = null;
  return {
    renew: () => void (entry = null),
    record(verdict, { texts: params, guess }, place) {
      // 다른 매개변수로 다시 돌린 것은 답을 본 뒤라 예측이 아님
      if (entry && !sameTexts(entry.params, params)) return null;
      const date = new Date().toISOString();
      const { headline, sentence } = verdict;
      const answer = prediction.answer(verdict);
      // 다시 재는 동안의 모르는 답이 아는 답을 지우지 않게 함
      if (entry?.answer && !answer) return true;
      entry = {
        id: entry?.id ?? `${date}-${name}`,
        date: entry?.date ?? date,
        chapter,
        name,
        question: prediction.question,
        params,
        guess,
        answer,
        headline,
        sentence,
        place,
      };
      return put("entry", entry);
    },
  };
}

export const sameTexts = (a: Texts, b: Texts): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
