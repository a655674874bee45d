//! 실험의 계약과 등록부의 한 줄.

use super::checksum;
use super::host::{Ctx, Failure};
use super::measure;
use super::params::{Table, Values};
use super::report::{Answer, Badge, Note, Report, SCHEMA, Verdict, View};

/// 실험 하나. 이름은 모듈 이름이 곧 이름이라 여기에는 없음.
pub struct Experiment {
    /// '왜 …인가?' 꼴의 질문.
    pub question: &'static str,
    pub prediction: Prediction,
    pub params: fn() -> Table,
    /// 정확한 부분. 같은 매개변수에는 늘 같은 보고서.
    pub run: fn(&Values, &mut Ctx) -> Result<Report, Failure>,
    /// 시간을 재는 부분. 정확한 부분이 화면에 나온 뒤에 채워짐.
    pub measure: Option<MeasureFn>,
    pub python: Python,
    pub bench: Bench,
    /// 페이지가 받는 가장 큰 실행의 메모리, MiB. 카드가 미리 말함.
    pub memory_mib: u32,
}

/// 시간을 재고 볼 것만 돌려주는 함수.
pub type MeasureFn = fn(&Values, &mut Ctx) -> Result<Vec<View>, Failure>;

/// 실행 전에 묻는 것.
pub struct Prediction {
    pub text: &'static str,
    pub ask: Ask,
    /// 실행한 보고서에서 정답을 계산함. 아직 재지 않은 시간이 있어야 하면
    /// [`Verdict::pending`].
    pub answer: fn(&Report) -> Verdict,
}

