//! 진짜 작업 큐: 일꾼이 죽고, 같은 일이 두 번 오고, 풀 수 없는 일이 섞여도
//! 답은 하나임.
//!
//! 정확한 부분은 큐에 넣을 일과, 큐가 그것을 몇 번 배달할지의 계획임.
//! `--measure`는 `broker`로 진짜 NATS JetStream을 띄워 그 계획을 확인함.

use std::ops::Range;

use lab::report::{Axis, Badge, Chart, Column, Series, Shape, Table, Verdict};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 죽은 일꾼의 일을 다른 일꾼이 이어받는가?",
    prediction: Prediction {
        text: "일꾼 하나가 일을 8건 당겨 와, 첫 건의 답을 저장하고 확인을 \
               보내려는 순간 죽음. 큐는 몇 건을 다시 배달할까?",
        ask: Ask::Number { unit: "건" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

lab::choices! {
    /// 첫 일꾼이 죽는 때.
    pub enum Crash {
        Never = "never", "죽지 않음";
        BeforeResult = "before_result", "셈하는 도중";
        BeforeAck = "before_ack", "답을 저장하고 확인 앞";
    }
}

impl Crash {
    /// 자식에게 건네는 이름.
    pub fn name(self) -> &'static str {
        match self {
            Crash::Never => "never",
            Crash::BeforeResult => "before_result",
            Crash::BeforeAck => "before_ack",
        }
    }
}

lab::choices! {
    /// 이 프로세스가 맡는 일.
    pub enum Role {
        All = "all", "모두";
        Producer = "producer", "일을 발행";
        Worker = "worker", "일꾼";
        Collector = "collector", "답을 모음";
    }
}

lab::params! {
    /// 1부터 `n`까지의 콜라츠 걸음 수를 일로 나눔.
    pub struct Params {
        n: u64 = 100_000, int("1부터 여기까지").browser(1_000, 300_000)
            .native(1_000, 3_000_000).log();
        chunk: u64 = 1_000, int("일 하나의 수").unit("개")
            .range(100, 100_000).log();
        workers: u64 = 2, int("살아 있는 일꾼").unit("명").range(1, 8);
        batch: u64 = 8, int("한 번에 당기는 일").unit("건").range(1, 64);
        crash: Crash = Crash::BeforeAck, choice("첫 일꾼이 죽는 때")
            .hint("당겨 온 것 가운데 첫 일에서 죽음");
        resend: u64 = 10, int("두 번 발행한 일").unit("건").range(0, 100)
            .hint("확인을 못 받은 셈 치고 같은 이름으로 한 번 더 보냄");
        poison: u64 = 1, int("풀 수 없는 일").unit("건").range(0, 10);
        max_deliver: u64 = 3, int("최대 전달").unit("번").range(1, 20);
        ack_wait_ms: u64 = 500, int("확인 기다림").unit("ms")
            .range(100, 30_000).log().hint("계획은 이것과 상관없음");
        role: Role = Role::All, choice("맡는 일")
            .hint("네이티브에서만: 터미널 여럿에 나눠 띄울 때");
        url: String = AUTO.to_owned(), text("서버").limit(200)
            .hint("네이티브에서만: auto면 127.0.0.1의 빈 포트에 직접 띄움");
    }
    check = check;
}

const AUTO: &str = "auto";
/// 받아 주는 일의 수.
const MOST_JOBS: u64 = 5_000;

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    let jobs = p.jobs();
    if jobs > MOST_JOBS {
        let least = p.n.div_ceil(MOST_JOBS);
        let why = format!(
            "일 하나의 수(chunk)의 값 '{}': 일이 {}건이나 됨. {} 이상이어야 함",
            p.chunk,
            format::int(jobs),
            format::int(least)
        );
        return Err(Failure::param("chunk", why));
    }
    if p.crash != Crash::Never && jobs < p.batch {
        let why = format!(
            "한 번에 당기는 일(batch)의 값 '{}': 일이 {jobs}건뿐임. 1–{jobs}건 \
             범위여야 함",
            p.batch
        );
        return Err(Failure::param("batch", why));
    }
    if p.resend > jobs {
        let why = format!(
            "두 번 발행한 일(resend)의 값 '{}': 일이 {jobs}건뿐임. 0–{jobs}건 \
             범위여야 함",
            p.resend
        );
        return Err(Failure::param("resend", why));
    }
    if p.url == AUTO && p.role != Role::All {
        let why = "서버(url)의 값 'auto': 맡는 일(role)이 all일 때만 됨. \
                   nats://주소:포트 꼴로 서버를 말해야 함";
        return Err(Failure::param("url", why.to_owned()));
    }
    if p.url != AUTO && !p.url.starts_with("nats://") {
        let why = format!(
            "서버(url)의 값 '{}': auto나 nats://주소:포트 꼴이어야 함",
            p.url
        );
        return Err(Failure::param("url", why));
    }
    Ok(())
}

