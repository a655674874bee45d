// 예측: 답하거나 건너뛰기 전에는 실행할 수 없음.

import { button, h, liveRegion, need } from "./dom";
import type { Item, Reply } from "./labbook/schema";
import { NEAR, pairsAgreed, replyText } from "./labbook/score";
import type { Verdict } from "./report";
import { signed } from "./views/format";

export interface Prediction {
  /** 무엇을 물었는가. */
  question: string;
  answered(): boolean;
  /** 내 예측. 건너뛰었으면 `null`. */
  guess(): Reply | null;
  /** 예측과 같은 모양의 정답. 아직 모르면 `null`. */
  answer(verdict: Verdict): Reply | null;
  /** 예측과 정답을 견준 한 줄. 건너뛰었으면 빈 글. */
  compare(guess: Reply | null, verdict: Verdict): string;
  reset(): void;
}

export function createPrediction(
  root: HTMLElement,
  onChange: () => void,
): Prediction {
  const unit = root.dataset["unit"] ?? "";
  const field = root.querySelector<HTMLInputElement>("input[type=text]");
  const radios = [
    ...root.querySelectorAll<HTMLInputElement>("input[type=radio]"),
  ];
  const list = root.querySelector<HTMLOListElement>(".lab-order");
  const items = list && createOrder(list, () => {
    const mine = radios.find(({ value }) => value !== "");
    if (mine) mine.checked = true;
    onChange();
  });
  const chosen = (): HTMLInputElement | undefined =>
    radios.find((radio) => radio.checked);
  const typed = (): number => readNumber(field?.value ?? "", unit);
  const labelOf = (radio?: HTMLInputElement): string =>
    radio?.closest("label")?.textContent?.trim() ?? "";
  const legend = need(root, "legend");

  const odd = h("span", { class: "lab-hint", role: "status" });
  field?.closest("label")?.after(odd);
  function renew(): void {
    const written = field !== null && field.value.trim() !== "";
    odd.textContent = written && Number.isNaN(typed()) ? ODD : "";
    onChange();
  }
  // 대답이 되는지 보기 전에 건너뛰기부터 물림
  field?.addEventListener("input", () => {
    for (const radio of radios) radio.checked = false;
  });
  for (const input of [...radios, ...(field ? [field] : [])]) {
    input.addEventListener("input", renew);
  }

  return {
    question: legend.lastChild?.textContent?.trim() ?? "",
    answered: () => chosen() !== undefined || Number.isFinite(typed()),
    guess() {
      const radio = chosen();
      if (!this.answered() || radio?.value === "") return null;
      if (items) return { kind: "order", items: items.current() };
      if (!radio) return { kind: "number", value: typed(), unit };
      return { kind: "choice", value: radio.value, label: labelOf(radio) };
    },
    answer(verdict) {
      const { choice, number, order, headline } = verdict;
      if (isPending(verdict)) return null;
      if (items) return order && { kind: "order", items: items.named(order) };
      if (field) {
        return number === null ? null : { kind: "number", value: number, unit };
      }
      // 답이 선택지에 없으면 어느 것도 맞지 않음
      const radio = radios.find(({ value }) => value === choice);
      const label = radio ? labelOf(radio) : headline;
      return { kind: "choice", value: choice ?? "", label };
    },
    compare(guess, verdict) {
      if (!guess) return "";
      const mine = `내 예측 ${replyText(guess, (n, unit) => written(n) + unit)}`;
      return isPending(verdict) ? `${mine}.` : mine + howClose(guess, verdict);
    },
    reset() {
      for (const radio of radios) radio.checked = false;
      if (field) field.value = "";
      items?.reset();
      renew();
    },
  };
}

const isPending = ({ choice, number, order }: Verdict): boolean =>
  choice === null && number === null && order === null;

/** 물은 단위 그대로 적음. */
const written = signed((value) => value.toLocaleString("en-US"));

function howClose(guess: Reply, { choice, number, order }: Verdict): string {
  switch (guess.kind) {
    case "number": {
      const near =
        number !== null &&
        Math.abs(guess.value - number) <= Math.abs(number) * NEAR;
      return near ? ": 10 % 안에서 맞음 ✔." : ": 다름.";
    }
    case "choice":
      return guess.value === choice ? ": 맞음 ✔." : ": 다름.";
    case "order":
      return howOrdered(guess.items.map(({ value }) => value), order ?? []);
  }
}

function howOrdered(mine: string[], right: string[]): string {
  const count = mine.length;
  const seats = mine.filter((value, i) => value === right[i]).length;
  if (seats === count) return ": 맞음 ✔.";
  const { agreed, pairs } = pairsAgreed(mine, right);
  return (
    `: 자리 ${count}곳 가운데 ${seats}곳, ` +
    `앞뒤 ${pairs}쌍 가운데 ${agreed}쌍이 맞음.`
  );
}

const ODD = "수 하나만 적음. 예: 30";

/** 손으로 적은 수: `약 1,200`, `30%`, `３０`. 수가 아니면 NaN. */
export function readNumber(text: string, unit: string): number {
  const plain = text.normalize("NFKC").replaceAll(",", "").trim();
  const found = /^약?\s*([-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(\D*)$/i;
  const [, digits = "", after = ""] = found.exec(plain) ?? [];
  const same = [unit.normalize("NFKC"), ...(unit === "%" ? ["퍼센트"] : [])];
  if (digits === "" || (after !== "" && !same.includes(after))) return NaN;
  return Number(digits.replace("−", "-"));
}

/** 항목을 위아래로 옮기는 목록. 옮기는 것이 곧 대답임. */
function createOrder(list: HTMLOListElement, onMove: () => void) {
  const asked = [...list.querySelectorAll<HTMLLIElement>("li")];
  const current = () => [...list.querySelectorAll<HTMLLIElement>("li")];
  const label = (item: HTMLLIElement): string =>
    item.querySelector("span")?.textContent ?? "";
  const valueOf = ({ dataset }: HTMLLIElement): string =>
    dataset["value"] ?? "";
  const itemOf = (item: HTMLLIElement): Item => ({
    value: valueOf(item),
    label: label(item),
  });
  const live = liveRegion();

  function move(item: HTMLLIElement, step: number, pressed: Element): void {
    const at = current().indexOf(item) + step;
    if (at < 0 || at >= asked.length) return;
    if (step < 0) item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    edges();
    // 옮긴 요소는 초점을 잃음
    (pressed as HTMLElement).focus();
    live.textContent = `${label(item)}: ${asked.length}개 가운데 ${at + 1}번째`;
    onMove();
  }

  function edges(): void {
    current().forEach((item, i) => {
      const [up, down] = item.querySelectorAll("button");
      up?.setAttribute("aria-disabled", String(i === 0));
      down?.setAttribute("aria-disabled", String(i === asked.length - 1));
    });
  }

  for (const item of asked) {
    for (const [sign, name, step] of [
      ["↑", "위로", -1],
      ["↓", "아래로", 1],
    ] as const) {
      const attrs = { "aria-label": `${label(item)} ${name}`, title: name };
      const press = button(sign, () => move(item, step, press), attrs);
      item.append(press);
    }
  }
  list.after(live);
  edges();

  return {
    current: () => current().map(itemOf),
    named: (values: string[]) =>
      values.flatMap((value) =>
        asked.filter((item) => valueOf(item) === value).map(itemOf),
      ),
    reset(): void {
      list.append(...asked);
      edges();
    },
  };
}
