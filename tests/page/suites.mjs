import { access } from "./access.mjs";
import { answers } from "./answers.mjs";
import { flow } from "./flow.mjs";
import { isolation } from "./isolation.mjs";
import { python } from "./python.mjs";
import { views } from "./views.mjs";

export const suites = [flow, views, python, answers, access, isolation];
