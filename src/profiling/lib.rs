//! 프로파일링.

mod log_text;
mod profile;
pub mod spans;

lab::chapter! {
    "profiling": log_pipeline, sampling_bias, amdahl_gain,
}
