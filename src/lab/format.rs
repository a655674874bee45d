//! 수를 글자로. 표·축·터미널이 같은 모양을 쓰게 하는 한 곳.

/// 세 자리마다 쉼표를 찍은 정수.
///
/// ```
/// assert_eq!(lab::format::int(1_056_084), "1,056,084");
/// ```
pub fn int(n: u64) -> String {
    group(&n.to_string())
}

/// 소수점 아래 `digits`자리, 정수부는 세 자리마다 쉼표. 빼기표는 글의
/// 것이고, 0이 된 수에는 없음.
///
/// ```
/// use lab::format::fixed;
/// assert_eq!(fixed(1234.5, 2), "1,234.50");
/// assert_eq!(fixed(-0.5, 1), "−0.5");
/// assert_eq!(fixed(-0.3, 0), "0");
/// ```
pub fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let minus = value < 0.0 && text.contains(|c| matches!(c, '1'..='9'));
    let sign = if minus { "−" } else { "" };
    match text.split_once('.') {
        Some((whole, part)) => format!("{sign}{}.{part}", group(whole)),
        None => format!("{sign}{}", group(&text)),
    }
}

/// 유효 숫자 셋과 알맞은 단위를 붙인 시간.
///
/// ```
/// use lab::format::time;
/// assert_eq!(time(43.21), "43.2 ns");
/// assert_eq!(time(1_900.0), "1.90 µs");
/// assert_eq!(time(0.5), "0.500 ns");
/// ```
pub fn time(ns: f64) -> String {
    let (scaled, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    format!("{} {unit}", significant(scaled))
}

/// 유효 숫자 셋. 1보다 작으면 소수점 아래 셋, 0.001보다 작으면 다섯.
///
/// ```
/// use lab::format::significant;
/// assert_eq!(significant(4.0158), "4.02");
/// assert_eq!(significant(123_456.0), "123,456");
/// assert_eq!(significant(7.63e-4), "0.00076");
/// assert_eq!(significant(4.62e-5), "4.62e-5");
/// assert_eq!(significant(2.5e-17), "2.50e-17");
/// ```
pub fn significant(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        v if v < 1e-4 => return format!("{value:.2e}"),
        v if v < 0.001 => 5,
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    fixed(value, digits)
}

/// 1,024배마다 단위를 바꾼 바이트 수.
///
/// ```
/// use lab::format::bytes;
/// assert_eq!(bytes(272), "272 B");
/// assert_eq!(bytes(18_512), "18.1 KiB");
/// ```
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if n < 1024 {
        return format!("{n} B");
    }
    let mut scaled = n as f64 / 1024.0;
    let mut unit = 0;
    while scaled >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    format!("{} {}", significant(scaled), UNITS[unit])
}

fn group(whole: &str) -> String {
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", whole),
    };
    let mut out = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
