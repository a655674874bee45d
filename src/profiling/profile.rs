//! 파이프라인의 프로파일: 지금과, 한 가지만 바꾼 것을 번갈아 재어 견줌.

use std::cell::RefCell;

use super::log_pipeline::{How, STAGES, Stage, Swap, pipeline};
use super::spans::{Grain, Laps, Spans};
use lab::measure::{
    Case, Timing, Timings, interleave, paired_ratio, quantile,
};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Point, Series, Shape, Table, Tone, Tree,
    TreeNode, TreeShape,
};
use lab::{Ctx, Failure, View, format};

const OVERHEAD: &str = "재는 비용: 프로파일러가 늘린 시간";

/// 단계와 그 밖을 모두 더한 줄의 이름.
pub(super) const ALL: &str = "모두";

/// 낮은 분위수, 중앙값, 높은 분위수, ns.
type Spread = (f64, f64, f64);

/// 재면서 돌린 것 하나.
struct Profiled {
    total: Timing,
    stages: [Spread; STAGES.len()],
    /// 어느 단계에도 들지 않은 시간.
    outside: Spread,
}

impl Profiled {
    /// `laps`는 부를 때마다 하나. 정하고 예열하던 앞부분은 버림.
    fn new(total: &Timing, laps: &[Laps]) -> Self {
        let batch = total.batch as usize;
        let kept = (total.samples.len() * batch).min(laps.len());
        let calls = laps[laps.len() - kept..].chunks(batch);
        // 시계의 눈금이 거칠어도 평균은 치우치지 않음
        let means: Vec<Laps> = calls
            .map(|calls| {
                STAGES.map(|stage| {
                    let of = |laps: &Laps| laps[stage as usize];
                    let sum: f64 = calls.iter().map(of).sum();
                    sum / calls.len() as f64
                })
            })
            .collect();
        let few = total.samples.len() <= FEW_SAMPLES;
        let (low, high) = if few { (0.0, 1.0) } else { (0.1, 0.9) };
        let spread = |mut times: Vec<f64>| {
            times.sort_by(f64::total_cmp);
            let at = |q| quantile(&times, q);
            (at(low), at(0.5), at(high))
        };
        let stages = STAGES.map(|stage| {
            spread(means.iter().map(|mean| mean[stage as usize]).collect())
        });
        let inside = means.iter().map(|mean| mean.iter().sum::<f64>());
        let outside = total.samples.iter().zip(inside);
        let outside = outside.map(|(sample, inside)| sample - inside);
        let outside = spread(outside.map(|ns| ns.max(0.0)).collect());
        Profiled { total: total.clone(), stages, outside }
    }

    /// 모든 몫의 분모. 방해는 표본마다 다른 단계에 끼므로, 전체의
    /// 중앙값보다 줄마다의 중앙값을 더한 것이 덜 흔들림.
    fn whole(&self) -> f64 {
        let rows = self.stages.iter().chain([&self.outside]);
        rows.map(|(_, median, _)| median).sum()
    }
}

/// `lab::measure`가 긴 실행에서 모으는 표본의 수. 이때 띠는 최소–최대임.
const FEW_SAMPLES: usize = 7;

/// 시계의 눈금이 이보다 적게 든 시간은 나누지 않음.
const FEW_STEPS: f64 = 5.0;

/// 번갈아 잰 것들.
pub struct Profile {
    /// 지금, 그다음 바꾼 것 셋.
    runs: Vec<Profiled>,
    /// 재지 않은 것, 단계마다 잰 것, 항목마다 잰 것.
    cost: Timings,
}

impl Profile {
    /// 눈금이 모자라면 `None`.
    pub fn take(
        log: &str,
        how: How,
        swaps: &[Swap],
        ctx: &Ctx,
    ) -> Result<Option<Profile>, Failure> {
        let clock = || ctx.now_ns();
        let hows: Vec<How> =
            std::iter::once(how).chain(swaps.iter().map(|s| s.how)).collect();
        let laps: Vec<RefCell<Vec<Laps>>> =
            hows.iter().map(|_| RefCell::default()).collect();
        let cost = |name: &str, grain| {
            let run = move || profiled(log, how, clock, grain).0;
            Case::new(name, 1, run)
        };
        let mut cases = vec![
            cost("재지 않음", Grain::Off),
            cost("항목마다 잼", Grain::Item),
        ];
        cases.extend(hows.iter().zip(&laps).map(|(how, kept)| {
            Case::new("단계마다 잼", 1, move || {
                let (size, laps) = profiled(log, *how, clock, Grain::Stage);
                kept.borrow_mut().push(laps);
                size
            })
        }));
        let Some(timings) = interleave(ctx, &mut cases)? else {
            return Ok(None);
        };
        drop(cases);
        let [plain, items, runs @ ..] = &timings.rows[..] else {
            return Ok(None);
        };
        let rows = vec![plain.clone(), runs[0].clone(), items.clone()];
        let runs = runs
            .iter()
            .zip(laps)
            .map(|(total, laps)| Profiled::new(total, &laps.into_inner()));
        let clock_step_ns = timings.clock_step_ns;
        Ok(Some(Profile {
            runs: runs.collect(),
            cost: Timings { rows, clock_step_ns },
        }))
    }

