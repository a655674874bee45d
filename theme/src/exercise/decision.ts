// 판단 연습: 단계를 하나씩 열고, 고를 때마다 점수를 셈함.

import { button, h, need } from "../dom";

interface Option {
  cost: number;
  gain: number;
  node: HTMLElement;
  pick: HTMLButtonElement;
  answer: HTMLDetailsElement;
}

export function hydrateDecision(root: HTMLElement): void {
  const measure = need(root, '[data-stage="measure"]');
  const fix = need(root, '[data-stage="fix"]');
  const outcome = need(root, ".lab-outcome");
  const lessons = need<HTMLDetailsElement>(outcome, "details");
  const purse = Number(measure.dataset.purse);
  let points = purse;

  const looks = options(measure, (look) => {
    spend(look);
    next.hidden = false;
    tell(`남은 점수 ${points}점.`);
  });
  const fixes = options(fix, (chosen) => {
    spend(chosen);
    points += chosen.gain;
    for (const { pick, answer } of fixes) {
      lock(pick);
      answer.hidden = false;
    }
    outcome.hidden = false;
    lessons.open = true;
    again.hidden = false;
    tell(`점수 ${points}점. 가장 높은 길은 ${best()}점임.`);
  });

  const status = h("p", { class: "lab-score", "aria-live": "polite" });
  const next = button("이만 재고 고칠 것 고르기", () => {
    for (const look of looks) lock(look.pick);
    next.hidden = true;
    fix.hidden = false;
    need(fix, ".lab-ask").focus();
  });
  const again = button("처음부터 다시", () => {
    start();
    need(measure, ".lab-ask").focus();
  });
  const bar = h("div", { class: "lab-part lab-bar lab-buttons" });
  bar.append(status, next, again);
  root.querySelector(".lab-foot")?.before(bar);
  start();

  function start(): void {
    points = purse;
    for (const { node, pick, answer } of [...looks, ...fixes]) {
      node.classList.remove("lab-chosen");
      pick.removeAttribute("aria-disabled");
      pick.setAttribute("aria-pressed", "false");
      answer.hidden = true;
      answer.open = false;
    }
    fix.hidden = true;
    outcome.hidden = true;
    lessons.open = false;
    next.hidden = true;
    again.hidden = true;
    tell(`남은 점수 ${points}점.`);
  }

  function spend({ cost, node, pick, answer }: Option): void {
    points -= cost;
    node.classList.add("lab-chosen");
    pick.setAttribute("aria-pressed", "true");
    lock(pick);
    answer.hidden = false;
    answer.open = true;
  }

  function tell(text: string): void {
    status.textContent = text;
  }

  /** 가장 싼 자료 하나를 보고 가장 남는 것을 고친 점수. */
  function best(): number {
    const cheapest = Math.min(...looks.map(({ cost }) => cost));
    const most = Math.max(...fixes.map(({ cost, gain }) => gain - cost));
    return purse - cheapest + most;
  }
}

/** 고른 것은 다시 누르지 못하되 초점은 잃지 않음. */
function lock(pick: HTMLButtonElement): void {
  pick.setAttribute("aria-disabled", "true");
}

function options(stage: HTMLElement, chosen: (option: Option) => void) {
  const nodes = [...stage.querySelectorAll<HTMLElement>(".lab-options > li")];
  return nodes.map((node): Option => {
    const line = need(node, ".lab-option");
    const pick = h("button", { type: "button", class: "lab-button lab-pick" });
    pick.append(...line.childNodes);
    line.replaceWith(pick);
    const option: Option = {
      cost: Number(node.dataset.cost),
      gain: Number(node.dataset.gain),
      node,
      pick,
      answer: need<HTMLDetailsElement>(node, "details"),
    };
    pick.addEventListener("click", () => {
      if (pick.getAttribute("aria-disabled") !== "true") chosen(option);
    });
    return option;
  });
}
