//! The formats that are only read, made from those that are written: what
//! another tool would have written of the same spans.

mod documents;
mod zipkin;

use serde_json::Value;
use spanwise::SpanBatch;

/// A format that is only read, the one that it is made from, and how.
#[derive(Clone, Copy)]
pub(crate) struct Other {
    pub(crate) name: &'static str,
    pub(crate) written: &'static str,
    make: fn(&Value) -> Vec<u8>,
}

/// All of them.
pub(crate) const OTHERS: [Other; 7] = [
    Other {
        name: "jaeger-elasticsearch",
        written: "jaeger-json",
        make: documents::jaeger_lines,
    },
    Other {
        name: "jaeger-elasticsearch",
        written: "jaeger-json",
        make: documents::jaeger_answer,
    },
    Other {
        name: "data-prepper",
        written: "otlp-json",
        make: documents::data_prepper,
    },
    Other {
        name: "zipkin-v1-json",
        written: "zipkin-json",
        make: zipkin::first_version,
    },
    Other {
        name: "zipkin-v1-json",
        written: "zipkin-json",
        make: zipkin::first_version_as_thrift,
    },
    Other {
        name: "zipkin-thrift",
        written: "zipkin-json",
        make: zipkin::thrift,
    },
    Other {
        name: "zipkin-protobuf",
        written: "zipkin-json",
        make: zipkin::protobuf,
    },
];

impl Other {
    /// A batch in the format that is written, and in this one.
    pub(crate) fn export(&self, batch: &SpanBatch) -> (Vec<u8>, Vec<u8>) {
        let mut written = Vec::new();
        let format = spanwise::format(self.written).expect("a format of ours");
        format.write(batch, &mut written).expect("memory");
        let document = serde_json::from_slice(&written).expect("one document");
        let made = (self.make)(&document);
        (written, made)
    }
}

/// The elements of a list; none where there is no list.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
