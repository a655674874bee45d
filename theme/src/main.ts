// 페이지의 스크립트가 시작하는 곳.

import { hydrate } from "./card";
import { breathe, drawForPrint } from "./dom";
import { hydrateExercise } from "./exercise";
import { isolate } from "./isolation";
import { prepare } from "./runner";
import { preloadViews } from "./views";

// 격리하느라 쪽을 다시 읽으면 그때까지 부르던 것은 끊기므로 먼저 기다림
await isolate();
const finder = document.getElementById("search-open");
if (finder) {
  let pressed = false;
  const early = (): void => void (pressed = true);
  finder.addEventListener("click", early, { once: true });
  void import("./search").then(({ initSearch }) => {
    finder.removeEventListener("click", early);
    initSearch(finder, pressed);
  });
}
void import("./labbook/reading").then(({ initReading }) => initReading());
if (document.querySelector("[data-labbook]")) {
  void import("./labbook/page").then(({ showBook }) => showBook());
}
void import("./machine").then(({ machinePanel }) =>
  document.querySelector("#machine")?.append(machinePanel()),
);
const cards = document.querySelectorAll<HTMLElement>(".lab-card");
for (const card of cards) {
  await breathe();
  hydrate(card);
}
if (cards.length > 0) {
  drawForPrint();
  void import("./origin").then(({ initOrigins }) => initOrigins());
}
for (const card of document.querySelectorAll<HTMLElement>(".lab-exercise")) {
  hydrateExercise(card);
}

// 한가할 때 작업자까지 미리 띄워 두면 처음 누른 실행도 바로 답함
const { connection } = navigator as { connection?: { saveData: boolean } };
const saveData = connection?.saveData ?? false;
const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 1000));
idle(() => {
  if (cards.length === 0 || saveData) return;
  preloadViews();
  prepare().catch(() => {});
});

// 5 MB를 받아 두는 일은 머무는 독자에게만: 잠깐 들른 쪽은 받지 않음
const stays = new Promise((stay) => {
  setTimeout(stay, 10_000);
  document.querySelector("#settings-open")?.addEventListener("click", stay);
});
void stays.then(async () => {
  const { initOffline } = await import("./offline");
  const place = document.querySelector("#offline");
  if (place) await initOffline(place, saveData);
});
