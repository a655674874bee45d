import { access } from "./access.mjs";
import { flow } from "./flow.mjs";
import { isolation } from "./isolation.mjs";
import { offline } from "./offline.mjs";
import { pages } from "./pages.mjs";
import { python } from "./python.mjs";
import { search } from "./search.mjs";
import { speed } from "./speed.mjs";
import { views } from "./views.mjs";

/** 날마다 보는 것: Pyodide와 격리를 빼면 금방 끝남. */
export const daily = [flow, views, search, pages];

export const suites = [...daily, python, access, isolation, offline, speed];
