// 연습: 종류마다 정적인 글을 놀이판으로 바꿈.

import { holdKeys } from "../keys";
import { hydrateChecklist } from "./checklist";
import { hydrateDecision } from "./decision";

export function hydrateExercise(root: HTMLElement): void {
  if (root.dataset.kind === "decision") hydrateDecision(root);
  else hydrateChecklist(root);
  holdKeys(root);
}