/// 묻는 방식.
pub enum Ask {
    /// (값, 화면의 글).
    Choices(&'static [(&'static str, &'static str)]),
    /// 수를 적음. 단위를 보임.
    Number { unit: &'static str },
    /// 차례를 맞힘: (값, 화면의 글). 적은 차례가 정답이면 안 됨.
    Order(&'static [(&'static str, &'static str)]),
}

/// Python 대응물의 모양.
pub enum Python {
    /// 같은 매개변수로 같은 답.
    Same,
    /// 같은 답이지만 페이지에서는 이 값까지만 (이름, 최댓값).
    UpTo(&'static [(&'static str, u64)]),
    /// 없음과 그 까닭.
    None(&'static str),
}

/// Criterion 벤치의 모양.
pub enum Bench {
    Group,
    None(&'static str),
}

/// 등록부의 한 줄.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    /// 장의 폴더 이름.
    pub chapter: &'static str,
    pub experiment: &'static Experiment,
}

impl Entry {
    pub fn table(&self) -> Table {
        (self.experiment.params)()
    }

    /// 정확한 부분을 실행하고 보고서의 나머지를 채움.
    pub fn run(
        &self,
        values: &Values,
        ctx: &mut Ctx,
    ) -> Result<Report, Failure> {
        let mut report = (self.experiment.run)(values, ctx)?;
        report.schema = SCHEMA;
        report.name = self.name.to_owned();
        report.params = values.clone();
        report.env = ctx.env();
        self.judge(&mut report);
        Ok(report)
    }

    /// 예측의 정답을 적음. 잰 것이 보고서에 더해지면 다시 부름.
    pub fn judge(&self, report: &mut Report) {
        report.verdict = Some((self.experiment.prediction.answer)(report));
    }

    /// 시간을 잼. 디버그 빌드의 시간은 뜻이 없으므로 재지 않음.
    pub fn measure(
        &self,
        values: &Values,
        ctx: &mut Ctx,
    ) -> Result<Vec<View>, Failure> {
        let Some(measure) = self.experiment.measure else {
            return Ok(Vec::new());
        };
        if ctx.env().build == "debug" {
            return Ok(vec![note(
                "디버그 빌드라 시간은 재지 않음: --release를 붙이면 됨",
            )]);
        }
        measure(values, ctx)
    }
}

/// 한 문단짜리 볼 것.
pub fn note(text: impl Into<String>) -> View {
    View::Note(Note { text: text.into() })
}

impl Report {
    /// 모든 실행 환경에서 같아야 하는 값을 더함.
    pub fn answer(mut self, key: &str, answer: impl Into<Answer>) -> Self {
        self.answers.insert(key.to_owned(), answer.into());
        self
    }

    pub fn checksum(mut self, words: &[u64]) -> Self {
        self.checksum = Some(checksum::hex(words));
        self
    }

    pub fn view(mut self, view: View) -> Self {
        self.views.push(view);
        self
    }

    /// 정수 답을 다시 읽음. 예측의 정답을 계산할 때 씀.
    pub fn int(&self, key: &str) -> Option<u64> {
        match self.answers.get(key)? {
            Answer::Exact(text) => text.parse().ok(),
            Answer::Near { .. } => None,
        }
    }

    /// 잰 것의 중앙값, 항목 하나의 ns. 재지 않았으면 `None`.
    pub fn time(&self, name: &str) -> Option<f64> {
        let measured = self.views.iter().filter_map(|view| match view {
            // 단위가 다른 표에도 같은 이름이 있을 수 있음
            View::Table(table) if table.badge == Badge::Measured => {
                let unit = table.columns.get(1)?.unit.as_deref();
                (unit == Some("ns")).then_some(&table.rows)
            }
            _ => None,
        });
        let row = measured.flatten().find(|row| row[0].text == name)?;
        row[1].value
    }

    /// 두 방법을 견줌. 하나라도 재지 않았으면 `None`.
    pub fn compared(&self, slow: &str, fast: &str) -> Option<Compared> {
        let tables = self.views.iter().filter_map(|view| match view {
            View::Table(table) => Some(table),
            _ => None,
        });
        let paired = tables.map(|table| measure::paired_in(table, slow, fast));
        let paired = paired.flatten().next();
        let (slow, fast) = (self.time(slow)?, self.time(fast)?);
        // 함께 재지 않은 것은 짝이 없음
        let (ratio, clear) = paired.unwrap_or((slow / fast, true));
        Some(Compared { slow, fast, ratio, clear })
    }
}

/// 두 방법의 시간. 시간은 항목 하나의 ns.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    pub slow: f64,
    pub fast: f64,
    /// 번갈아 쟀으면 두 중앙값의 비가 아니라 표에 적힌 짝마다의 비의
    /// 중앙값임: 함께 흔들린 잡음이 지워짐.
    pub ratio: f64,
    /// 차이라고 부를 수 있는가.
    pub clear: bool,
}

impl Compared {
    /// 두 시간을 말한 문장의 뒤에 붙는 말: 차이라고 부를 수 없거나, 배수가
    /// 두 시간을 나눈 것과 달라 보일 때.
    pub fn note(&self) -> &'static str {
        let text = super::format::significant;
        match self.clear {
            false => " 번갈아 잰 짝으로는 차이를 말할 수 없음.",
            true if text(self.ratio) == text(self.slow / self.fast) => "",
            true => " 배수는 번갈아 잰 짝마다의 비의 중앙값임.",
        }
    }
}

const NEEDS_TIME: &str = "시간을 재야 나옴: 페이지는 곧 재고, \
     터미널에서는 --measure를 붙이면 됨.";

const NEEDS_PYTHON: &str = "파이썬까지 재야 나옴: 카드의 'Python 고쳐 보기'에서 실행하거나, \
     터미널에서 --measure --python을 붙이면 됨.";

impl Verdict {
    /// 시간을 재야 정답이 있는 예측. 정답을 얻는 길을 말함.
    pub fn pending() -> Self {
        Verdict::unknown(NEEDS_TIME)
    }

    /// Python의 시간까지 재야 정답이 있는 예측.
    pub fn pending_python() -> Self {
        Verdict::unknown(NEEDS_PYTHON)
    }

    fn unknown(sentence: &str) -> Self {
        Verdict {
            headline: "아직 모름".into(),
            sentence: sentence.into(),
            ..Verdict::default()
        }
    }

    /// 수를 물은 예측의 정답.
    pub fn number(
        headline: impl Into<String>,
        number: f64,
        sentence: impl Into<String>,
    ) -> Self {
        Verdict {
            headline: headline.into(),
            sentence: sentence.into(),
            number: Some(number),
            ..Verdict::default()
        }
    }

