//! 매개변수: 한 번 선언한 표에서 CLI 플래그, HTML 폼, 오류 문구,
//! `data/params/<이름>.json`이 모두 나옴.

use std::collections::BTreeMap;
use std::num::{IntErrorKind, ParseIntError};

use serde::{Deserialize, Serialize};

use super::format;
use super::host::{Failure, Scope};

/// 이름 → 값. 기본값까지 모두 채워져 있음.
pub type Values = BTreeMap<String, Value>;

/// 매개변수의 값.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Bool(bool),
    Int(u64),
    Real(f64),
    Text(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(n) => write!(f, "{n}"),
            Value::Real(x) => write!(f, "{x}"),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// 선택지 하나.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// 플래그·URL에 쓰는 이름.
    pub value: &'static str,
    pub label: &'static str,
}

/// 매개변수 하나의 선언.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    /// 붙여 쓰는 단위: `개`, `비트`. 없으면 빈 문자열.
    pub unit: &'static str,
    /// 폼의 칸 아래와 `--help`에 보이는 한 줄.
    pub hint: &'static str,
    pub default: Value,
    #[serde(flatten)]
    pub kind: Kind,
}

/// 값의 종류와 범위.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    Int {
        browser: (u64, u64),
        native: (u64, u64),
        /// 슬라이더의 눈금이 로그인가.
        log: bool,
    },
    /// 유한한 실수. 어디서나 같은 범위.
    Real {
        span: (f64, f64),
    },
    Bool,
    Choice {
        choices: &'static [Choice],
    },
    /// 한 줄의 글. 뜻은 칸 사이의 규칙이 검사함.
    Text {
        /// 가장 긴 길이, 글자.
        limit: usize,
        /// 폼이 권하는 값.
        examples: &'static [&'static str],
    },
}

impl Field {
    fn new(
        name: &'static str,
        label: &'static str,
        default: Value,
        kind: Kind,
    ) -> Self {
        Field { name, label, unit: "", hint: "", default, kind }
    }

    /// 정수 칸. 범위를 따로 말하지 않으면 32비트 전체.
    pub fn int<P: Param>(
        name: &'static str,
        default: P,
        label: &'static str,
    ) -> Self {
        let all = (0, u64::from(u32::MAX));
        let kind = Kind::Int { browser: all, native: all, log: false };
        Field::new(name, label, default.value(), kind)
    }

    /// 실수 칸. 범위는 [`Field::span`]으로 말함.
    pub fn real<P: Param>(
        name: &'static str,
        default: P,
        label: &'static str,
    ) -> Self {
        let kind = Kind::Real { span: (f64::MIN, f64::MAX) };
        Field::new(name, label, default.value(), kind)
    }

    /// 글 칸.
    pub fn text<P: Param>(
        name: &'static str,
        default: P,
        label: &'static str,
    ) -> Self {
        let kind = Kind::Text { limit: 1_000, examples: &[] };
        Field::new(name, label, default.value(), kind)
    }

    /// 켜고 끄는 칸.
    pub fn flag<P: Param>(
        name: &'static str,
        default: P,
        label: &'static str,
    ) -> Self {
        Field::new(name, label, default.value(), Kind::Bool)
    }

    /// 고르는 칸.
    pub fn choice<P: Param>(
        name: &'static str,
        default: P,
        label: &'static str,
    ) -> Self {
        let kind = Kind::Choice { choices: P::CHOICES };
        Field::new(name, label, default.value(), kind)
    }

    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// 어디서나 같은 범위.
    pub fn range(self, low: u64, high: u64) -> Self {
        self.browser(low, high).native(low, high)
    }

    /// 페이지에서 받는 범위.
    pub fn browser(mut self, low: u64, high: u64) -> Self {
        if let Kind::Int { browser, .. } = &mut self.kind {
            *browser = (low, high);
        }
        self
    }

    /// 터미널에서 받는 범위.
    pub fn native(mut self, low: u64, high: u64) -> Self {
        if let Kind::Int { native, .. } = &mut self.kind {
            *native = (low, high);
        }
        self
    }

    /// 실수의 범위. 양 끝도 받음.
    pub fn span(mut self, low: f64, high: f64) -> Self {
        if let Kind::Real { span } = &mut self.kind {
            *span = (low, high);
        }
        self
    }

    /// 글의 가장 긴 길이, 글자.
    pub fn limit(mut self, most: usize) -> Self {
        if let Kind::Text { limit, .. } = &mut self.kind {
            *limit = most;
        }
        self
    }

