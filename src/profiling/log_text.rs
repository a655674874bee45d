//! 씨앗에서 만드는 접속 로그: `시각 사용자 동작 밀리초 경로` 한 줄씩.

use std::fmt::Write as _;

use lab::rng::SplitMix64;

const NAMES: [&str; 16] = [
    "가온", "나래", "다솜", "라온", "마루", "바다", "새벽", "아라", "이든",
    "하늘", "한별", "해솔", "도담", "미르", "보람", "윤슬",
];
const ACTIONS: [&str; 5] = ["조회", "검색", "등록", "수정", "삭제"];
const SECTIONS: [&str; 8] =
    ["상품", "게시판", "주문", "검색", "회원", "공지", "문의", "장바구니"];
/// 서로 다른 경로의 수.
const PATHS: u64 = 240;
/// 첫 줄의 시각, 그날 0시부터의 ms.
const NINE: u64 = 9 * 3_600_000;

/// 번째가 클수록 드문 고르기: k번째의 무게는 `floor(2^32 / k)`.
struct Zipf {
    upto: Vec<u64>,
}

impl Zipf {
    fn new(n: u64) -> Self {
        let mut sum = 0;
        let upto = (1..=n).map(|k| {
            sum += (1 << 32) / k;
            sum
        });
        Zipf { upto: upto.collect() }
    }

    /// `0..n`의 번호.
    fn draw(&self, rng: &mut SplitMix64) -> u64 {
        let total = self.upto.last().copied().unwrap_or(1);
        let at = rng.below(total);
        self.upto.partition_point(|upto| *upto <= at) as u64
    }
}

/// 로그 `lines`줄. 사용자는 많아야 `users`명이고 앞 번호가 잦음.
pub fn generate(lines: u64, users: u64, seed: u64) -> String {
    let mut rng = SplitMix64::new(seed);
    let (people, paths) = (Zipf::new(users), Zipf::new(PATHS));
    let mut log = String::new();
    let mut now = NINE;
    for _ in 0..lines {
        now += rng.below(60);
        let (second, milli) = (now / 1_000, now % 1_000);
        let user = people.draw(&mut rng);
        let name = NAMES[user as usize % NAMES.len()];
        let action = ACTIONS[rng.below(ACTIONS.len() as u64) as usize];
        let spent = 1 + rng.below(200);
        let path = paths.draw(&mut rng);
        let section = SECTIONS[path as usize % SECTIONS.len()];
        let _ = write!(
            log,
            "{:02}:{:02}:{:02}.{milli:03} {name}{user} {action} {spent} \
             /{section}/{path}",
            second / 3_600,
            second / 60 % 60,
            second % 60
        );
        // 같은 경로가 세 가지 꼴로 적힘
        match rng.below(4) {
            0 => log.push('/'),
            1 => {
                let _ = write!(log, "?쪽={}", 1 + rng.below(9));
            }
            _ => {}
        }
        log.push('\n');
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_five_fields() {
        let log = generate(500, 30, 42);
        assert_eq!(log.lines().count(), 500);
        for line in log.lines() {
            assert_eq!(line.split(' ').count(), 5, "{line}");
        }
        assert_ne!(log, generate(500, 30, 43));
    }

    /// 무게 1, 1/2, 1/3: 첫째는 열에 대여섯 번 나옴.
    #[test]
    fn the_first_rank_is_the_most_common() {
        let (zipf, mut rng) = (Zipf::new(3), SplitMix64::new(1));
        let mut counts = [0_i32; 3];
        for _ in 0..11_000 {
            counts[zipf.draw(&mut rng) as usize] += 1;
        }
        for (count, want) in counts.into_iter().zip([6_000, 3_000, 2_000]) {
            assert!((count - want).abs() < 200, "{counts:?}");
        }
    }
}
