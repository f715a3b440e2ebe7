//! Which columns of a table hold what, where their names do not tell.

use super::field::{Field, Unit};
use spanwise_model::{Error, ErrorKind, Result};

/// The fields that a mapping can name.
const NAMES: [&str; 21] = [
    "trace_id",
    "span_id",
    "parent_span_id",
    "trace_state",
    "flags",
    "service",
    "instance",
    "operation",
    "kind",
    "start",
    "end",
    "duration",
    "status",
    "status_message",
    "status_error",
    "scope",
    "scope_version",
    "attributes",
    "resource_attributes",
    "events",
    "links",
];

/// Which columns of a table of spans hold what. What it does not name is found
/// by the names of the columns, as exporters, ClickHouse and OpenTelemetry have
/// them; all other columns are attributes.
///
/// ```
/// use spanwise_io::table::{Mapping, Unit};
///
/// let mapping = Mapping::parse("trace_id=request.id,start=began:ms")?;
/// let same = Mapping::default()
///     .column("trace_id", "request.id")?
///     .column("start", "began")?
///     .unit("start", Unit::Milliseconds)?;
/// assert_eq!(mapping, same);
/// assert!(Mapping::default().column("colour", "c").is_err());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<(Field, String)>,
    units: Vec<(Field, Unit)>,
}

impl Mapping {
    /// The mapping in a text such as `trace_id=tid,start=began:ms`: a field, the
    /// path of its column, and, for a time that is a number, its unit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where a part is no such pair, or names a field or
    /// unit that there is not.
    pub fn parse(text: &str) -> Result<Self> {
        let mut mapping = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let usage = || {
                let message = format!("{part} is no pair such as trace_id=column");
                Error::new(ErrorKind::Usage, message)
            };
            let (field, column) = part.split_once('=').ok_or_else(usage)?;
            let unit = column
                .rsplit_once(':')
                .and_then(|(path, unit)| Some((path, Unit::from_name(unit)?)));
            let (path, unit) = unit.map_or((column, None), |(path, unit)| (path, Some(unit)));
            mapping = mapping.column(field.trim(), path.trim())?;
            if let Some(unit) = unit {
                mapping = mapping.unit(field.trim(), unit)?;
            }
        }
        Ok(mapping)
    }

    /// The same mapping with the column of a field: its name, or the path to it
    /// in structures (`resource.service`).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where there is no such field.
    pub fn column(mut self, field: &str, column: impl Into<String>) -> Result<Self> {
        let field = named(field)?;
        self.columns.retain(|(known, _)| *known != field);
        self.columns.push((field, column.into()));
        Ok(self)
    }

    /// The same mapping with the unit of a time that is a number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where there is no such field, or it is no time.
    pub fn unit(mut self, field: &str, unit: Unit) -> Result<Self> {
        let known = named(field)?;
        if !matches!(known, Field::Start | Field::End | Field::Duration) {
            let message = format!("{field} is no time and has no unit");
            return Err(Error::new(ErrorKind::Usage, message));
        }
        self.units.retain(|(other, _)| *other != known);
        self.units.push((known, unit));
        Ok(self)
    }

    /// True where it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.units.is_empty()
    }

    /// The columns that it names.
    #[cfg(feature = "arrow")]
    pub(crate) fn columns(&self) -> impl Iterator<Item = (Field, &str)> {
        self.columns
            .iter()
            .map(|(field, column)| (*field, column.as_str()))
    }

    /// The unit of a field.
    #[cfg(feature = "arrow")]
    pub(crate) fn unit_of(&self, field: Field) -> Option<Unit> {
        let mut units = self.units.iter();
        units
            .find(|(known, _)| *known == field)
            .map(|(_, unit)| *unit)
    }
}

fn named(name: &str) -> Result<Field> {
    let known = NAMES.contains(&name).then(|| Field::of(name)).flatten();
    known.map(|(field, _)| field).ok_or_else(|| {
        let message = format!("no field {name}; there are {}", NAMES.join(", "));
        Error::new(ErrorKind::Usage, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_can_be_named_is_known() {
        for name in NAMES {
            assert!(named(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_no_mapping_is_an_error() {
        for (text, part) in [
            ("trace_id", "no pair"),
            ("colour=c", "no field colour"),
            ("service=s:ms", "no time"),
        ] {
            let error = Mapping::parse(text).expect_err(text).to_string();
            assert!(error.contains(part), "{error}");
        }
        let column = Mapping::parse("start=a:b").expect("a name with a colon");
        assert_eq!(
            column,
            Mapping::default().column("start", "a:b").expect("a field")
        );
    }
}