    /// 폼이 권하는 글.
    pub fn examples(mut self, texts: &'static [&'static str]) -> Self {
        if let Kind::Text { examples, .. } = &mut self.kind {
            *examples = texts;
        }
        self
    }

    /// 로그 눈금 슬라이더.
    pub fn log(mut self) -> Self {
        if let Kind::Int { log, .. } = &mut self.kind {
            *log = true;
        }
        self
    }

    /// `키의 수(n)`.
    pub fn title(&self) -> String {
        if self.label == self.name {
            return self.name.to_owned();
        }
        format!("{}({})", self.label, self.name)
    }

    /// `1–100,000개`.
    pub fn range_text(&self, scope: Scope) -> String {
        match self.kind {
            Kind::Int { browser, native, .. } => {
                let (low, high) = scope.pick(browser, native);
                let (low, high) = (format::int(low), format::int(high));
                format!("{low}–{high}{}", self.unit)
            }
            Kind::Real { span: (low, high) } => {
                format!("{low}~{high}{}", self.unit)
            }
            Kind::Text { limit, .. } => format!("1–{limit}자"),
            Kind::Bool => "true, false".to_owned(),
            Kind::Choice { choices } => {
                let names: Vec<_> = choices.iter().map(|c| c.value).collect();
                names.join(", ")
            }
        }
    }

    /// 글자를 값으로. 범위를 벗어나면 고치지 않고 거절함.
    pub fn parse(&self, text: &str, scope: Scope) -> Result<Value, Failure> {
        let text = text.trim();
        let range = self.range_text(scope);
        let refuse = |what: String| Failure::param(self.name, what);
        let title = self.title();
        match self.kind {
            Kind::Int { browser, native, .. } => {
                let (low, high) = scope.pick(browser, native);
                let n = parse_int(text).ok_or_else(|| {
                    refuse(format!(
                        "{title}의 값 '{text}': 정수가 아님. \
                         {range} 범위의 정수여야 함"
                    ))
                })?;
                let inside = |n: &u64| (low..=high).contains(n);
                if let Some(n) = u64::try_from(n).ok().filter(inside) {
                    return Ok(Value::Int(n));
                }
                let (high, native) = (i128::from(high), i128::from(native.1));
                let mut message =
                    format!("{title}의 값 '{text}': {range} 범위를 벗어남");
                if scope == Scope::Browser && n > high && n <= native {
                    message.push_str(". 더 큰 값은 네이티브 명령으로 됨");
                }
                Err(refuse(message))
            }
            Kind::Real { span: (low, high) } => {
                let x: f64 = text
                    .parse()
                    .ok()
                    // inf와 nan이라는 말은 수가 아니고, 너무 큰 수는 범위가
                    // 거절함
                    .filter(|_| text.contains(|c: char| c.is_ascii_digit()))
                    .ok_or_else(|| {
                        refuse(format!(
                            "{title}의 값 '{text}': 수가 아님. \
                             {range} 범위의 수여야 함"
                        ))
                    })?;
                if (low..=high).contains(&x) {
                    return Ok(Value::Real(x));
                }
                Err(refuse(format!(
                    "{title}의 값 '{text}': {range} 범위를 벗어남"
                )))
            }
            Kind::Text { limit, .. } => match text.chars().count() {
                0 => Err(refuse(format!("{title}의 값이 비어 있음"))),
                n if n > limit => Err(refuse(format!(
                    "{title}의 길이 {n}자: {range} 범위를 벗어남"
                ))),
                _ => Ok(Value::Text(text.to_owned())),
            },
            Kind::Bool => match text {
                "true" | "1" | "on" => Ok(Value::Bool(true)),
                "false" | "0" | "off" => Ok(Value::Bool(false)),
                _ => Err(refuse(format!(
                    "{title}의 값 '{text}': {range} 가운데 하나여야 함"
                ))),
            },
            Kind::Choice { choices } => choices
                .iter()
                .find(|choice| choice.value == text)
                .map(|choice| Value::Text(choice.value.to_owned()))
                .ok_or_else(|| {
                    refuse(format!(
                        "{title}의 값 '{text}': {range} 가운데 하나여야 함"
                    ))
                }),
        }
    }
}

/// `1000`, `1_000`, `1,000`, `1e6`을 읽음. 너무 큰 것도 정수이므로 가장 큰
/// 수로 읽어 범위가 거절하게 함.
fn parse_int(text: &str) -> Option<i128> {
    let text: String =
        text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    let (base, power) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let power = u32::try_from(saturating(power)?.min(99)).ok()?;
    Some(saturating(base)?.saturating_mul(10_i128.saturating_pow(power)))
}

