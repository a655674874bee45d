// 예측: 답하거나 건너뛰기 전에는 실행할 수 없음.

import type { Verdict } from "./report";

export interface Prediction {
  answered(): boolean;
  /** 내 예측과 정답을 견준 한 줄. 건너뛰었으면 빈 글. */
  compare(verdict: Verdict): string;
  reset(): void;
}

const NEAR = 0.1;

export function createPrediction(
  root: HTMLElement,
  onChange: () => void,
): Prediction {
  const unit = root.dataset["unit"] ?? "";
  const number = root.querySelector<HTMLInputElement>("input[type=text]");
  const radios = [
    ...root.querySelectorAll<HTMLInputElement>("input[type=radio]"),
  ];
  const chosen = (): HTMLInputElement | undefined =>
    radios.find((radio) => radio.checked);
  const typed = (): number =>
    Number((number?.value.trim() || "NaN").replaceAll(",", ""));

  for (const input of [...radios, ...(number ? [number] : [])]) {
    input.addEventListener("input", onChange);
  }
  number?.addEventListener("input", () => {
    for (const radio of radios) radio.checked = false;
  });

  return {
    answered: () => chosen() !== undefined || Number.isFinite(typed()),
    compare(verdict) {
      const radio = chosen();
      const pending = verdict.choice === null && verdict.number === null;
      if (radio && radio.value !== "") {
        const label = radio.closest("label")?.textContent?.trim() ?? "";
        if (pending) return `내 예측 ${label}.`;
        const right = radio.value === verdict.choice;
        return `내 예측 ${label}: ${right ? "맞음 ✔" : "다름"}.`;
      }
      const guess = typed();
      if (radio || !Number.isFinite(guess)) return "";
      const answer = verdict.number;
      const near =
        answer !== null && Math.abs(guess - answer) <= Math.abs(answer) * NEAR;
      const shown = guess.toLocaleString("en-US");
      if (pending) return `내 예측 ${shown}${unit}.`;
      return `내 예측 ${shown}${unit}: ${near ? "10 % 안에서 맞음 ✔" : "다름"}.`;
    },
    reset() {
      for (const radio of radios) radio.checked = false;
      if (number) number.value = "";
      onChange();
    },
  };
}
