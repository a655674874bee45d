//! 빠르게 할 부분. 파이썬을 모르는 보통의 Rust임.

// ANCHOR: kernel
/// 확산 한 걸음: 칸마다 양옆과의 차이를 `rate`만큼 받음. 양 끝은 그대로 둠.
/// 두 조각의 길이는 같아야 함.
pub fn diffuse(src: &[f64], dst: &mut [f64], rate: f64) {
    dst.copy_from_slice(src);
    let Some(inner) = src.len().checked_sub(2) else { return };
    for (out, near) in dst[1..][..inner].iter_mut().zip(src.windows(3)) {
        let [left, here, right] = [near[0], near[1], near[2]];
        *out = here + rate * ((left - here) + (right - here));
    }
}

/// 0부터 `count`개의 수를 섞어 모두 더함, 2^64로 나눈 나머지.
pub fn mix_sum(count: u64) -> u64 {
    let mix = |i: u64| {
        let z = i.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    (0..count).map(mix).fold(0, u64::wrapping_add)
}
// ANCHOR_END: kernel