fn saturating(text: &str) -> Option<i128> {
    text.parse().map_or_else(
        |error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => Some(i128::MAX),
            IntErrorKind::NegOverflow => Some(i128::MIN),
            _ => None,
        },
        Some,
    )
}

/// 실험 하나의 매개변수 전부.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    pub fields: Vec<Field>,
    /// 칸 사이의 규칙.
    #[serde(skip)]
    pub check: fn(&Values, Scope) -> Result<(), Failure>,
    /// 실험이 쓰는 엔진이 스스로 읽는 짧은 플래그.
    #[serde(skip)]
    pub words: Option<&'static Words>,
}

/// 터미널이 손대지 않고 실험에 건네는 짧은 플래그와 그 값.
#[derive(Debug)]
pub struct Words {
    pub flags: &'static [char],
    /// 카드의 명령에 붙는 보기.
    pub sample: &'static str,
    /// `--help`에 더하는 글.
    pub help: &'static str,
    /// 이 프로세스가 보고서를 내는가.
    pub reports: fn(&[String]) -> bool,
}

impl Table {
    /// 이름과 글자의 짝을 읽어 빠진 값은 기본값으로 채움.
    /// CLI·URL·폼·붙여 넣은 JSON이 모두 이 길로 들어옴.
    pub fn parse<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        scope: Scope,
    ) -> Result<Values, Failure> {
        let mut values = self.defaults();
        for (name, text) in pairs {
            let field = self.field(name).ok_or_else(|| self.unknown(name))?;
            values.insert(field.name.to_owned(), field.parse(text, scope)?);
        }
        (self.check)(&values, scope)?;
        Ok(values)
    }

    /// 없는 이름을 말했을 때의 오류.
    pub fn unknown(&self, name: &str) -> Failure {
        let names: Vec<_> = self.fields.iter().map(|f| f.name).collect();
        let names = names.join(", ");
        Failure::param(
            name,
            format!("{name}: 없는 매개변수임. 있는 것: {names}"),
        )
    }

    pub fn defaults(&self) -> Values {
        self.fields
            .iter()
            .map(|field| (field.name.to_owned(), field.default.clone()))
            .collect()
    }

    /// 이름으로 찾음. `-`와 `_`를 가리지 않음.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let name = name.replace('-', "_");
        self.fields.iter().find(|field| field.name == name)
    }

    /// 기본값과 다른 값만 플래그로: `--n=5000`, `--keys=seq`.
    pub fn flags(&self, values: &Values) -> Vec<String> {
        self.fields
            .iter()
            .filter_map(|field| {
                let value = values.get(field.name)?;
                let name = field.name.replace('_', "-");
                (value != &field.default).then(|| format!("--{name}={value}"))
            })
            .collect()
    }
}

/// 매개변수가 될 수 있는 Rust 타입.
pub trait Param: Sized {
    const CHOICES: &'static [Choice] = &[];
    fn value(self) -> Value;
    fn read(value: &Value) -> Option<Self>;

    /// 선택지의 화면 이름.
    fn label(self) -> &'static str {
        let name = self.value().to_string();
        let choice = Self::CHOICES.iter().find(|each| each.value == name);
        choice.map_or("", |choice| choice.label)
    }
}

impl Param for u64 {
    fn value(self) -> Value {
        Value::Int(self)
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }
}

impl Param for u32 {
    fn value(self) -> Value {
        Value::Int(self.into())
    }
    fn read(value: &Value) -> Option<Self> {
        u64::read(value)?.try_into().ok()
    }
}

impl Param for f64 {
    fn value(self) -> Value {
        Value::Real(self)
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Real(x) => Some(*x),
            _ => None,
        }
    }
}

