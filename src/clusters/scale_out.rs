//! 잰 속도에서 시작해 기계를 10대, 1,000대, 100,000대로 늘리면: 쏠림, 느린
//! 꼬리, 고장, 값을 차례로 곱한 종이 위의 계획.

use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Table, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 기계를 100배로 늘려도 100배 빨라지지 않는가?",
    prediction: Prediction {
        text: "가장 무거운 열쇠가 전체의 0.1%, 느린 기계가 1%(3배 느림), 한 \
               대가 고장 나기까지 평균 1,000일임. 기계를 1,000대에서 100,000대로 \
               늘리면 몇 배 빨라질까?",
        ask: Ask::Choices(GAINS),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None("식 몇 개를 계산할 뿐이라 잴 시간이 없음"),
    memory_mib: 16,
};

const GAINS: &[(&str, &str)] =
    &[("100", "100배"), ("30", "30배"), ("5", "5배"), ("1", "거의 그대로")];

lab::params! {
    /// 잰 것과 짐작한 것.
    pub struct Params {
        rate: u64 = 50_000_000, int("한 대의 속도").unit("개/초")
            .range(1_000, 1_000_000_000).log()
            .hint("내 기계에서 잰 값을 넣음: 레코드 하나가 20 ns면 50,000,000. \
                   배수는 바뀌지 않음");
        records: u64 = 10_000_000_000_000, int("모든 레코드").unit("개")
            .range(1_000_000, 1_000_000_000_000_000).log();
        hot: u64 = 1_000, int("무거운 열쇠의 몫").unit("ppm")
            .range(0, 1_000_000)
            .hint("백만 개 가운데. 1,000이면 0.1%. shuffle_skew에서 봄");
        slow: u64 = 10, int("느린 기계").unit("‰").range(0, 500)
            .hint("천 대 가운데. tail_fanout에서 봄");
        factor: u64 = 3, int("느린 정도").unit("배").range(1, 20);
        checkpoint: u64 = 60, int("체크포인트 한 번").unit("초")
            .range(1, 3_600).log();
        mtbf: u64 = 1_000, int("고장 나기까지").unit("일")
            .range(1, 10_000).log()
            .hint("한 대의 평균. 기계가 n대면 n분의 1마다 하나가 고장 남");
        price: u64 = 500, int("한 대의 값").unit("원/시간")
            .range(1, 100_000).log();
    }
    check = |_: &Params, _: Scope| Ok(());
}

// ANCHOR: kernel
/// 기계 `n`대의 계획. 배수는 모두 한 대와 견준 것.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub machines: u64,
    /// 가장 바쁜 기계의 몫으로 정해지는 배수.
    pub skewed: f64,
    /// 느린 기계가 하나라도 끼어 늦어지는 것까지.
    pub tailed: f64,
    /// 체크포인트와 되돌아가기까지. 잃는 몫의 어림이 100%를 넘으면 0.
    pub speedup: f64,
    /// 느린 기계를 만날 확률.
    pub touched: f64,
    /// 체크포인트의 간격, 초.
    pub interval: f64,
    /// 체크포인트와 다시 하기에 잃는 몫.
    pub lost: f64,
}

pub fn plan(p: &Params, n: u64) -> Plan {
    let machines = n as f64;
    // 가장 무거운 열쇠를 맡은 기계: 그 열쇠와, 나머지의 n분의 1
    let hot = p.hot as f64 / 1e6;
    let skewed = 1.0 / (hot + (1.0 - hot) / machines);
    // 모두가 끝나야 끝나므로, 하나라도 느리면 느린 것
    let touched = 1.0 - power(1.0 - p.slow as f64 / 1e3, n);
    let tailed = skewed / (1.0 + (p.factor as f64 - 1.0) * touched);
    // 영의 식: 저장하는 값과 다시 하는 값이 같아지는 간격
    let (save, alive) = (p.checkpoint as f64, p.mtbf as f64 * 86_400.0);
    let failure = alive / machines;
    let interval = (2.0 * save * failure).sqrt();
    let lost = save / interval + interval / (2.0 * failure);
    let kept = if lost < 1.0 { 1.0 - lost } else { 0.0 };
    let speedup = tailed * kept;
    Plan { machines: n, skewed, tailed, speedup, touched, interval, lost }
}

/// 곱셈만으로 구한 거듭제곱: 어느 실행 환경에서나 같은 비트.
fn power(mut base: f64, mut n: u64) -> f64 {
    let mut product = 1.0;
    while n > 0 {
        if n & 1 == 1 {
            product *= base;
        }
        base *= base;
        n >>= 1;
    }
    product
}
// ANCHOR_END: kernel

