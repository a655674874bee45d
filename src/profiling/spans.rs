//! 구간 프로파일러: 구간에 드나들 때 시계를 읽어 쌓음.

use super::log_pipeline::{STAGES, Stage, Step};

/// 단계마다 쌓인 시간, ns.
pub type Laps = [f64; STAGES.len()];

/// 시계를 읽는 자리.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// 읽지 않음: 재지 않은 실행도 같은 기계어로 돌려 견줌.
    Off,
    /// 단계에 들 때와 날 때만.
    Stage,
    /// 항목 하나를 마칠 때마다 또 읽음.
    Item,
}

/// 파이프라인을 지켜보며 시간을 쌓음.
pub struct Spans<C> {
    clock: C,
    grain: Grain,
    /// 지금 있는 구간과 들어온 때.
    open: Option<(Stage, f64)>,
    pub laps: Laps,
}

impl<C: Fn() -> f64> Spans<C> {
    pub fn new(clock: C, grain: Grain) -> Self {
        Spans { clock, grain, open: None, laps: Laps::default() }
    }

    // ANCHOR: watch
    pub fn watch(&mut self, step: Step) {
        match step {
            _ if self.grain == Grain::Off => {}
            Step::Enter(stage) => self.open = Some((stage, (self.clock)())),
            Step::Leave => self.lap(),
            Step::Item if self.grain == Grain::Item => self.lap(),
            _ => {}
        }
    }

    /// 지난번에 읽은 때부터 지금까지를 지금 구간에 더함.
    fn lap(&mut self) {
        if let Some((stage, since)) = &mut self.open {
            let now = (self.clock)();
            self.laps[*stage as usize] += now - *since;
            *since = now;
        }
    }
    // ANCHOR_END: watch
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// 읽을 때마다 1씩 가는 시계: 더한 것이 곧 읽은 횟수임.
    #[test]
    fn laps_add_up_to_the_time_inside() {
        let grains = [(Grain::Off, 0), (Grain::Stage, 2), (Grain::Item, 5)];
        for (grain, want) in grains {
            let now = Cell::new(0.0);
            let clock = || {
                now.set(now.get() + 1.0);
                now.get()
            };
            let mut spans = Spans::new(clock, grain);
            spans.watch(Step::Enter(Stage::Dedupe));
            for _ in 0..3 {
                spans.watch(Step::Item);
            }
            spans.watch(Step::Leave);
            assert_eq!(now.get() as u64, want);
            let dedupe = spans.laps[Stage::Dedupe as usize];
            assert_eq!(dedupe as u64, want.max(1) - 1);
            assert_eq!(spans.laps.iter().sum::<f64>(), dedupe);
        }
    }
}
