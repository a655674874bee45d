//! 멈춤과 쌓임: 같은 할당을 세대별 수집, 점진 수집, 끄기로 돌려 멈춤과 최대
//! 힙을 셈함.
//!
//! 문턱의 뼈대는 CPython 3.13의 `Python/gc.c`에서 옮김. 거기에서는 중간이 열두
//! 번째 수집이고 전체는 열한 번째 중간의 바로 다음이나, 여기서는 중간이 열한
//! 번째이고 전체는 그 차례에만 봄. 점진 수집은 오래된 것을 정한 수만큼 나누어
//! 보는 것으로 줄임. 3.14의 계산과 같지 않음.

use std::collections::VecDeque;

use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Table, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 쓰레기 수집을 끄면 빨라지고, 끄면 안 되는가?",
    prediction: Prediction {
        text: "오래 사는 객체 10만 개가 있는 프로그램이 점진 수집으로 할당을 \
               40만 번 함. 한 번에 살피는 오래된 객체를 5,000개에서 500개로 \
               줄이면 그동안의 최대 힙은 어떻게 될까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::UpTo(&[("ops", 400_000)]),
    bench: Bench::None("모형의 횟수만 셈하는 실험이라 잴 시간이 없음"),
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("less", "더 작아짐"),
    ("same", "그대로"),
    ("more", "커지지만 수집을 끈 것보다 작음"),
    ("off", "수집을 끈 것과 같아짐"),
];

lab::choices! {
    /// 순환 쓰레기를 치우는 방침.
    pub enum Policy {
        Generational = "generational", "세대별";
        Incremental = "incremental", "점진";
        Frozen = "frozen", "얼리고 세대별";
        Disabled = "disabled", "끔";
    }
}

lab::params! {
    /// 할당을 되풀이하는 프로그램 하나.
    pub struct Params {
        ops: u64 = 400_000, int("할당").unit("번")
            .browser(10_000, 2_000_000).native(10_000, 20_000_000).log();
        live: u64 = 100_000, int("처음부터 사는 객체").unit("개")
            .range(0, 1_000_000);
        cycle_permille: u64 = 600, int("순환이 되는 몫").unit("‰")
            .range(0, 1_000);
        keep_permille: u64 = 100, int("계속 사는 몫").unit("‰")
            .range(0, 1_000);
        life: u64 = 20_000, int("순환이 쓰이는 동안").unit("번")
            .range(0, 1_000_000).hint("이만큼 할당한 뒤에 버려짐");
        threshold: u64 = 2_000, int("젊은 세대의 문턱").unit("개")
            .range(100, 100_000);
        slice: u64 = 5_000, int("한 번에 살피는 오래된 객체").unit("개")
            .range(100, 1_000_000).hint("점진 수집에서");
        policy: Policy = Policy::Generational, choice("방침");
    }
    check = check;
}

fn check(p: &Params, scope: Scope) -> Result<(), Failure> {
    // 점진 수집이 모두 살펴보는 객체의 상한
    let limit = scope.pick(50_000_000, 5_000_000_000);
    let most = limit / (p.ops / p.threshold).max(1);
    if p.slice > most {
        return Err(Failure::param(
            "slice",
            format!(
                "한 번에 살피는 오래된 객체(slice)의 값 '{}': 이 할당과 \
                 문턱에서는 100–{}개 범위여야 함",
                p.slice,
                format::int(most)
            ),
        ));
    }
    let sum = p.cycle_permille + p.keep_permille;
    if sum > 1_000 {
        return Err(Failure::param(
            "keep_permille",
            format!(
                "계속 사는 몫(keep_permille)의 값 '{}': 순환이 되는 몫과 \
                 더해 {sum}‰임. 0–{}‰ 범위여야 함",
                p.keep_permille,
                1_000 - p.cycle_permille
            ),
        ));
    }
    Ok(())
}

/// 죽지 않는 객체의 죽는 때.
const FOREVER: u64 = u64::MAX;

/// 한 방침의 결과. 멈춤은 살펴본 객체의 수임.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub pauses: Vec<u64>,
    pub peak: u64,
    /// 끝났을 때 치우지 못한 순환.
    pub left: u64,
}

impl Outcome {
    pub fn longest(&self) -> u64 {
        self.pauses.iter().copied().max().unwrap_or(0)
    }

    pub fn examined(&self) -> u64 {
        self.pauses.iter().sum()
    }
}