// ANCHOR: kernel
/// 콜라츠 수열이 `i`에서 1에 닿을 때까지의 걸음 수.
#[inline]
pub fn steps(mut i: u64) -> u64 {
    let mut count = 0;
    while i > 1 {
        i = if i & 1 == 0 { i / 2 } else { 3 * i + 1 };
        count += 1;
    }
    count
}

/// 일 하나: `lo`부터 `hi`까지. 다른 일을 몰라도 할 수 있음.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// 중복을 가리는 이름이자, 답을 두는 자리.
    pub id: u64,
    pub lo: u64,
    pub hi: u64,
}

impl Job {
    /// 1부터 `n`까지를 `chunk`개씩.
    pub fn split(n: u64, chunk: u64) -> Vec<Job> {
        let job =
            |id| Job { id, lo: id * chunk + 1, hi: ((id + 1) * chunk).min(n) };
        (0..n.div_ceil(chunk)).map(job).collect()
    }

    pub fn sum(&self) -> u64 {
        (self.lo..=self.hi).map(steps).sum()
    }

    /// 메시지의 내용.
    pub fn write(&self) -> String {
        format!("{} {} {}", self.id, self.lo, self.hi)
    }

    /// 읽을 수 없으면 풀 수 없는 일임.
    pub fn read(text: &str) -> Option<Job> {
        let mut words = text.split(' ').map(str::parse);
        let mut next = || words.next()?.ok();
        Some(Job { id: next()?, lo: next()?, hi: next()? })
    }
}

/// 큐가 할 일의 수. 배달의 차례나 빠르기와 상관없이 정해짐.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub jobs: u64,
    /// 같은 이름이라 서버가 버리는 발행.
    pub duplicates: u64,
    pub deliveries: u64,
    /// 죽은 일꾼의 손에 있던 것 가운데 다시 배달되는 것.
    pub taken_back: u64,
    /// 모든 재전송.
    pub redelivered: u64,
    /// 모으는 쪽이 받는 답.
    pub received: u64,
    /// 그 가운데 서로 다른 일의 답.
    pub unique: u64,
    /// 최대 전달을 넘겨 옮겨 둔 것.
    pub parked: u64,
    /// 일마다 하나만 둔 답의 합.
    pub sum: u64,
    /// 받을 때마다 더한 합.
    pub added: u64,
}

impl Plan {
    /// `sums`는 일마다의 답.
    pub fn new(p: &Params, sums: &[u64]) -> Plan {
        let jobs = sums.len() as u64;
        // 당겨 온 것은 하나도 확인하지 못했으므로 모두 큐로 돌아감
        let hand = if p.crash == Crash::Never { 0 } else { p.batch };
        let answered = u64::from(p.crash == Crash::BeforeAck);
        // 한 번만 배달하는 큐에서는 돌아온 것이 곧 격리됨
        let again = p.max_deliver > 1;
        let lost = if again { 0..0 } else { answered..hand };
        let taken_back = if again { hand } else { 0 };
        let redelivered = taken_back + p.poison * (p.max_deliver - 1);
        let unique = jobs - (lost.end - lost.start);
        let twice = if again { answered } else { 0 };
        let part = |range: Range<u64>| -> u64 {
            sums[range.start as usize..range.end as usize].iter().sum()
        };
        let sum = part(0..jobs) - part(lost);
        Plan {
            jobs,
            duplicates: p.resend,
            deliveries: jobs + p.poison + redelivered,
            taken_back,
            redelivered,
            received: unique + twice,
            unique,
            parked: p.poison + hand - taken_back,
            sum,
            added: sum + part(0..twice),
        }
    }
}
// ANCHOR_END: kernel

impl Params {
    fn jobs(&self) -> u64 {
        self.n.div_ceil(self.chunk)
    }

