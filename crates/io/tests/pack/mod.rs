//! Packing of every kind, for tests.

use std::io::Write;

/// A way to compress a stream.
pub(crate) type Pack = fn(&[u8]) -> Vec<u8>;

/// Every compression, by the ending that its files have.
pub(crate) const PACKS: [(&str, Pack); 6] = [
    ("gz", gzip),
    ("zst", zstd),
    ("bz2", bzip2),
    ("xz", xz),
    ("lz4", lz4),
    ("sz", snappy),
];

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("compressed")
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).expect("an encoder");
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

pub(crate) fn lz4(bytes: &[u8]) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

pub(crate) fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("compressed");
    encoder.into_inner().expect("compressed")
}

/// Messages as the collector's file exporter compresses them.
pub(crate) fn frames(messages: &[Vec<u8>]) -> Vec<u8> {
    let framed = messages.iter().map(|message| {
        let packed = zstd(message);
        [&(packed.len() as u32).to_be_bytes()[..], &packed].concat()
    });
    framed.collect::<Vec<_>>().concat()
}

/// An archive of tar.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        // Names that no honest tool writes are set without a check.
        let place = &mut header.as_old_mut().name;
        let short = name.len().min(place.len());
        place[..short].copy_from_slice(&name.as_bytes()[..short]);
        header.set_cksum();
        builder.append(&header, *bytes).expect("appended");
    }
    builder.into_inner().expect("an archive")
}

/// How a test's entry of zip is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zipped<'a> {
    pub(crate) name: &'a str,
    /// What lies in the archive.
    pub(crate) packed: &'a [u8],
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) size: u32,
    pub(crate) crc: u32,
}

impl<'a> Zipped<'a> {
    /// Bytes as they are.
    pub(crate) fn stored(name: &'a str, bytes: &'a [u8]) -> Self {
        Self::of(name, bytes, (0, bytes))
    }

    /// Bytes that a method packed.
    pub(crate) fn of(name: &'a str, bytes: &[u8], (method, packed): (u16, &'a [u8])) -> Self {
        let (mut sum, flags) = (flate2::Crc::new(), 0);
        sum.update(bytes);
        let (size, crc) = (bytes.len() as u32, sum.sum());
        Self {
            name,
            packed,
            method,
            flags,
            size,
            crc,
        }
    }

    /// The fields that the header and the directory have in common.
    fn fields(&self) -> Vec<u8> {
        let mut fields = vec![20, 0];
        fields.extend(self.flags.to_le_bytes());
        fields.extend(self.method.to_le_bytes());
        fields.extend([0; 4]);
        for number in [self.crc, self.packed.len() as u32, self.size] {
            fields.extend(number.to_le_bytes());
        }
        fields.extend((self.name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        fields
    }

    /// The header and what lies behind it.
    pub(crate) fn local(&self) -> Vec<u8> {
        let fields = self.fields();
        [
            b"PK\x03\x04",
            &fields[..],
            self.name.as_bytes(),
            self.packed,
        ]
        .concat()
    }

    /// The record of the directory for a header that stands there.
    pub(crate) fn record(&self, header: u32) -> Vec<u8> {
        let fields = self.fields();
        let place = header.to_le_bytes();
        [
            b"PK\x01\x02\x14\0",
            &fields[..],
            &[0; 10],
            &place,
            self.name.as_bytes(),
        ]
        .concat()
    }
}

/// The directory of a zip whose entries have these records.
pub(crate) fn directory(records: &[Vec<u8>], at: u32) -> Vec<u8> {
    let (count, all) = (records.len() as u16, records.concat());
    let mut bytes = all.clone();
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend((all.len() as u32).to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// An archive of zip as its command writes one.
pub(crate) fn zip_of(entries: &[Zipped<'_>]) -> Vec<u8> {
    let (mut bytes, mut records) = (Vec::new(), Vec::new());
    for entry in entries {
        records.push(entry.record(bytes.len() as u32));
        bytes.extend(entry.local());
    }
    let directory = directory(&records, bytes.len() as u32);
    [bytes, directory].concat()
}

/// An archive of zip, deflated; sizes stand behind the content, as where it was
/// written to a pipe.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, bytes) in files {
        let path = rawzip::path::EntryPath::verbatim(name.as_bytes());
        let file = archive.new_file(path);
        let file = file.compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().expect("an entry");
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut out = config.wrap(encoder);
        out.write_all(bytes).expect("compressed");
        let (encoder, output) = out.finish().expect("compressed");
        encoder.finish().expect("compressed");
        entry.finish(output).expect("an entry");
    }
    archive.finish().expect("an archive")
}

/// Bytes without a header, as zip has them.
pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}
