use data_encoding::BASE64URL_NOPAD;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::{Damage, Kept};

/// Before what is packed; another way of packing will have another.
const V1: &str = "v1.";
/// Best of zlib's levels.
const LEVEL: u8 = 9;
/// Bytes that a link may unpack to: more is no lab that anybody made a link of.
const MOST: usize = 64_000_000;

impl Kept {
    /// The fragment of an address that leads here, without its `#`: `v1.` and the compact file, zlib in base64url.
    pub fn to_fragment(&self) -> String {
        format!("{V1}{}", pack(&self.to_compact()))
    }

    /// What a fragment leads to. None if it is not the lab's, as an anchor of the page.
    pub fn from_fragment(fragment: &str) -> Option<Result<Self, Damage>> {
        let fragment = fragment.trim_start_matches('#');
        if let Some(packed) = fragment.strip_prefix(V1) {
            return Some(unpack(packed).and_then(|text| Self::from_file(&text)));
        }
        let version = fragment.strip_prefix('v')?;
        let digits = version.len() - version.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
        let (version, rest) = version.split_at(digits);
        Some(match (version, rest.starts_with('.')) {
            ("", _) => return None,
            (version, true) => Err(Damage::Newer { version: version.to_owned() }),
            // A mail program has cut or changed it.
            (_, false) => Err(Damage::Incomplete),
        })
    }
}

/// A text in a tenth of its size or less, in signs that may stand anywhere.
pub fn pack(text: &str) -> String {
    BASE64URL_NOPAD.encode(&compress_to_vec_zlib(text.as_bytes(), LEVEL))
}

/// What [`pack`] packed.
///
/// # Errors
/// Says how it is damaged.
pub fn unpack(packed: &str) -> Result<String, Damage> {
    let is_ours = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    if let Some((index, sign)) = packed.chars().enumerate().find(|(_, sign)| !is_ours(*sign)) {
        return Err(Damage::Sign { sign, at: index + 1 });
    }
    let bytes = BASE64URL_NOPAD.decode(packed.as_bytes()).map_err(|_| Damage::Incomplete)?;
    let text = decompress_to_vec_zlib_with_limit(&bytes, MOST).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => Damage::TooLarge { most: MOST },
        _ => Damage::Incomplete,
    })?;
    String::from_utf8(text).map_err(|_| Damage::Incomplete)
}
