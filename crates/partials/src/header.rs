//! The header of a file: whose partial it is.

use crate::odd;
use serde::{Deserialize, Serialize};
use spanwise_analyze::partial::MARKS;
use spanwise_analyze::{Analysis, Partial};
use spanwise_model::{Error, ErrorKind, Result};

pub use spanwise_analyze::Taken;

/// The version of the file's layout.
const LAYOUT: u32 = 1;

/// What stands in the metadata of a file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Header {
    layout: u32,
    analysis: String,
    grouping: String,
    marks: Vec<u64>,
    pub(crate) taken: Taken,
}

/// What every version can read of a header.
#[derive(Deserialize)]
struct Layout {
    layout: u32,
}

impl Header {
    pub(crate) fn new(partial: &Partial, taken: &Taken) -> Self {
        Self {
            layout: LAYOUT,
            analysis: partial.analysis().to_owned(),
            grouping: partial.grouping().to_owned(),
            marks: partial.marks().to_vec(),
            taken: taken.clone(),
        }
    }

    pub(crate) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::from(std::io::Error::from(error)))
    }

    /// Reads a header.
    pub(crate) fn parse(json: &str) -> Result<Self> {
        let broken = |error| odd("its header cannot be read").caused_by(error);
        let Layout { layout } = serde_json::from_str(json).map_err(broken)?;
        if layout != LAYOUT {
            let message = format!("a partial of layout {layout}; this version reads {LAYOUT}");
            return Err(Error::new(ErrorKind::Merge, message));
        }
        let header: Self = serde_json::from_str(json).map_err(broken)?;
        match header.marks.len() <= MARKS {
            true => Ok(header),
            false => Err(odd("it has too many marks")),
        }
    }

    /// The empty partial of the analysis that this is of, with its marks.
    pub(crate) fn partial(&self, analyses: &[&dyn Analysis]) -> Result<Partial> {
        let named =
            |one: &&&dyn Analysis| one.name() == self.analysis && one.grouping() == self.grouping;
        let Some(analysis) = analyses.iter().find(named) else {
            let by = match self.grouping.as_str() {
                "" => String::new(),
                grouping => format!(" by {grouping}"),
            };
            let message = format!(
                "a partial of {}{by}, which was not asked for",
                self.analysis
            );
            return Err(Error::new(ErrorKind::Merge, message));
        };
        let mut partial = analysis.empty();
        self.marks.iter().for_each(|&mark| partial.mark(mark));
        Ok(partial)
    }
}
