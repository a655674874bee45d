//! 수의 막대그래프.

use lab::report::Point;

/// 0부터 `full`까지를 막대 `most`개쯤으로 나눠 센 것과 막대의 폭.
pub fn bars(values: &[u64], full: u64, most: u64) -> (Vec<Point>, u64) {
    let width = (full / most).max(1);
    let mut bins = vec![0u64; (full / width + 1) as usize];
    for value in values {
        bins[(value / width) as usize] += 1;
    }
    let bar = |(at, count): (u64, u64)| {
        // 막대는 폭의 가운데에 놓임
        ((at * width + width / 2) as f64, count as f64).into()
    };
    ((0..).zip(bins).map(bar).collect(), width)
}