impl Param for String {
    fn value(self) -> Value {
        Value::Text(self)
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Param for bool {
    fn value(self) -> Value {
        Value::Bool(self)
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }
}

/// 선택지 열거형을 선언함: Rust 이름, 플래그에 쓰는 이름, 화면의 이름.
#[macro_export]
macro_rules! choices {
    ($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$vdoc:meta])* $variant:ident = $value:literal, $label:literal;)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// 모두, 선언한 차례대로.
            pub const ALL: [Self; [$(stringify!($variant)),+].len()] =
                [$(Self::$variant),+];
        }

        impl $crate::Param for $name {
            const CHOICES: &'static [$crate::Choice] = &[
                $($crate::Choice { value: $value, label: $label },)+
            ];
            fn value(self) -> $crate::Value {
                let text = match self { $(Self::$variant => $value,)+ };
                $crate::Value::Text(text.to_owned())
            }
            fn read(value: &$crate::Value) -> Option<Self> {
                match value {
                    $($crate::Value::Text(text) if text == $value =>
                        Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

/// 매개변수 구조체와 그 표를 한 번에 선언함.
///
/// ```
/// use lab::{Failure, Scope};
///
/// lab::params! {
///     /// 보기.
///     pub struct Params {
///         n: u64 = 1_000, int("키의 수").unit("개").range(1, 5_000).log();
///         fast: bool = true, flag("빠른 길");
///         half: f64 = 0.5, real("반너비").span(0.0, 2.0);
///         expr: String = "x*x".to_owned(), text("식").limit(8);
///     }
///     check = check;
/// }
///
/// fn check(p: &Params, _: Scope) -> Result<(), Failure> {
///     if p.fast && p.n > 4_000 {
///         return Err(Failure::param("n", "fast면 4,000까지임".into()));
///     }
///     Ok(())
/// }
///
/// let table = Params::table();
/// let values = table.parse([("n", "2_000")], Scope::Native).unwrap();
/// assert_eq!(Params::read(&values).unwrap().n, 2_000);
/// assert_eq!(table.flags(&values), ["--n=2000"]);
///
/// let wrong = table.parse([("n", "0")], Scope::Native).unwrap_err();
/// assert_eq!(
///     wrong.to_string(),
///     "키의 수(n)의 값 '0': 1–5,000개 범위를 벗어남"
/// );
/// assert!(table.parse([("n", "4500")], Scope::Native).is_err());
///
/// let wrong = table.parse([("half", "-1")], Scope::Native).unwrap_err();
/// assert_eq!(
///     wrong.to_string(),
///     "반너비(half)의 값 '-1': 0~2 범위를 벗어남"
/// );
/// assert!(table.parse([("half", "nan")], Scope::Native).is_err());
/// assert!(table.parse([("expr", "x*x*x*x*x")], Scope::Native).is_err());
/// ```
#[macro_export]
macro_rules! params {
    ($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$fdoc:meta])* $field:ident: $ty:ty = $default:expr,
            $kind:ident($label:literal) $(. $option:ident($($arg:expr),*))*;)+
    }
    check = $check:expr;
    $(words = $words:expr;)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)+ }

        impl $name {
            /// 선언을 데이터로 본 것.
            pub fn table() -> $crate::Table {
                $crate::Table {
                    fields: vec![$(
                        $crate::Field::$kind::<$ty>(
                            stringify!($field), $default, $label,
                        )$(.$option($($arg),*))*,
                    )+],
                    check: |values, scope| {
                        ($check)(&$name::read(values)?, scope)
                    },
                    words: None$(.or(Some($words)))?,
                }
            }

            /// 표로 읽은 값을 구조체로.
            pub fn read(
                values: &$crate::Values,
            ) -> Result<Self, $crate::Failure> {
                Ok($name { $(
                    $field: $crate::read_field(
                        values, stringify!($field),
                    )?,
                )+ })
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $name { $($field: $default,)+ }
            }
        }
    };
}

/// `params!`가 쓰는 것: 값 하나를 Rust 타입으로.
pub fn read_field<P: Param>(
    values: &Values,
    name: &str,
) -> Result<P, Failure> {
    values.get(name).and_then(P::read).ok_or_else(|| {
        Failure::param(name, format!("{name}: 값이 없거나 종류가 다름"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 범위 밖의 정수와 정수가 아닌 것은 다른 말을 들음.
    #[test]
    fn integers_out_of_range_are_still_integers() {
        let field = Field::int::<u64>("n", 1, "n").range(1, u64::MAX);
        let why = |text: &str| {
            field.parse(text, Scope::Native).unwrap_err().to_string()
        };
        let huge = "9".repeat(50);
        for text in ["-1", "0", "1e30", "-1e99", "1e99999999999", &huge] {
            assert!(why(text).contains("범위를 벗어남"), "{text}");
        }
        for text in ["1.5", "abc", "", "-", "e3", "1e-3", "1e", "1e2e3"] {
            assert!(why(text).contains("정수가 아님"), "{text}");
        }
        for text in ["+1_000", "1,000", "1e3", "10E2"] {
            let value = field.parse(text, Scope::Native);
            assert_eq!(value, Ok(Value::Int(1_000)), "{text}");
        }
    }
}