    /// 발행할 메시지: 일, 두 번째로 보내는 일, 풀 수 없는 일의 차례.
    pub fn posts(&self) -> Vec<(u64, String)> {
        let jobs = Job::split(self.n, self.chunk);
        let count = jobs.len() as u64;
        let again = jobs.iter().take(self.resend as usize);
        let good = jobs.iter().chain(again).map(|job| (job.id, job.write()));
        let bad =
            (count..count + self.poison).map(|id| (id, format!("{id} ?")));
        good.chain(bad).collect()
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let jobs = Job::split(p.n, p.chunk);
    let mut sums = Vec::with_capacity(jobs.len());
    for (done, job) in jobs.iter().enumerate() {
        if done % 64 == 0 {
            ctx.progress(done as u64, jobs.len() as u64, "일마다 셈하기")?;
        }
        sums.push(job.sum());
    }
    let plan = Plan::new(p, &sums);
    let total: u64 = sums.iter().sum();
    let words: Vec<u64> = sums
        .iter()
        .copied()
        .chain(plan.rows().map(|(_, _, value)| value))
        .collect();
    let mut report = Report::default().answer("total", total);
    for (key, _, value) in plan.rows() {
        report = report.answer(key, value);
    }
    Ok(report
        .checksum(&words)
        .view(View::Table(plan_table(&plan)))
        .view(View::Table(hand_table(p, &jobs, &sums)))
        .view(View::Chart(sizes(&jobs, &sums)))
        .view(note(format!(
            "1부터 {}까지의 걸음을 모두 더하면 {}. 여기까지는 계획이고, 진짜 \
             큐에 넣어 보는 것은 네이티브 명령에 --measure를 붙임",
            format::int(p.n),
            format::int(total)
        ))))
}

impl Plan {
    /// 답의 이름, 화면의 이름, 값.
    fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        [
            ("jobs", "일", self.jobs),
            ("duplicates", "서버가 버린 중복 발행", self.duplicates),
            ("deliveries", "배달", self.deliveries),
            ("redelivered", "그 가운데 재전송", self.redelivered),
            (
                "taken_back",
                "그 가운데 죽은 일꾼의 손에 있던 것",
                self.taken_back,
            ),
            ("received", "받은 답", self.received),
            ("unique", "서로 다른 답", self.unique),
            ("parked", "격리", self.parked),
            ("sum", "멱등한 효과의 합", self.sum),
            ("added", "받을 때마다 더한 합", self.added),
        ]
        .into_iter()
    }
}

fn plan_table(plan: &Plan) -> Table {
    let row =
        |(_, label, value): (_, &str, u64)| vec![label.into(), value.into()];
    Table {
        title: "계획: 큐가 할 일".into(),
        badge: Badge::Exact,
        columns: vec![Column::text("무엇"), Column::number("수", "")],
        rows: plan.rows().map(row).collect(),
    }
}

/// 죽은 일꾼이 손에 쥐고 있던 것. 아무도 죽지 않으면 처음 당긴 것.
fn hand_table(p: &Params, jobs: &[Job], sums: &[u64]) -> Table {
    const MOST: usize = 12;
    let row = |(at, (job, sum)): (usize, (&Job, &u64))| {
        let answered = at == 0 && p.crash == Crash::BeforeAck;
        let answer = if answered { "저장됨" } else { "없음" };
        let next = match (p.crash, p.max_deliver) {
            (Crash::Never, _) => "답을 저장하고 확인",
            (_, 1) => "격리",
            _ => "다시 배달",
        };
        vec![
            job.id.into(),
            format!("{}–{}", format::int(job.lo), format::int(job.hi)).into(),
            (*sum).into(),
            answer.into(),
            next.into(),
        ]
    };
    let hand = jobs.iter().zip(sums).take(p.batch as usize);
    let when = match p.crash {
        Crash::Never => "한 번에 당긴 것".to_owned(),
        crash => format!("죽은 일꾼의 손에 있던 것({})", crash.label()),
    };
    let more = (p.batch as usize).min(jobs.len()).saturating_sub(MOST);
    let more = match more {
        0 => String::new(),
        more => format!(", 뒤의 {more}건은 줄임"),
    };
    Table {
        title: format!("{when}{more}"),
        badge: Badge::Exact,
        columns: vec![
            Column::number("일", "번"),
            Column::text("범위"),
            Column::number("걸음의 합", ""),
            Column::text("답"),
            Column::text("그다음"),
        ],
        rows: hand.take(MOST).enumerate().map(row).collect(),
    }
}