    /// 선택지를 물은 예측의 정답. 그 선택지의 글을 크게 보임.
    pub fn choice(
        ask: &[(&str, &str)],
        value: &str,
        sentence: impl Into<String>,
    ) -> Self {
        Verdict {
            headline: label(ask, value).into(),
            sentence: sentence.into(),
            choice: Some(value.into()),
            ..Verdict::default()
        }
    }

    /// 차례를 물은 예측의 정답: `rank`가 작은 항목부터. 큰 것부터 물었으면
    /// 음수를 줌. 같으면 물은 차례를 따르고, 같다고 적음.
    pub fn order(
        ask: &[(&str, &str)],
        rank: &dyn Fn(&str) -> f64,
        sentence: impl Into<String>,
    ) -> Self {
        let mut values: Vec<&str> =
            ask.iter().map(|(value, _)| *value).collect();
        values.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
        let mut headline = String::new();
        for (i, value) in values.iter().enumerate() {
            let before = i.checked_sub(1).map(|before| values[before]);
            headline.push_str(match before {
                None => "",
                Some(before) if rank(before) == rank(value) => " = ",
                Some(_) => " → ",
            });
            headline.push_str(label(ask, value));
        }
        let order = values.into_iter().map(str::to_owned).collect();
        Verdict {
            headline,
            sentence: sentence.into(),
            order: Some(order),
            ..Verdict::default()
        }
    }

    /// 아직 정답이 없는가.
    pub fn is_pending(&self) -> bool {
        self.choice.is_none() && self.number.is_none() && self.order.is_none()
    }

    /// 두 시간의 배수를 묻는 선택지의 정답. 차이라고 부를 수 없으면 배수를
    /// 말하지 않음.
    pub fn compared(
        ask: &[(&str, &str)],
        compared: &Compared,
        mut sentence: String,
    ) -> Self {
        sentence.push_str(compared.note());
        if compared.clear {
            return Verdict::ratio(ask, compared.ratio, sentence);
        }
        let near =
            Verdict::ratio(ask, compared.slow / compared.fast, sentence);
        Verdict {
            headline: "구별할 수 없음".into(),
            // 잡음이 커서 구별하지 못한 것은 '그대로'가 아님
            choice: near.choice.filter(|choice| choice == "1"),
            number: None,
            ..near
        }
    }

    /// 배수를 묻는 선택지의 정답: 로그 눈금에서 가장 가까운 것. 끝의
    /// 선택지보다 그 이웃만큼 더 멀면 맞는 것이 없음: 0.3배는 '거의 그대로'가
    /// 아님. 글에 '이상'이 있으면 얼마든지 멀어도 됨.
    /// 선택지의 값은 배수를 나타내는 수여야 함.
    pub fn ratio(ask: &[(&str, &str)], ratio: f64, sentence: String) -> Self {
        let place = |text: &str| text.parse::<f64>().unwrap_or(1.0).ln();
        let apart = |a: f64, b: f64| (a - b).abs();
        let at = ratio.ln();
        let nearest = ask.iter().min_by(|a, b| {
            apart(place(a.0), at).total_cmp(&apart(place(b.0), at))
        });
        let choice = nearest.filter(|(value, label)| {
            let own = place(value);
            let others = ask.iter().map(|(other, _)| place(other));
            let gap = others
                .filter(|other| *other != own)
                .map(|other| apart(other, own))
                .fold(f64::INFINITY, f64::min);
            let between = ask.iter().any(|(each, _)| place(each) <= at)
                && ask.iter().any(|(each, _)| place(each) >= at);
            between || label.contains("이상") || apart(own, at) <= gap
        });
        Verdict {
            headline: format!("{}배", super::format::significant(ratio)),
            sentence,
            choice: choice.map(|(value, _)| (*value).to_owned()),
            number: Some(ratio),
            order: None,
        }
    }
}