/// 표에 적는 기계의 수.
const SIZES: [u64; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

/// 그림에 찍는 기계의 수: 1–2–5로 100만까지.
fn sweep() -> impl Iterator<Item = u64> {
    let steps = (0..=5)
        .flat_map(|power: u32| [1, 2, 5].map(|step| step * 10u64.pow(power)));
    steps.chain([1_000_000])
}

impl Params {
    /// 한 대로 걸리는 시간, 시간.
    fn hours(&self) -> f64 {
        self.records as f64 / self.rate as f64 / 3_600.0
    }

    /// 기계 `n`대로 걸리는 시간과 값. 셈할 수 없으면 없음.
    fn bill(&self, plan: &Plan) -> Option<(f64, f64)> {
        (plan.speedup > 0.0).then(|| {
            let hours = self.hours() / plan.speedup;
            (hours, hours * plan.machines as f64 * self.price as f64)
        })
    }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let plans: Vec<Plan> = sweep().map(|n| plan(p, n)).collect();
    // 같으면 기계가 적은 쪽
    let best = plans.iter().fold(plan(p, 1), |best, each| {
        if each.speedup > best.speedup { *each } else { best }
    });
    let mut report = Report::default();
    let mut words = Vec::new();
    for n in SIZES {
        let plan = plan(p, n);
        // 천분의 1까지
        let permille = (plan.speedup * 1e3).floor() as u64;
        report = report.answer(&format!("speedup_{n}"), permille);
        words.extend([plan.speedup.to_bits(), plan.interval.to_bits()]);
    }
    words.push(best.machines);
    Ok(report
        .answer("best_machines", best.machines)
        .answer("best_speedup", (best.speedup * 1e3).floor() as u64)
        .answer("single_hours", p.hours().floor() as u64)
        .checksum(&words)
        .view(View::Table(table(p)))
        .view(View::Chart(speeds(&plans)))
        .view(View::Table(bills(p, &best)))
        .view(note(
            "종이 위의 계산임: 어떤 기계에서도 잰 것이 아님. 네 가지를 서로 \
             상관없는 것으로 보고 곱하며, 네트워크가 막히는 것과 맞춰 보는 \
             값은 넣지 않았으므로 실제는 이보다 늦음. 고장의 식은 저장이 \
             고장 간격보다 훨씬 짧을 때만 맞음",
        )))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let (few, many) = (plan(&p, 1_000), plan(&p, 100_000));
    if few.speedup <= 0.0 || many.speedup <= 0.0 {
        let size = if few.speedup > 0.0 { "100,000대" } else { "1,000대" };
        // 배수를 모르므로 맞는 선택지도 없음
        return Verdict {
            headline: BEYOND.into(),
            sentence: format!(
                "{size}에서 저장하고 다시 하는 데에 잃는 몫을 어림하면 100%를 \
                 넘음: 이 모형으로는 셈할 수 없을 만큼 고장이 잦음."
            ),
            ..Verdict::default()
        };
    }
    let ratio = many.speedup / few.speedup;
    // 값의 기준인 한 대도 고장 나고 느려짐
    let one = plan(&p, 1).speedup;
    let sentence = format!(
        "이 모형에서 1,000대는 고장도 느린 때도 없는 한 대의 {}배, \
         100,000대는 {}배임. 드는 값은 한 대로 할 때의 {}배에서 {}배가 됨.",
        format::significant(few.speedup),
        format::significant(many.speedup),
        format::significant(1e3 / few.speedup * one),
        format::significant(1e5 / many.speedup * one),
    );
    Verdict::ratio(GAINS, ratio, sentence)
}

fn table(p: &Params) -> Table {
    let rows = SIZES.iter().map(|&n| {
        let plan = plan(p, n);
        vec![
            n.into(),
            times(plan.skewed),
            Cell::fixed(plan.touched * 100.0, 1),
            times(plan.tailed),
            Cell::fixed(plan.interval / 60.0, 1),
            Cell::fixed((plan.lost * 100.0).min(100.0), 1),
            reached(&plan, plan.speedup).map_or(BEYOND.into(), times),
        ]
    });
    Table {
        title: "기계를 늘리면 무엇이 배수를 깎는가".into(),
        badge: Badge::Model,
        columns: vec![
            Column::number("기계", "대"),
            Column::number("쏠림까지", "배"),
            Column::number("느린 것을 만남", "%"),
            Column::number("꼬리까지", "배"),
            Column::number("저장 간격", "분(모형)"),
            Column::number("고장에 잃음", "%"),
            Column::number("모두 넣으면", "배"),
        ],
        rows: rows.collect(),
    }
}

/// 고장이 잦아 모형의 밖임.
const BEYOND: &str = "셈할 수 없음";

/// 모형이 끝까지 셈한 계획의 값만.
fn reached(plan: &Plan, value: f64) -> Option<f64> {
    (plan.speedup > 0.0).then_some(value)
}

fn times(value: f64) -> Cell {
    let text = format::significant(value);
    Cell { text, value: Some(value) }
}

fn bills(p: &Params, best: &Plan) -> Table {
    let row = |n: u64| {
        let plan = plan(p, n);
        let bill = p.bill(&plan);
        let cell = |value: Option<f64>| value.map_or(BEYOND.into(), times);
        let percent = reached(&plan, plan.speedup / n as f64 * 100.0);
        vec![
            n.into(),
            cell(bill.map(|(hours, _)| hours)),
            cell(bill.map(|(_, won)| won / 1e4)),
            percent.map_or(BEYOND.into(), |each| Cell::fixed(each, 1)),
        ]
    };
    Table {
        title: format!(
            "걸리는 시간과 값: 그림의 크기 가운데 {}대가 가장 빨라 {}배",
            format::int(best.machines),
            format::significant(best.speedup)
        ),
        badge: Badge::Model,
        columns: vec![
            Column::number("기계", "대"),
            Column::number("걸림", "시간(모형)"),
            Column::number("값", "만 원(모형)"),
            Column::number("효율", "%"),
        ],
        rows: SIZES.iter().map(|n| row(*n)).collect(),
    }
}

fn speeds(plans: &[Plan]) -> Chart {
    let line = |name: &str, value: &dyn Fn(&Plan) -> f64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: plans
            .iter()
            .filter(|plan| value(plan) > 0.0)
            .map(|plan| (plan.machines as f64, value(plan)).into())
            .collect(),
    };
    Chart {
        title: "이상에서 하나씩 깎임".into(),
        badge: Badge::Model,
        x: Axis::log("기계", "대"),
        y: Axis::log("한 대의", "배"),
        series: vec![
            line("이상", &|plan| plan.machines as f64),
            line("쏠림", &|plan| plan.skewed),
            line("쏠림과 꼬리", &|plan| plan.tailed),
            line("고장까지", &|plan| plan.speedup),
        ],
        marks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 명세의 식: p = 1%, n = 100이면 63.4%. C = 60초, 하루에 한 번 고장
    /// 나면 약 53.7분.
    #[test]
    fn the_anchors_of_the_specification() {
        let p = Params { mtbf: 1, ..Params::default() };
        let touched = plan(&p, 100).touched;
        assert!((touched - 0.634).abs() < 5e-4, "{touched}");
        let minutes = plan(&p, 1).interval / 60.0;
        assert!((minutes - 53.7).abs() < 0.05, "{minutes}");
        assert_eq!(power(0.5, 10), 1.0 / 1024.0);
        assert_eq!(power(3.0, 0), 1.0);
    }

    /// 쏠림만 있으면 열쇠의 몫의 역수가 한계.
    #[test]
    fn skew_alone_has_a_ceiling() {
        let p = Params { slow: 0, mtbf: 10_000, ..Params::default() };
        let limit = plan(&p, 1_000_000).skewed;
        assert!((990.0..1_000.0).contains(&limit), "{limit}");
        let even = Params { hot: 0, slow: 0, ..Params::default() };
        assert_eq!(plan(&even, 1_000).tailed, 1_000.0);
    }

    #[test]
    fn the_default_answer_is_almost_nothing() {
        let report = run_with("scale_out", &[]);
        let verdict = report.verdict.as_ref().unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("1"));
        let ratio = verdict.number.unwrap();
        assert!((1.2..1.4).contains(&ratio), "{ratio}");
        // 표의 값과 같음: 2.84에서 17.3, 1,342만 원
        assert!(verdict.sentence.contains("6.10배에서 473배"));
        // 1,000대: 쏠림 500배, 느린 것이 늘 있어 3으로, 고장에 3.7%
        let thousand = report.int("speedup_1000").unwrap();
        assert!((155_000..165_000).contains(&thousand), "{thousand}");
    }

    /// 어림한 손실이 100%를 넘으면 셈할 수 없음.
    #[test]
    fn too_many_failures_are_beyond_the_formula() {
        let pairs = [("mtbf", "1"), ("checkpoint", "3600")];
        let report = run_with("scale_out", &pairs);
        assert_eq!(report.int("speedup_100000"), Some(0));
        let verdict = report.verdict.as_ref().unwrap();
        assert_eq!(verdict.headline, BEYOND);
        assert!(verdict.is_pending());
        // 어느 크기부터 벗어났는지
        assert!(verdict.sentence.starts_with("1,000대에서"));
        let slower = run_with("scale_out", &[("checkpoint", "600")]);
        let said = slower.verdict.unwrap().sentence;
        assert!(said.starts_with("100,000대에서"), "{said}");
        let last = report.views.iter().filter_map(|view| match view {
            View::Table(table) => table.rows.last()?.last(),
            _ => None,
        });
        let last: Vec<&str> = last.map(|cell| cell.text.as_str()).collect();
        assert_eq!(last, [BEYOND; 2]);
    }
}
