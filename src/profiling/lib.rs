//! 프로파일링.

pub mod heap;
mod log_text;
mod profile;
pub mod spans;

lab::chapter! {
    "profiling": log_pipeline, sampling_bias, alloc_profile, amdahl_gain,
}