// ANCHOR: kernel
/// 할당을 되풀이하며 방침에 따라 치움. 죽는 때가 지난 객체가 순환 쓰레기임.
pub fn simulate(
    p: &Params,
    policy: Policy,
    mut tick: impl FnMut(u64) -> Result<(), Failure>,
) -> Result<Outcome, Failure> {
    let mut out = Outcome::default();
    let frozen = match policy {
        Policy::Frozen => p.live,
        _ => 0,
    };
    // 젊은 것, 중간, 늙은 것: 객체마다 죽는 때
    let mut young: Vec<u64> = Vec::new();
    let mut middle: Vec<u64> = Vec::new();
    let mut old: VecDeque<u64> = VecDeque::new();
    old.resize((p.live - frozen) as usize, FOREVER);
    let (mut rounds, mut middles, mut pending) = (0, 0, 0);
    // 첫 전체 수집은 이미 끝났다고 봄
    let mut settled = old.len() as u64;
    for now in 0..p.ops {
        tick(now)?;
        // 나머지는 참조 횟수가 바로 치움
        let share = now * 7 % 1_000;
        if share < p.cycle_permille {
            young.push(now + p.life);
        } else if share < p.cycle_permille + p.keep_permille {
            young.push(FOREVER);
        }
        let heap = young.len() + middle.len() + old.len();
        out.peak = out.peak.max(frozen + heap as u64);
        if young.len() as u64 <= p.threshold || policy == Policy::Disabled {
            continue;
        }
        let mut seen = young.len() as u64;
        if policy == Policy::Incremental {
            old.extend(young.drain(..).filter(|dies| *dies > now));
            let part = old.len().min(p.slice as usize);
            seen += part as u64;
            for _ in 0..part {
                // 산 것은 줄의 끝으로 돌아감
                match old.pop_front() {
                    Some(dies) if dies > now => old.push_back(dies),
                    _ => {}
                }
            }
            out.pauses.push(seen);
            continue;
        }
        rounds += 1;
        let all = rounds > 10 && middles > 10 && pending > settled / 4;
        if all {
            seen += (middle.len() + old.len()) as u64;
            old.extend(young.drain(..).chain(middle.drain(..)));
            old.retain(|dies| *dies > now);
            settled = old.len() as u64;
            (rounds, middles, pending) = (0, 0, 0);
        } else if rounds > 10 {
            seen += middle.len() as u64;
            middle.append(&mut young);
            middle.retain(|dies| *dies > now);
            pending += middle.len() as u64;
            old.extend(middle.drain(..));
            rounds = 0;
            middles += 1;
        } else {
            middle.extend(young.drain(..).filter(|dies| *dies > now));
        }
        out.pauses.push(seen);
    }
    let heap = young.iter().chain(&middle).chain(&old);
    out.left = heap.filter(|dies| **dies <= p.ops).count() as u64;
    Ok(out)
}
// ANCHOR_END: kernel

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let fine = finer(p);
    let mut plans: Vec<(String, Policy, &Params)> = Policy::ALL
        .into_iter()
        .map(|policy| (policy.label().to_owned(), policy, p))
        .collect();
    let name = format!("점진, {}개씩", format::int(fine.slice));
    plans.push((name, Policy::Incremental, &fine));
    let total = plans.len() as u64 * p.ops;
    let mut all = Vec::new();
    for (i, (name, policy, p)) in plans.into_iter().enumerate() {
        let tick = |now: u64| match now % 16_384 {
            0 => ctx.progress(i as u64 * p.ops + now, total, &name),
            _ => Ok(()),
        };
        let out = simulate(p, policy, tick)?;
        all.push((name, out));
    }
    let of = |wanted: &str| {
        let found = all.iter().find(|(name, _)| name == wanted);
        found.map(|(_, out)| out.clone()).unwrap_or_default()
    };
    let peak = |policy: Policy| of(policy.label()).peak;
    let fine_peak = all.last().map_or(0, |(_, out)| out.peak);
    let ours = of(p.policy.label());
    let words = [
        ours.pauses.len() as u64,
        ours.longest(),
        ours.examined(),
        ours.peak,
        ours.left,
    ];
    Ok(Report::default()
        .answer("collections", words[0])
        .answer("longest", words[1])
        .answer("examined", words[2])
        .answer("peak", words[3])
        .answer("left", words[4])
        .answer("incremental_peak", peak(Policy::Incremental))
        .answer("fine_peak", fine_peak)
        .answer("disabled_peak", peak(Policy::Disabled))
        .checksum(&words)
        .view(View::Table(policies(&all)))
        .view(View::Chart(trade(&all)))
        .view(histogram(&all)))
}

