//! 이터레이터와 제너레이터.

lab::chapter! {
    "iterators":
    lazy_pipeline,
    generator_resume,
    stream_memory,
    early_exit,
    window_stats,
}
