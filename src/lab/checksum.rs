//! 체크섬: 정해진 정수 열의 FNV-1a 64.

/// 정수 열을 리틀 엔디언 바이트로 이어 붙인 것의 FNV-1a 64.
///
/// ```
/// use lab::checksum::fnv;
/// assert_eq!(fnv(&[]), 0xcbf2_9ce4_8422_2325);
/// assert_eq!(fnv(&[0, 1, 2]), 0x70c9_b821_0305_9f06);
/// ```
pub fn fnv(words: &[u64]) -> u64 {
    fnv1a(words.iter().flat_map(|word| word.to_le_bytes()))
}

/// 바이트열의 FNV-1a 64.
///
/// ```
/// use lab::checksum::fnv1a;
/// assert_eq!(fnv1a(*b"a"), 0xaf63_dc4c_8601_ec8c);
/// ```
#[inline]
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// 화면과 파일에 쓰는 모양: 16진 16자리.
pub fn hex(words: &[u64]) -> String {
    format!("{:016x}", fnv(words))
}
