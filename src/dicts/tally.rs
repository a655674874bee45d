//! 찾기마다 든 일을 모으는 것.

use lab::report::{Series, Shape};
use lab::{Ctx, Failure};

/// 횟수마다 그만큼 걸린 키의 수.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: Vec<u64>,
    pub sum: u64,
}

impl Tally {
    pub fn add(&mut self, times: u64) {
        let at = times as usize;
        if at >= self.counts.len() {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] += 1;
        self.sum += times;
    }

    pub fn max(&self) -> u64 {
        self.counts.len().saturating_sub(1) as u64
    }

    pub fn mean(&self, n: u64) -> f64 {
        self.sum as f64 / n as f64
    }

    /// 횟수별 키의 수.
    pub fn bars(&self, name: &str) -> Series {
        let points = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(times, count)| (times as f64, *count as f64).into());
        Series {
            name: name.into(),
            shape: Shape::Bar,
            points: points.collect(),
        }
    }
}

/// 진행을 알리는 간격. 알림이 일보다 비싸지 않게 함.
const REPORT_EVERY: u64 = 1 << 16;

/// 되풀이하는 일의 `i`번째에서 가끔 진행을 알림.
pub fn tick(
    ctx: &Ctx,
    i: u64,
    total: u64,
    label: &str,
) -> Result<(), Failure> {
    if i.is_multiple_of(REPORT_EVERY) {
        ctx.progress(i, total, label)?;
    }
    Ok(())
}
