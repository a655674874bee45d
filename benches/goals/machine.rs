//! 재는 동안 이 기계에서 다른 일이 돌았는가.

use std::fs;

use cpu_time::ProcessTime;

/// `/proc/stat`의 눈금 하나, ns: 리눅스는 사용자에게 늘 초당 100번으로 말함.
const TICK_NS: f64 = 1e7;
/// 다른 일이 벽시계의 이만큼까지 CPU를 써도 조용한 판임.
const NOISE: f64 = 0.1;

/// 재기 시작할 때의 CPU 시간.
pub struct Watch {
    ours: ProcessTime,
    /// 모든 코어가 일한 시간, ns. 리눅스가 아니면 알 수 없음.
    all: Option<f64>,
}

impl Watch {
    pub fn start() -> Self {
        Watch { ours: ProcessTime::now(), all: busy() }
    }

    /// `wall` ns 동안 이 프로세스 밖의 일이 거의 없었는가. 알 수 없으면
    /// 아니라고 함.
    pub fn was_alone(&self, wall: f64) -> bool {
        let (Some(before), Some(after)) = (self.all, busy()) else {
            return false;
        };
        let ours = self.ours.elapsed().as_nanos() as f64;
        after - before - ours <= NOISE * wall
    }
}

/// 모든 코어가 놀지 않은 시간, ns. 가상 기계가 빼앗긴 시간도 들어감.
fn busy() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let ticks: Vec<f64> = stat
        .lines()
        .next()?
        .split_whitespace()
        .skip(1)
        .map_while(|word| word.parse().ok())
        .collect();
    // user nice system (idle iowait) irq softirq steal
    let [user, nice, system, _, _, irq, softirq, steal, ..] = ticks[..] else {
        return None;
    };
    Some((user + nice + system + irq + softirq + steal) * TICK_NS)
}