    pub fn views(&self, swaps: &[Swap]) -> Vec<View> {
        let best = self.best();
        let Swap { stage, then, .. } = swaps[best];
        let after = format!("{}: {then}", stage.label());
        let mut views = vec![
            View::Table(self.stage_table(&after)),
            View::Chart(self.stage_chart(&after)),
            View::Tree(self.tree(0, "지금")),
            View::Tree(self.tree(1 + best, &after)),
            View::Table(self.swap_table(swaps)),
        ];
        views.extend(self.cost.views(OVERHEAD, "실행 한 번"));
        views
    }

    /// 가장 많이 줄인 바꾸기의 번호.
    fn best(&self) -> usize {
        let total = |i: &usize| self.runs[1 + i].total.median;
        let swaps = 0..self.runs.len() - 1;
        swaps.min_by(|a, b| total(a).total_cmp(&total(b))).unwrap_or(0)
    }

    fn band(&self) -> &'static str {
        match self.runs[0].total.samples.len() {
            ..=FEW_SAMPLES => "최소–최대",
            _ => "p10–p90",
        }
    }

    fn stage_table(&self, after: &str) -> Table {
        let (now, then) = (&self.runs[0], &self.runs[1 + self.best()]);
        let whole = now.whole();
        let row = |name: &str, now: Spread, then: f64| {
            let (low, median, high) = now;
            let text = format::significant;
            vec![
                name.into(),
                nanos(median),
                format!("{}–{}", text(low), text(high)).into(),
                Cell::fixed(median / whole * 100.0, 1),
                nanos(then),
            ]
        };
        let stages = STAGES.iter().enumerate().map(|(i, stage)| {
            row(stage.label(), now.stages[i], then.stages[i].1)
        });
        let outside = row("단계 밖", now.outside, then.outside.1);
        let Timing { p10, p90, .. } = now.total;
        let all = row(ALL, (p10, whole, p90), then.whole());
        Table {
            title: format!("단계마다의 시간: 지금과 '{after}'"),
            badge: Badge::Measured,
            columns: vec![
                Column::text("단계"),
                Column::number("지금", "ns"),
                Column::number(self.band(), "ns"),
                Column::number("지금의 몫", "%"),
                Column::number("바꾼 뒤", "ns"),
            ],
            rows: stages.chain([outside, all]).collect(),
        }
    }

    /// 읽을 수 있는 가장 짧은 평균, ns: 묶음을 통틀어 눈금 하나.
    fn shortest(&self, run: &Profiled) -> f64 {
        self.cost.clock_step_ns / run.total.batch as f64
    }

    fn stage_chart(&self, after: &str) -> Chart {
        let series = |name: &str, run: &Profiled| Series {
            name: name.into(),
            shape: Shape::Dot,
            points: run
                .stages
                .iter()
                .enumerate()
                .map(|(i, (low, median, high))| {
                    // 눈금보다 짧아 0으로 읽힌 단계도 로그 축에 놓음
                    let shown = |ns: f64| ns.max(self.shortest(run));
                    Point {
                        x: shown(*median),
                        y: i as f64,
                        low: Some(shown(*low)),
                        high: Some(shown(*high)),
                    }
                })
                .collect(),
        };
        Chart {
            title: "단계마다의 시간".into(),
            badge: Badge::Measured,
            x: Axis::log("단계의 시간", "ns"),
            y: Axis::category("단계", STAGES.map(Stage::label)),
            series: vec![
                series("지금", &self.runs[0]),
                series(after, &self.runs[1 + self.best()]),
            ],
            marks: Vec::new(),
        }
    }

    fn tree(&self, run: usize, name: &str) -> Tree {
        let Profiled { stages, outside, .. } = &self.runs[run];
        let most = stages.iter().map(|s| s.1).fold(0.0, f64::max);
        let children = STAGES.iter().zip(stages).map(|(stage, time)| {
            let tone = if time.1 == most { Tone::Now } else { Tone::Plain };
            TreeNode::new(stage.label(), time.1, vec![]).tone(tone)
        });
        let root = TreeNode::new("파이프라인", outside.1, children.collect());
        Tree {
            title: format!("시간의 플레임 그래프: {name}"),
            badge: Badge::Measured,
            unit: "ns".into(),
            shape: TreeShape::Flame,
            roots: vec![root],
        }
    }

    /// 바꾼 것마다: 전체가 빨라진 배수와 암달의 법칙이 미리 말한 배수.
    fn swap_table(&self, swaps: &[Swap]) -> Table {
        let now = &self.runs[0];
        let rows = swaps.iter().zip(&self.runs[1..]).map(|(swap, then)| {
            let stage = swap.stage as usize;
            let (before, after) = (now.stages[stage].1, then.stages[stage].1);
            let whole = now.whole();
            let share = before / whole;
            let foretold = whole / (whole - before + after);
            let rough = before < FEW_STEPS * self.shortest(now)
                || after < FEW_STEPS * self.shortest(then);
            let alone = if rough {
                "눈금이 거침".into()
            } else {
                Cell::fixed(before / after, 2)
            };
            let ratio = paired_ratio(&then.total.samples, &now.total.samples);
            vec![
                format!("{}: {}", swap.stage.label(), swap.then).into(),
                nanos(then.whole()),
                Cell::fixed(share * 100.0, 1),
                alone,
                Cell::fixed(foretold, 2),
                ratio.told().into(),
            ]
        });
        Table {
            title: "한 가지만 바꿔 다시 잼: 암달의 예측과 실제".into(),
            badge: Badge::Measured,
            columns: vec![
                Column::text("바꾼 것"),
                Column::number("전체", "ns"),
                Column::number("그 단계의 몫", "%"),
                Column::number("그 단계만", "배"),
                Column::number("암달의 예측", "배"),
                Column::text("잰 빨라짐 (95% 구간)"),
            ],
            rows: rows.collect(),
        }
    }
}

