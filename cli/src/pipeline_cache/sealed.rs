//! How a driver's data lie in a file: pure bytes.
//!
//! Magic with the version of this format; the CRC-32 of all that follows; the lengths of key and data as u32
//! and u64; the key; the data. Numbers are little-endian.

const MAGIC: &[u8] = b"wgpu-activations pipelines 1\n";

pub(super) fn seal(key: &str, data: &[u8]) -> Vec<u8> {
    let lengths = [
        &(key.len() as u32).to_le_bytes()[..],
        &(data.len() as u64).to_le_bytes(),
    ]
    .concat();
    let content = [&lengths, key.as_bytes(), data].concat();
    let checksum = crc32fast::hash(&content).to_le_bytes();
    [MAGIC, &checksum, &content].concat()
}

/// The data that were sealed under this key; nothing where the file has not all of them, as they were.
pub(super) fn open<'a>(file: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let (checksum, content) = file.strip_prefix(MAGIC)?.split_first_chunk()?;
    if u32::from_le_bytes(*checksum) != crc32fast::hash(content) {
        return None;
    }
    let (key_len, rest) = content.split_first_chunk()?;
    let (data_len, rest) = rest.split_first_chunk()?;
    let (found, data) = rest.split_at_checked(u32::from_le_bytes(*key_len) as usize)?;
    let is_whole = data.len() as u64 == u64::from_le_bytes(*data_len);
    (is_whole && found == key.as_bytes()).then_some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_is_opened() {
        let file = seal("an adapter", b"its data");
        assert_eq!(open(&file, "an adapter"), Some(&b"its data"[..]));
        assert_eq!(open(&seal("", b""), ""), Some(&b""[..]));
        for other in ["", "an adapte", "an adapter ", "another one"] {
            assert_eq!(open(&file, other), None, "{other:?}");
        }
        for len in 0..file.len() {
            assert_eq!(open(&file[..len], "an adapter"), None, "{len} bytes");
        }
        assert_eq!(open(&[&file[..], b"\0"].concat(), "an adapter"), None);
        for bit in 0..8 * file.len() {
            let mut damaged = file.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&damaged, "an adapter"), None, "bit {bit}");
        }
    }

    /// From the format's description, with the checksum by Python's `zlib.crc32`.
    #[test]
    fn the_format_is_what_it_says() {
        let content = b"\x01\0\0\0\x02\0\0\0\0\0\0\0kde";
        let file = [MAGIC, &0x4e8f_7e7b_u32.to_le_bytes(), content].concat();
        assert_eq!(seal("k", b"de"), file);
    }
}