/// 한 번에 살피는 수를 10분의 1로.
fn finer(p: &Params) -> Params {
    Params { slice: p.slice / 10, ..p.clone() }
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let p = Params::read(&report.params).unwrap_or_default();
    let (before, after) = (int("incremental_peak"), int("fine_peak"));
    let off = int("disabled_peak");
    // 1%까지는 같다고 봄
    let choice = match after {
        _ if after.abs_diff(before) * 100 <= before => "same",
        _ if after < before => "less",
        _ if after * 100 >= off * 99 => "off",
        _ => "more",
    };
    let sentence = format!(
        "최대 힙은 {}개씩 살피면 {}개, {}개씩이면 {}개, 수집을 끄면 {}개임.",
        format::int(p.slice),
        format::int(before),
        format::int(finer(&p).slice),
        format::int(after),
        format::int(off)
    );
    Verdict::choice(GUESSES, choice, sentence)
}

fn policies(all: &[(String, Outcome)]) -> Table {
    let row = |(name, out): &(String, Outcome)| {
        let count = out.pauses.len() as u64;
        let mean = out.examined() as f64 / count.max(1) as f64;
        vec![
            name.as_str().into(),
            count.into(),
            Cell::fixed(mean, 0),
            out.longest().into(),
            out.examined().into(),
            out.peak.into(),
            out.left.into(),
        ]
    };
    Table {
        title: "방침마다의 멈춤과 힙".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("방침"),
            Column::number("수집", "번"),
            Column::number("평균 멈춤", "개"),
            Column::number("가장 긴 멈춤", "개"),
            Column::number("모두 살펴봄", "개"),
            Column::number("최대 힙", "개"),
            Column::number("남은 쓰레기", "개"),
        ],
        rows: all.iter().map(row).collect(),
    }
}

fn trade(all: &[(String, Outcome)]) -> Chart {
    let series = |(name, out): &(String, Outcome)| Series {
        name: name.clone(),
        shape: Shape::Dot,
        points: vec![(out.longest() as f64, out.peak as f64).into()],
    };
    Chart {
        title: "가장 긴 멈춤과 최대 힙".into(),
        badge: Badge::Model,
        x: Axis::linear("가장 긴 멈춤에 살펴본 객체", "개"),
        y: Axis::linear("최대 힙", "개"),
        series: all.iter().map(series).collect(),
        marks: Vec::new(),
    }
}

