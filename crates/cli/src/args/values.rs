//! Values of options: durations, times, sizes, shares and pairs.

use spanwise::report::time;
use spanwise::Mapping;

/// `key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// A range of times, nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// A range of percentiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Band {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

pub(super) fn duration(text: &str) -> Result<u64, String> {
    time::duration_nano(text).map_err(|error| error.to_string())
}

/// A duration that may be negative.
pub(super) fn shift(text: &str) -> Result<i64, String> {
    let (sign, length) = match text.strip_prefix('-') {
        Some(length) => (-1, length),
        None => (1, text),
    };
    let nano = i64::try_from(duration(length)?).map_err(|_| "too long a time".to_owned())?;
    Ok(sign * nano)
}

pub(super) fn instant(text: &str) -> Result<i64, String> {
    time::time_unix_nano(text, time::now_unix_nano()).map_err(|error| error.to_string())
}

pub(super) fn range(text: &str) -> Result<Range, String> {
    time::range_unix_nano(text, time::now_unix_nano())
        .map(|(from, to)| Range { from, to })
        .map_err(|error| error.to_string())
}

pub(super) fn mapping(text: &str) -> Result<Mapping, String> {
    Mapping::parse(text).map_err(|error| error.message().to_owned())
}

pub(super) fn attribute(text: &str) -> Result<Attribute, String> {
    let (key, value) = text.split_once('=').ok_or("it is no KEY=VALUE")?;
    Ok(Attribute {
        key: key.to_owned(),
        value: value.to_owned(),
    })
}

pub(super) fn percentile(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| "it is no number")?;
    if (0.0..=100.0).contains(&number) {
        return Ok(number);
    }
    Err("it is not between 0 and 100".to_owned())
}

/// A part of one.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| "it is no number")?;
    if (0.0..=1.0).contains(&number) {
        return Ok(number);
    }
    Err("it is not between 0 and 1".to_owned())
}

pub(super) fn at_least_nothing(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| "it is no number")?;
    if number >= 0.0 {
        return Ok(number);
    }
    Err("it is not nothing or more".to_owned())
}

pub(super) fn band(text: &str) -> Result<Band, String> {
    let (low, high) = text.split_once("..").ok_or("it is no LO..HI")?;
    let (low, high) = (percentile(low)?, percentile(high)?);
    if low < high {
        return Ok(Band { low, high });
    }
    Err("the first is not below the second".to_owned())
}

/// A number of bytes such as `512MiB`, `8G` or `1000`.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    spanwise::report::size::bytes(text).map_err(|error| error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        let cases = [
            ("1000", 1000),
            ("8G", 8 << 30),
            ("512MiB", 512 << 20),
            ("1kb", 1024),
            ("7 b", 7),
        ];
        for (text, size) in cases {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for text in ["", "G", "1.5G", "99999999999T", "8 parsecs", "ü"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bands_lie_between_nothing_and_all() {
        assert_eq!(
            band("90..99.9"),
            Ok(Band {
                low: 90.0,
                high: 99.9
            })
        );
        for text in ["90", "99..90", "-1..5", "5..101", "NaN..5"] {
            assert!(band(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_attribute_may_have_signs_in_its_value() {
        let found = attribute("url.query=a=b").expect("a pair");
        assert_eq!(
            (found.key.as_str(), found.value.as_str()),
            ("url.query", "a=b")
        );
    }
}