/// 재며 한 번 돌림: 보고서의 길이와 단계마다의 시간.
#[inline(never)]
fn profiled(
    log: &str,
    how: How,
    clock: impl Fn() -> f64,
    grain: Grain,
) -> (u64, Laps) {
    let mut spans = Spans::new(clock, grain);
    let text = pipeline(log, how, |step| spans.watch(step));
    (text.len() as u64, spans.laps)
}

fn nanos(ns: f64) -> Cell {
    Cell { text: format::significant(ns), value: Some(ns) }
}

#[cfg(test)]
mod tests {
    use super::super::log_pipeline::Params;
    use super::*;
    use crate::run_with;

    fn timing(ns: f64, samples: usize, batch: u64) -> Timing {
        Timing::new("", vec![ns; samples], batch)
    }

    /// 재기 전에는 모르고, 잰 표에서 가장 긴 단계를 고름.
    #[test]
    fn the_slowest_stage_is_read_from_the_measured_table() {
        let mut report = run_with("log_pipeline", &[]);
        assert!(report.verdict.as_ref().unwrap().is_pending());
        let laps = [1.0, 2.0, 70.0, 4.0, 5.0, 18.0];
        let run = || Profiled::new(&timing(101.0, 21, 1), &[laps; 30]);
        let profile = Profile {
            runs: vec![run(), run(), run(), run()],
            cost: Timings { rows: vec![], clock_step_ns: 1.0 },
        };
        let table = profile.stage_table("그대로");
        let column = |at: usize| {
            let value = move |row: &Vec<Cell>| row[at].value.unwrap();
            table.rows.iter().map(value).collect::<Vec<f64>>()
        };
        // 단계 여섯과 단계 밖을 더하면 모두임
        let times = column(1);
        assert_eq!(times, [1.0, 2.0, 70.0, 4.0, 5.0, 18.0, 1.0, 101.0]);
        assert_eq!(column(3)[..7].iter().sum::<f64>().round(), 100.0);
        report.views.push(View::Table(table));
        crate::find("log_pipeline").judge(&mut report);
        let told = report.verdict.unwrap();
        assert_eq!(told.choice.as_deref(), Some("dedupe"));
        assert_eq!(
            told.sentence,
            "사용자 모으기에 70.0 ns, 모두 101 ns의 69%가 듦."
        );
    }

    /// 눈금에 걸린 시간은 나누지 않음: 0으로 나눈 배수를 보이지 않음.
    #[test]
    fn a_stage_shorter_than_the_clock_has_no_ratio() {
        let run = |topk| {
            let laps = [50.0, 20.0, 900.0, 10.0, topk, 20.0];
            Profiled::new(&timing(1_000.0, 21, 1), &[laps; 21])
        };
        let profile = Profile {
            runs: vec![run(15.0), run(15.0), run(15.0), run(0.0)],
            cost: Timings { rows: vec![], clock_step_ns: 5.0 },
        };
        let how = Params::default().how();
        let table = profile.swap_table(&how.swaps());
        let alone = table.rows.iter().map(|row| row[3].text.as_str());
        assert!(alone.eq(["1.00", "눈금이 거침", "눈금이 거침"]));
    }

    /// 표본 하나는 묶음 하나의 평균이고, 앞의 예열은 버림.
    #[test]
    fn a_profile_averages_the_last_batches() {
        let calls = [900.0, 1.0, 3.0, 4.0, 6.0, 8.0, 10.0];
        let laps = calls.map(|ns| [ns, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let run = Profiled::new(&timing(20.0, 3, 2), &laps);
        assert_eq!(run.stages[0], (2.0, 5.0, 9.0));
        // 18, 15, 11의 가운데
        assert_eq!((run.outside.1, run.whole()), (15.0, 20.0));
    }
}
