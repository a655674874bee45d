//! 현업에서 얻은 교훈.

lab::chapter! {
    "lessons": case_quadratic_load, case_regex_trim, case_baseline,
        case_gc_pause, case_memory_budget,
}
