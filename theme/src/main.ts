// 페이지의 스크립트가 시작하는 곳.

import { hydrate } from "./card";
import { hydrateExercise } from "./exercise";
import { isolate } from "./isolation";

void import("./search").then(({ initSearch }) => initSearch());
await isolate();
for (const card of document.querySelectorAll<HTMLElement>(".lab-card")) {
  hydrate(card);
}
for (const card of document.querySelectorAll<HTMLElement>(".lab-exercise")) {
  hydrateExercise(card);
}