/// 값의 화면의 글. 없는 값은 그대로.
fn label<'a>(ask: &[(&str, &'a str)], value: &'a str) -> &'a str {
    let found = ask.iter().find(|(each, _)| *each == value);
    found.map_or(value, |(_, label)| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASK: &[(&str, &str)] =
        &[("map", "map"), ("list", "리스트 내포"), ("for", "for 문")];

    #[test]
    fn an_order_is_sorted_by_rank_and_named_by_label() {
        let cost = |value: &str| value.len() as f64;
        let verdict = Verdict::order(ASK, &cost, "길이의 차례임.");
        // map과 for는 같으므로 물은 차례, 그리고 같다는 표
        let want = ["map", "for", "list"].map(str::to_owned);
        assert_eq!(verdict.order, Some(want.to_vec()));
        assert_eq!(verdict.headline, "map = for 문 → 리스트 내포");
        assert!(!verdict.is_pending());
    }

    #[test]
    fn a_ratio_far_beyond_the_last_choice_is_none_of_them() {
        let ask = &[("1", "거의 그대로"), ("2", "2배"), ("20", "20배 이상")];
        let of = |ratio| Verdict::ratio(ask, ratio, String::new()).choice;
        assert_eq!(of(0.6).as_deref(), Some("1"));
        assert_eq!(of(0.3), None);
        assert_eq!(of(0.0), None);
        assert_eq!(of(1.5).as_deref(), Some("2"));
        assert_eq!(of(6.0).as_deref(), Some("2"));
        assert_eq!(of(7.0).as_deref(), Some("20"));
        assert_eq!(of(9e9).as_deref(), Some("20"));
    }

    /// 두 방법의 표본을 잰 보고서.
    fn timed(a: &[f64], b: &[f64]) -> Report {
        let row = |name, samples: &[f64]| {
            measure::Timing::new(name, samples.to_vec(), 1)
        };
        let rows = vec![row("a", a), row("b", b)];
        let timings = measure::Timings { rows, clock_step_ns: 1.0 };
        let views = timings.views("", "");
        Report { views, ..Report::default() }
    }

    /// 절반쯤에서 기계가 느려져도 짝마다의 비는 그대로임.
    #[test]
    fn a_comparison_is_the_ratio_of_the_table() {
        let ask = &[("1", "거의 그대로"), ("3", "3배")];
        let a = [10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 20.0];
        let judged = |b: &[f64]| {
            let both = timed(&a, b).compared("b", "a").unwrap();
            Verdict::compared(ask, &both, "문장.".into())
        };
        let near = judged(&[11.0, 11.0, 11.0, 11.0, 22.0, 22.0, 22.0]);
        assert_eq!(near.headline, "1.10배");
        assert_eq!(near.choice.as_deref(), Some("1"));
        // 두 중앙값의 비는 0.55라 다르므로 무엇의 비인지 말함
        assert!(near.sentence.ends_with("짝마다의 비의 중앙값임."));
        let three = judged(&a.map(|ns| ns * 3.0));
        assert_eq!(three.choice.as_deref(), Some("3"));
        assert_eq!(three.sentence, "문장.");
        let same = judged(&[11.0, 9.0, 10.0, 21.0, 19.0, 20.0, 20.0]);
        assert_eq!(same.headline, "구별할 수 없음");
        assert_eq!(same.choice.as_deref(), Some("1"));
        // 중앙값은 크게 다른데 짝은 갈리면 정답이 없음
        let noisy = timed(
            &[10.0, 10.0, 10.0, 10.0, 90.0, 90.0, 90.0],
            &[20.0, 20.0, 5.0, 20.0, 20.0, 20.0, 90.0],
        );
        let both = noisy.compared("b", "a").unwrap();
        assert!(Verdict::compared(ask, &both, String::new()).is_pending());
        assert!(noisy.compared("b", "c").is_none());
    }

    #[test]
    fn a_choice_is_named_by_its_label() {
        let verdict = Verdict::choice(ASK, "list", "가장 빠름.");
        assert_eq!(verdict.headline, "리스트 내포");
        assert_eq!(verdict.choice.as_deref(), Some("list"));
    }
}