/// 살펴본 수가 두 배가 될 때마다 한 칸. 빈 칸은 뺌.
fn histogram(all: &[(String, Outcome)]) -> View {
    if all.iter().all(|(_, out)| out.pauses.is_empty()) {
        // 그릴 것이 없는 그래프 대신
        return note(
            "어느 방침으로도 멈춘 적이 없어 멈춤의 횟수는 그리지 않음",
        );
    }
    let bin = |pause: u64| pause.max(1).ilog2();
    let mut bins: Vec<u32> = all
        .iter()
        .flat_map(|(_, out)| &out.pauses)
        .map(|pause| bin(*pause))
        .collect();
    bins.sort_unstable();
    bins.dedup();
    let names = bins.iter().map(|bin| {
        let low = 1_u64 << bin;
        format!("{}–{}", format::int(low), format::int(2 * low - 1))
    });
    let series = |(name, out): &(String, Outcome)| {
        let count = |(at, each): (usize, &u32)| {
            let same = out.pauses.iter().filter(|pause| bin(**pause) == *each);
            let count = same.count();
            (count > 0).then(|| (at as f64, count as f64).into())
        };
        Series {
            name: name.clone(),
            shape: Shape::Bar,
            points: bins.iter().enumerate().filter_map(count).collect(),
        }
    };
    View::Chart(Chart {
        title: "멈춤 하나에 살펴본 객체와 그런 멈춤의 횟수".into(),
        badge: Badge::Model,
        x: Axis::category("살펴본 객체(개)", names),
        y: Axis::linear("멈춤", "번"),
        series: all
            .iter()
            .filter(|(_, out)| !out.pauses.is_empty())
            .map(series)
            .collect(),
        marks: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn small(policy: Policy) -> Outcome {
        let p = Params {
            ops: 30_000,
            live: 0,
            cycle_permille: 1_000,
            keep_permille: 0,
            life: 0,
            ..Params::default()
        };
        simulate(&p, policy, |_| Ok(())).unwrap()
    }

    /// 바로 버려지는 순환만: 2,001개마다 한 번, 모두 젊어서 치워짐.
    #[test]
    fn young_garbage_never_grows_old() {
        for policy in [Policy::Generational, Policy::Incremental] {
            let out = small(policy);
            // 마지막 하나는 아직 쓰이는 때라 다음 번에 치워짐
            assert!(out.pauses.len() == 14, "{policy:?} {out:?}");
            assert!(out.longest() <= 2_001 + 2, "{policy:?}");
            assert!(out.peak <= 2_003, "{policy:?}");
        }
        let off = small(Policy::Disabled);
        assert_eq!((off.pauses.len(), off.peak), (0, 30_000));
        assert_eq!(off.left, 30_000);
    }

    #[test]
    fn freezing_spares_the_old() {
        let p = Params::default();
        let of = |policy| simulate(&p, policy, |_| Ok(())).unwrap();
        let (whole, frozen) = (of(Policy::Generational), of(Policy::Frozen));
        assert_eq!(frozen.longest() + p.live, whole.longest());
        let part = of(Policy::Incremental);
        assert!(part.longest() <= p.threshold + 1 + p.slice);
        let off = of(Policy::Disabled);
        assert!(off.peak > whole.peak && off.peak > part.peak);
        assert_eq!(off.longest(), 0);
    }

    /// 본문의 수: 전체 수집의 바로 앞에서 멈추면 치울 것이 세어짐.
    #[test]
    fn half_of_the_longest_pause_is_alive() {
        let of = |ops, policy| {
            let p = Params { ops, ..Params::default() };
            simulate(&p, policy, |_| Ok(())).unwrap()
        };
        for (policy, longest) in
            [(Policy::Generational, 288_596), (Policy::Frozen, 188_596)]
        {
            let before = of(377_317, policy);
            assert_eq!(before.left, 138_868, "{policy:?}");
            assert!(before.longest() < longest);
            assert_eq!(of(377_318, policy).longest(), longest);
        }
    }

    /// 본문의 수: 처음부터 살던 것을 다 지나가도 따라잡지 못함.
    #[test]
    fn thin_slices_never_catch_up() {
        let of = |ops, policy| {
            let p = Params { ops, slice: 500, ..Params::default() };
            let out = simulate(&p, policy, |_| Ok(())).unwrap();
            (out.pauses.len(), out.peak)
        };
        let (thin, off) = (Policy::Incremental, Policy::Disabled);
        assert_eq!(of(400_000, thin), (139, 380_000));
        assert_eq!(of(400_000, off), (0, 380_000));
        assert_eq!(of(2_000_000, thin), (699, 1_328_570));
        assert_eq!(of(2_000_000, off), (0, 1_500_000));
    }

    #[test]
    fn slices_too_thin_are_as_good_as_none() {
        let choice = |pairs: &[(&str, &str)]| {
            let report = run_with("case_gc_pause", pairs);
            report.verdict.unwrap().choice.unwrap()
        };
        assert_eq!(choice(&[]), "off");
        // 버려지는 것이 없으면 얼마씩 살피든 같음
        let kept = [("cycle_permille", "0"), ("live", "0")];
        assert_eq!(choice(&kept), "same");
    }

    /// 할당이 남지 않으면 아무도 멈추지 않음.
    #[test]
    fn no_pause_is_a_note_and_not_an_empty_chart() {
        let report = run_with(
            "case_gc_pause",
            &[("live", "0"), ("cycle_permille", "0"), ("keep_permille", "0")],
        );
        let drawn = |view: &View| match view {
            View::Chart(chart) => !chart.series.is_empty(),
            _ => true,
        };
        assert!(report.views.iter().all(drawn));
        assert!(matches!(report.views.last(), Some(View::Note(_))));
    }

    #[test]
    fn too_much_looking_is_refused() {
        let pairs = [("threshold", "100"), ("slice", "1000000")];
        assert!(Params::table().parse(pairs, Scope::Browser).is_err());
    }

    #[test]
    fn shares_over_one_are_refused() {
        let pairs = [("cycle_permille", "900"), ("keep_permille", "200")];
        assert!(Params::table().parse(pairs, Scope::Native).is_err());
    }
}
