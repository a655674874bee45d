import { access } from "./access.mjs";
import { flow } from "./flow.mjs";
import { isolation } from "./isolation.mjs";
import { labbook } from "./labbook.mjs";
import { local } from "./local.mjs";
import { offline } from "./offline.mjs";
import { origin } from "./origin.mjs";
import { pages } from "./pages.mjs";
import { python } from "./python.mjs";
import { search } from "./search.mjs";
import { speed } from "./speed.mjs";
import { views } from "./views.mjs";
import { walk } from "./walk.mjs";
import { wcag } from "./wcag.mjs";

/** 날마다 보는 것: Pyodide와 격리를 빼면 금방 끝남. */
export const daily = [flow, walk, views, search, pages];

const once = [
  labbook,
  origin,
  python,
  local,
  access,
  wcag,
  isolation,
  offline,
  speed,
];
export const suites = [...daily, ...once];