/// 일마다의 크기.
fn sizes(jobs: &[Job], sums: &[u64]) -> Chart {
    let points = jobs.iter().zip(sums).map(|(job, sum)| {
        let items = (job.hi - job.lo + 1) as f64;
        (job.id as f64, *sum as f64 / items).into()
    });
    Chart {
        title: "일마다의 크기".into(),
        badge: Badge::Exact,
        x: Axis::linear("일", "번"),
        y: Axis::linear("수 하나의 걸음", "걸음"),
        series: vec![Series {
            name: "그 일의 평균".into(),
            shape: Shape::Line,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key: &str| report.int(key).unwrap_or(0);
    let back = int("taken_back");
    let twice = int("received") - int("unique");
    let sentence = match p.crash {
        _ if p.role != Role::All => "이 역할로는 아무도 일부러 죽지 않음: \
             수는 role이 all일 때의 계획임."
            .to_owned(),
        Crash::Never => "아무도 죽지 않아 돌아온 것이 없음.".to_owned(),
        _ if p.max_deliver == 1 => format!(
            "한 번만 배달하는 큐라 손에 있던 {}건은 다시 오지 않고 격리됨.",
            p.batch
        ),
        _ => {
            let (hand, sum) = (p.batch, format::int(int("sum")));
            let answers = match twice {
                0 => format!("두 번 오는 답은 없고, 합은 {sum}."),
                _ => format!(
                    "답은 {twice}건이 두 번 오지만, 일의 번호마다 하나만 \
                     두므로 합은 {sum}."
                ),
            };
            format!(
                "손에 있던 {hand}건을 하나도 확인하지 않아 모두 다시 배달됨. \
                 {answers}"
            )
        }
    };
    Verdict::number(format!("{back}건"), back as f64, sentence)
}

#[cfg(any(target_family = "wasm", not(feature = "nats")))]
fn measure(_: &Params, _: &Ctx) -> Result<Vec<View>, Failure> {
    let why = if cfg!(target_family = "wasm") {
        "페이지에는 소켓이 없어 큐에 이을 수 없음: 카드 아래의 기록된 결과가 \
         진짜 서버에서 얻은 것임. 내 컴퓨터에서는 네이티브 명령에 \
         --features nats와 --measure를 붙임"
    } else {
        "진짜 큐는 --features nats를 붙여 빌드해야 씀: \
         cargo run --release --features nats --example jobs_nats -- --measure"
    };
    Ok(vec![note(why)])
}

#[cfg(all(not(target_family = "wasm"), feature = "nats"))]
use real::measure;

/// 진짜 큐에서.
#[cfg(all(not(target_family = "wasm"), feature = "nats"))]
mod real {
    use std::time::Duration;

    use super::super::broker::{
        self, Event, Launch, Outcome, Round, Rules, Server, Store, Until,
    };
    use super::*;
    use lab::measure::{paired_ratio, quantile};
    use lab::report::{
        AxisName, Cell, Mark, Point, Span, TimeLane, Timeline, Tone,
    };

    impl Params {
        fn rules(&self) -> Rules {
            Rules {
                ack_wait: Duration::from_millis(self.ack_wait_ms),
                max_deliver: self.max_deliver,
            }
        }

        fn until(&self, plan: &Plan) -> Until {
            Until {
                received: plan.received,
                unique: plan.unique,
                parked: plan.parked,
                silence: broker::silence(self.rules()),
            }
        }

        fn plan(&self) -> Plan {
            let jobs = Job::split(self.n, self.chunk);
            let sums: Vec<u64> = jobs.iter().map(Job::sum).collect();
            Plan::new(self, &sums)
        }
    }

    pub fn measure(p: &Params, ctx: &Ctx) -> Result<Vec<View>, Failure> {
        let alive = || ctx.progress(0, 1, "작업 큐");
        match p.role {
            Role::All => {}
            Role::Producer => return produce(p),
            Role::Worker => return serve(p, &alive),
            Role::Collector => return gather(p, &alive),
        }
        let plan = p.plan();
        let launch = Launch::this()?;
        let server = match p.url.as_str() {
            AUTO => Some(Server::start(&launch, &alive)?),
            _ => None,
        };
        let url = server.as_ref().map_or(p.url.as_str(), |ours| &ours.url);
        let outcome = fail(p, &plan, &launch, url, &alive)?;
        let first = |event: &Event| event.turn == 1;
        let again = |event: &Event| event.turn > 1 && event.job < p.batch;
        let pictures = [
            gantt(
                p,
                &outcome,
                "처음 배달: 칸의 수는 일의 번호, ✕는 확인하지 못한 것",
                first,
            ),
            gantt(p, &outcome, "확인 기다림 뒤: 손에 있던 일이 돌아옴", again),
        ];
        let mut views = vec![View::Table(against(&plan, &outcome))];
        let drawn = |picture: &Timeline| !picture.lanes.is_empty();
        views.extend(pictures.into_iter().filter(drawn).map(View::Timeline));
        views.push(View::Table(log(p, &plan, &outcome)));
        let asked = Bill { launch: &launch, url, server: server.as_ref() };
        views.extend(overhead(p, &asked, ctx)?);
        views.push(note(
            "서버는 데비안의 nats-server, 127.0.0.1에만 열림. 일꾼은 저마다 \
             프로세스이고, 죽은 일꾼은 부모가 SIGKILL로 죽인 것임",
        ));
        Ok(views)
    }

    /// 죽고, 두 번 오고, 풀 수 없는 일이 섞인 한 판.
    pub fn fail(
        p: &Params,
        plan: &Plan,
        launch: &Launch,
        url: &str,
        alive: broker::Alive,
    ) -> Result<Outcome, Failure> {
        let round = Round {
            posts: &p.posts(),
            rules: p.rules(),
            workers: p.workers,
            batch: p.batch,
            crash: p.crash,
            until: p.until(plan),
            trace: true,
        };
        let outcome = broker::run(launch, url, None, &round, alive)?;
        exact(plan, &outcome.store)?;
        Ok(outcome)
    }

    /// 몇 번을 배달했든 효과는 계획과 같아야 함.
    fn exact(plan: &Plan, store: &Store) -> Result<(), Failure> {
        let seen = (store.effects.len() as u64, store.sum());
        if seen == (plan.unique, plan.sum) {
            return Ok(());
        }
        let [seen, want] =
            [seen, (plan.unique, plan.sum)].map(|(answers, sum)| {
                format!("{}개의 합 {}", format::int(answers), format::int(sum))
            });
        Err(Failure::Unavailable(format!(
            "답이 계획과 다름: {seen}, 계획은 {want}. 일꾼이 살아 있는지, \
             모두 같은 매개변수로 시작했는지 볼 것"
        )))
    }

    fn against(plan: &Plan, outcome: &Outcome) -> Table {
        let Outcome { store, duplicates, deliveries, .. } = outcome;
        let first = plan.deliveries - plan.redelivered;
        let redelivered = deliveries.saturating_sub(first);
        let seen = [
            store.effects.len() as u64 + plan.jobs - plan.unique,
            *duplicates,
            *deliveries,
            redelivered,
            redelivered.saturating_sub(plan.redelivered - plan.taken_back),
            store.received,
            store.effects.len() as u64,
            store.parked.len() as u64,
            store.sum(),
            store.added,
        ];
        let row = |((_, label, plan), seen): ((_, &str, u64), u64)| {
            vec![label.into(), plan.into(), seen.into()]
        };
        Table {
            title: "진짜 서버에서: 계획과 실제".into(),
            badge: Badge::Measured,
            columns: vec![
                Column::text("무엇"),
                Column::number("계획", ""),
                Column::number("실제", ""),
            ],
            rows: plan.rows().zip(seen).map(row).collect(),
        }
    }

    fn who(p: &Params, worker: usize) -> String {
        match (p.crash, worker) {
            (Crash::Never, _) => format!("일꾼 {}", worker + 1),
            (_, 0) => "죽은 일꾼".to_owned(),
            _ => format!("일꾼 {worker}"),
        }
    }

    fn ms(us: u64) -> f64 {
        us as f64 / 1_000.0
    }

    /// 배달 하나가 칸 하나. 일은 아주 짧고 확인 기다림은 길어, 배달의 앞뒤를
    /// 따로 그려야 칸이 보임.
    fn gantt(
        p: &Params,
        outcome: &Outcome,
        title: &str,
        keep: impl Fn(&Event) -> bool,
    ) -> Timeline {
        let most = outcome.events.iter().map(|event| event.worker).max();
        let lane = |worker| {
            let mine: Vec<&Event> = outcome
                .events
                .iter()
                .filter(|event| event.worker == worker && keep(event))
                .collect();
            let starts = mine.iter().enumerate();
            let starts = starts.filter(|(_, event)| event.what == "start");
            let spans = starts.map(|(at, start)| {
                let rest = mine[at + 1..]
                    .iter()
                    .take_while(|event| event.what != "start");
                let end = rest.last().copied().unwrap_or(start);
                let (mark, tone) = match end.what.as_str() {
                    "fail" | "hold" => (" ✕", Tone::Dead),
                    _ if start.turn > 1 => ("", Tone::Now),
                    _ => ("", Tone::Plain),
                };
                let label = format!("{}{mark}", start.job);
                Span::new(ms(start.at), ms(end.at), label, tone)
            });
            TimeLane { label: who(p, worker), spans: spans.collect() }
        };
        Timeline {
            title: title.into(),
            badge: Badge::Measured,
            axis: "발행을 시작한 뒤".into(),
            unit: "ms".into(),
            lanes: (0..=most.unwrap_or(0))
                .map(lane)
                .filter(|lane| !lane.spans.is_empty())
                .collect(),
        }
    }

    /// 손에 있던 일과 풀 수 없는 일에 일어난 것.
    fn log(p: &Params, plan: &Plan, outcome: &Outcome) -> Table {
        const MOST: usize = 60;
        let hand = if p.crash == Crash::Never { 0 } else { p.batch };
        let mine = outcome
            .events
            .iter()
            .filter(|event| event.job < hand || event.job >= plan.jobs);
        let row = |event: &Event| {
            let what = match event.what.as_str() {
                "start" => "받음",
                "result" => "답을 저장",
                "ack" => "확인",
                "fail" => "풀지 못함: 돌려보냄",
                _ => "여기서 죽음",
            };
            vec![
                Cell::fixed(ms(event.at), 1),
                event.job.into(),
                who(p, event.worker).into(),
                event.turn.into(),
                what.into(),
            ]
        };
        Table {
            title: "손에 있던 일과 풀 수 없는 일의 기록".into(),
            badge: Badge::Measured,
            columns: vec![
                Column::number("시각", "ms"),
                Column::number("일", "번"),
                Column::text("누가"),
                Column::number("전달", "번째"),
                Column::text("한 일"),
            ],
            rows: mine.take(MOST).map(row).collect(),
        }
    }

    /// 부담을 잴 곳.
    pub struct Bill<'a> {
        pub launch: &'a Launch,
        pub url: &'a str,
        pub server: Option<&'a Server>,
    }

    /// 부담을 재는 일: 1부터 여기까지.
    const LOAD: u64 = 6_000_000;
    const CHUNKS: [u64; 4] = [1_000, 8_000, 32_000, 64_000];
    const ROUNDS: usize = 5;

    impl Bill<'_> {
        /// 같은 일을 큐로 한 것과 큐 없이 한 것. 시간은 (벽시계, CPU) ns.
        pub fn pair(
            &self,
            (n, chunk): (u64, u64),
            workers: u64,
            alive: broker::Alive,
        ) -> Result<[(f64, Option<f64>); 2], Failure> {
            let jobs = Job::split(n, chunk);
            let posts: Vec<(u64, String)> =
                jobs.iter().map(|job| (job.id, job.write())).collect();
            let rules =
                Rules { ack_wait: Duration::from_secs(30), max_deliver: 5 };
            let round = Round {
                posts: &posts,
                rules,
                workers,
                batch: 1,
                crash: Crash::Never,
                until: Until {
                    received: jobs.len() as u64,
                    unique: jobs.len() as u64,
                    parked: 0,
                    silence: broker::silence(rules),
                },
                trace: false,
            };
            let Bill { launch, url, server } = *self;
            let queued = broker::run(launch, url, server, &round, alive)?;
            let (sum, alone) =
                broker::alone(launch, (n, chunk), workers, alive)?;
            if queued.store.sum() != sum {
                return Err(Failure::Unavailable(format!(
                    "큐를 거친 합 {}이 거치지 않은 합 {sum}과 다름",
                    queued.store.sum()
                )));
            }
            Ok([queued.spent, alone].map(|spent| {
                let ns = |time: Duration| time.as_nanos() as f64;
                (ns(spent.wall), spent.cpu.map(ns))
            }))
        }
    }

    /// 덩어리마다 큐를 거친 것과 거치지 않은 것을 번갈아 잼.
    fn overhead(
        p: &Params,
        bill: &Bill,
        ctx: &Ctx,
    ) -> Result<Vec<View>, Failure> {
        let total = (ROUNDS * CHUNKS.len()) as u64;
        let mut walls = vec![(Vec::new(), Vec::new()); CHUNKS.len()];
        let mut cpus = walls.clone();
        for round in 0..ROUNDS {
            for (at, chunk) in CHUNKS.into_iter().enumerate() {
                let done = (round * CHUNKS.len() + at) as u64;
                let alive = || ctx.progress(done, total, "큐의 부담 재기");
                let [queued, alone] =
                    bill.pair((LOAD, chunk), p.workers, &alive)?;
                walls[at].0.push(alone.0);
                walls[at].1.push(queued.0);
                if let (Some(queued), Some(alone)) = (queued.1, alone.1) {
                    cpus[at].0.push(alone);
                    cpus[at].1.push(queued);
                }
            }
        }
        let mut rows = Vec::new();
        let (mut wall_points, mut cpu_points) = (Vec::new(), Vec::new());
        let percent = |ratio: f64| (ratio - 1.0) * 100.0;
        let point = |chunk: u64, (alone, queued): &(Vec<f64>, Vec<f64>)| {
            let ratio = paired_ratio(alone, queued);
            Point {
                x: chunk as f64,
                y: ratio.median,
                low: Some(ratio.low),
                high: Some(ratio.high),
            }
        };
        for (at, chunk) in CHUNKS.into_iter().enumerate() {
            let jobs = LOAD.div_ceil(chunk);
            let wall = point(chunk, &walls[at]);
            let mut row = vec![
                chunk.into(),
                jobs.into(),
                median_ms(&walls[at].0),
                median_ms(&walls[at].1),
                Cell::fixed(percent(wall.y), 1),
            ];
            wall_points.push(wall);
            if cpus[at].0.is_empty() {
                row.extend(["–".into(), "–".into()]);
            } else {
                let cpu = point(chunk, &cpus[at]);
                let alone = median(&cpus[at].0);
                row.push(Cell::fixed(percent(cpu.y), 1));
                row.push(Cell::fixed(alone * (cpu.y - 1.0) / 1e6, 0));
                cpu_points.push(cpu);
            }
            rows.push(row);
        }
        let mut series = vec![Series {
            name: "벽시계".into(),
            shape: Shape::Dot,
            points: wall_points,
        }];
        if !cpu_points.is_empty() {
            series.push(Series {
                name: "CPU 시간(서버까지)".into(),
                shape: Shape::Dot,
                points: cpu_points,
            });
        }
        let title = format!(
            "큐의 부담: 1–{}을 일꾼 {}명이, 중앙값",
            format::int(LOAD),
            p.workers
        );
        Ok(vec![
            View::Chart(Chart {
                title: format!("{title}과 95% 구간"),
                badge: Badge::Measured,
                x: Axis::log("일 하나의 수", "개"),
                y: Axis::log("큐 없이 한 것의", "배"),
                series,
                marks: vec![Mark {
                    axis: AxisName::Y,
                    at: 1.0,
                    label: "큐 없이".into(),
                }],
            }),
            View::Table(Table {
                title,
                badge: Badge::Measured,
                columns: vec![
                    Column::number("일 하나의 수", "개"),
                    Column::number("일", "건"),
                    Column::number("큐 없이", "ms"),
                    Column::number("큐로", "ms"),
                    Column::number("더 걸림", "%"),
                    Column::number("CPU를 더 씀", "%"),
                    Column::number("더 쓴 CPU", "ms"),
                ],
                rows,
            }),
        ])
    }

    fn median(samples: &[f64]) -> f64 {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        quantile(&sorted, 0.5)
    }

    fn median_ms(samples: &[f64]) -> Cell {
        Cell::fixed(median(samples) / 1e6, 0)
    }

    fn counts(title: &str, rows: &[(&str, u64)]) -> Vec<View> {
        let row = |(label, value): &(&str, u64)| {
            vec![(*label).into(), (*value).into()]
        };
        vec![View::Table(Table {
            title: title.to_owned(),
            badge: Badge::Measured,
            columns: vec![Column::text("무엇"), Column::number("수", "")],
            rows: rows.iter().map(row).collect(),
        })]
    }

    fn produce(p: &Params) -> Result<Vec<View>, Failure> {
        let posts = p.posts();
        let duplicates = broker::produce(&p.url, p.rules(), &posts)?;
        let sent = posts.len() as u64;
        Ok(counts(
            "발행함",
            &[("보낸 메시지", sent), ("서버가 버린 중복", duplicates)],
        ))
    }

    /// 일이 이만큼 없으면 끝남.
    const PATIENCE: Duration = Duration::from_secs(10);

    fn serve(p: &Params, alive: broker::Alive) -> Result<Vec<View>, Failure> {
        let patience = PATIENCE + p.rules().ack_wait;
        let done = broker::serve_queue(
            &p.url,
            p.batch,
            Crash::Never,
            patience,
            alive,
        )?;
        Ok(counts("일꾼 하나", &[("확인한 일", done)]))
    }

    fn gather(p: &Params, alive: broker::Alive) -> Result<Vec<View>, Failure> {
        // 일꾼이 언제 죽을지는 사람의 손에 있음: 몇 번이 겹치든 빠진 일은
        // 없어야 함
        let plan = Params { crash: Crash::Never, ..p.clone() }.plan();
        let store = broker::gather(&p.url, p.until(&plan), alive)?;
        exact(&plan, &store)?;
        Ok(counts(
            "모음",
            &[
                ("받은 답", store.received),
                ("서로 다른 답", store.effects.len() as u64),
                ("격리", store.parked.len() as u64),
                ("멱등한 효과의 합", store.sum()),
                ("받을 때마다 더한 합", store.added),
            ],
        ))
    }
}

#[cfg(all(not(target_family = "wasm"), feature = "nats"))]
pub use real::{Bill, fail};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn a_thousand_and_its_jobs_have_the_known_total() {
        assert_eq!(steps(27), 111);
        let report = run_with("jobs_nats", &[]);
        assert_eq!(report.int("total"), Some(10_753_840));
        assert_eq!(report.int("jobs"), Some(100));
        // 나누는 크기는 답을 바꾸지 않음
        for chunk in ["100", "777", "100000"] {
            let pairs = [("chunk", chunk), ("batch", "1"), ("resend", "0")];
            let report = run_with("jobs_nats", &pairs);
            assert_eq!(report.int("total"), Some(10_753_840));
        }
    }

    #[test]
    fn the_dead_worker_gives_back_its_whole_hand() {
        let report = run_with("jobs_nats", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("taken_back"), 8);
        // 손에 있던 8건과, 풀 수 없는 일의 두 번째와 세 번째
        assert_eq!(int("redelivered"), 10);
        assert_eq!(int("deliveries"), 100 + 1 + 10);
        assert_eq!((int("received"), int("unique")), (101, 100));
        assert_eq!((int("parked"), int("sum")), (1, 10_753_840));
        let first: u64 = (1..=1_000).map(steps).sum();
        assert_eq!(int("added"), 10_753_840 + first);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.number, Some(8.0));
    }

    /// 답을 저장하기 앞에 죽으면 두 번 오는 답이 없음.
    #[test]
    fn no_answer_comes_twice_without_a_first() {
        let pairs = [("crash", "before_result"), ("batch", "1")];
        let report = run_with("jobs_nats", &pairs);
        assert_eq!(report.int("received"), report.int("unique"));
        let said = report.verdict.unwrap().sentence;
        assert!(said.contains("두 번 오는 답은 없고"), "{said}");
        let said = run_with("jobs_nats", &[]).verdict.unwrap().sentence;
        assert!(said.contains("답은 1건이 두 번 오지만"), "{said}");
    }

    /// 한 번만 배달하면 손에 있던 것을 잃음: 답을 저장한 첫 일만 남음.
    #[test]
    fn at_most_once_loses_what_was_in_the_hand() {
        let report = run_with("jobs_nats", &[("max_deliver", "1")]);
        let int = |key| report.int(key).unwrap();
        assert_eq!((int("unique"), int("received")), (93, 93));
        assert_eq!((int("parked"), int("redelivered")), (9, 0));
        let lost: u64 = (1_001..=8_000).map(steps).sum();
        assert_eq!(int("sum"), 10_753_840 - lost);
    }

    #[test]
    fn a_message_survives_being_written() {
        for job in Job::split(1_050, 100) {
            assert_eq!(Job::read(&job.write()), Some(job));
        }
        assert_eq!(Job::split(1_050, 100).last().unwrap().hi, 1_050);
        for broken in ["", "7", "7 ?", "7 1 x"] {
            assert_eq!(Job::read(broken), None);
        }
    }

    #[test]
    fn names_are_the_flags() {
        for crash in Crash::ALL {
            assert_eq!(crash.value().to_string(), crash.name());
        }
    }

    #[test]
    fn errors_name_parameter_value_and_range() {
        let table = Params::table();
        let cases: [(&[(&str, &str)], &str); 5] = [
            (
                &[("n", "3000000"), ("chunk", "100")],
                "일 하나의 수(chunk)의 값 '100': 일이 30,000건",
            ),
            (&[("chunk", "50000")], "batch)의 값 '8': 일이 2건뿐임"),
            (&[("batch", "1"), ("chunk", "50000")], "resend)의 값 '10'"),
            (&[("role", "worker")], "url)의 값 'auto'"),
            (&[("url", "http://x")], "url)의 값 'http://x'"),
        ];
        for (pairs, want) in cases {
            let wrong = table.parse(pairs.iter().copied(), Scope::Native);
            let wrong = wrong.unwrap_err().to_string();
            assert!(wrong.contains(want), "{wrong}");
        }
    }
}
