//! Files that lie beside others and hold no spans of their own.

use std::path::Path;

/// True for the files of a block of Grafana Tempo beside its data: what the
/// block is, and where in it to look.
pub(super) fn is_companion(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let block = name.and_then(block);
    block.is_some_and(|block| {
        path.with_file_name(format!("{block}data.parquet"))
            .is_file()
    })
}

/// What stands in the name of such a file before the name that Tempo gives it.
fn block(name: &str) -> Option<&str> {
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let bloom = stem
        .strip_suffix("bloom-")
        .filter(|_| stem.len() < name.len());
    let fixed = ["meta.json", "index", "nodata.flg"];
    bloom.or_else(|| fixed.iter().find_map(|known| name.strip_suffix(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_blocks_are_known() {
        for (name, expected) in [
            ("meta.json", Some("")),
            ("bloom-12", Some("")),
            ("a_bloom-0", Some("a_")),
            ("index", Some("")),
            ("bloom-", None),
            ("data.parquet", None),
            ("meta.yaml", None),
        ] {
            assert_eq!(block(name), expected, "{name}");
        }
    }
}
