//! The smallest pictures and recordings that are whole, each with a marker that tells it from others.

/// Four words, say, in the order of bytes that most of these formats have.
fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A JPEG of one scan.
pub fn jpeg(width: u16, height: u16, marker: &str) -> Vec<u8> {
    let segment = |kind: u8, content: &[u8]| {
        let len = u16::try_from(content.len() + 2).unwrap();
        [&[0xFF, kind][..], &len.to_be_bytes(), content].concat()
    };
    let frame = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
    let scan = [segment(0xDA, &[1, 1, 0, 0, 63, 0]), vec![0x12, 0x34]].concat();
    [b"\xFF\xD8", &segment(0xFE, marker.as_bytes())[..], &segment(0xC0, &frame), &scan, b"\xFF\xD9"].concat()
}

/// A GIF of one pixel, with a comment.
pub fn gif(marker: &str) -> Vec<u8> {
    let comment = [&[0x21, 0xFE, u8::try_from(marker.len()).unwrap()][..], marker.as_bytes(), &[0]].concat();
    let image = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 0x01, 0];
    [b"GIF89a\x01\0\x01\0\0\0\0", &comment[..], &image, b";"].concat()
}

fn chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
    let len = u32::try_from(content.len()).unwrap();
    [name, &len.to_le_bytes(), content, &b"\0"[..content.len() % 2]].concat()
}

/// A lossy WebP of 16 by 16.
pub fn webp(marker: &str) -> Vec<u8> {
    let image = chunk(b"VP8 ", &[&[0x10, 0, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0][..], &[0; 20]].concat());
    chunk(b"RIFF", &[b"WEBP", &image[..], &chunk(b"note", marker.as_bytes())].concat())
}

/// A TIFF of one strip, which is the marker.
pub fn tiff(marker: &str) -> Vec<u8> {
    let entry = |tag: u16, value: u32| [&tag.to_be_bytes()[..], &[0, 4, 0, 0, 0, 1], &value.to_be_bytes()].concat();
    let len = u32::try_from(marker.len()).unwrap();
    let entries = [entry(256, len), entry(257, 1), entry(273, 62), entry(279, len)].concat();
    [b"MM\0*\0\0\0\x08\0\x04", &entries[..], &[0; 4], marker.as_bytes()].concat()
}

fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [&words(&[u32::try_from(content.len() + 8).unwrap()]), kind, content].concat()
}

/// A box with a version and flags.
fn full(kind: &[u8], flags: u32, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&words(&[flags]), content].concat())
}

fn brands(major: &[u8]) -> Vec<u8> {
    boxed(b"ftyp", &[major, &[0; 4], major].concat())
}

/// A HEIC of one item, which is the marker.
pub fn heic(marker: &str) -> Vec<u8> {
    let meta = |start: usize| {
        let item = full(b"infe", 0x0200_0000, b"\0\x01\0\0hvc1\0");
        let properties = boxed(b"ipco", &[boxed(b"hvcC", b"\x01"), full(b"ispe", 0, &words(&[16, 16]))].concat());
        let has = full(b"ipma", 0, &[0, 0, 0, 1, 0, 1, 2, 0x81, 0x82]);
        let place = words(&[u32::try_from(start).unwrap(), u32::try_from(marker.len()).unwrap()]);
        let parts = [
            full(b"pitm", 0, &[0, 1]),
            full(b"iinf", 0, &[&[0, 1][..], &item].concat()),
            boxed(b"iprp", &[properties, has].concat()),
            full(b"iloc", 0, &[&[0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1][..], &place].concat()),
        ];
        full(b"meta", 0, &parts.concat())
    };
    let brands = brands(b"heic");
    let start = brands.len() + meta(0).len() + 8;
    [brands, meta(start), boxed(b"mdat", marker.as_bytes())].concat()
}

/// What an MP4, MOV or M4A is made of.
pub struct Movie {
    pub brand: &'static [u8; 4],
    pub handler: &'static [u8; 4],
    pub codec: &'static [u8; 4],
    /// Where its samples are: nothing stands for the file itself.
    pub elsewhere: &'static [u8],
}

/// A film of one sample.
pub const FILM: Movie = Movie { brand: b"isom", handler: b"vide", codec: b"avc1", elsewhere: b"" };
/// A sound of one sample.
pub const SOUND: Movie = Movie { brand: b"M4A ", handler: b"soun", codec: b"mp4a", elsewhere: b"" };

/// A recording of one second, whose only sample is the marker.
pub fn movie(made: &Movie, marker: &str) -> Vec<u8> {
    let len = u32::try_from(marker.len()).unwrap();
    let moov = |start: usize| {
        let tables = [
            full(b"stsd", 0, &[words(&[1]), boxed(made.codec, &[0; 78])].concat()),
            full(b"stts", 0, &words(&[1, 1, 1000])),
            full(b"stsc", 0, &words(&[1, 1, 1, 1])),
            full(b"stsz", 0, &words(&[len, 1])),
            full(b"stco", 0, &words(&[1, u32::try_from(start).unwrap()])),
        ];
        let url = full(b"url ", u32::from(made.elsewhere.is_empty()), made.elsewhere);
        let references = boxed(b"dinf", &full(b"dref", 0, &[words(&[1]), url].concat()));
        let handler = full(b"hdlr", 0, &[&[0; 4][..], made.handler, &[0; 13]].concat());
        let minf = boxed(b"minf", &[references, boxed(b"stbl", &tables.concat())].concat());
        let times = |kind: &[u8]| full(kind, 0, &words(&[0, 0, 1000, 1000, 0]));
        let mdia = boxed(b"mdia", &[times(b"mdhd"), handler, minf].concat());
        boxed(b"moov", &[times(b"mvhd"), boxed(b"trak", &mdia)].concat())
    };
    let brands = brands(made.brand);
    let start = brands.len() + moov(0).len() + 8;
    [brands, moov(start), boxed(b"mdat", marker.as_bytes())].concat()
}

/// An MP3 of four frames behind a tag.
pub fn mp3(marker: &str) -> Vec<u8> {
    let len = u8::try_from(marker.len()).unwrap();
    let tag = [b"ID3\x03\0\0\0\0\0", &[len + 11][..], b"TIT2\0\0\0", &[len + 1, 0, 0, 0], marker.as_bytes()].concat();
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x00]);
    [tag, frame.repeat(4)].concat()
}

/// An Ogg of one stream that begins with this packet, and one page of sound, which is the marker.
pub fn ogg(first: &[u8], marker: &str) -> Vec<u8> {
    let page = |flags: u8, position: u64, body: &[u8]| {
        let head = [b"OggS\0", &[flags][..], &position.to_le_bytes(), &[7, 0, 0, 0], &[0; 8]].concat();
        let mut page = [&head, &[1, u8::try_from(body.len()).unwrap()][..], body].concat();
        let sum = page.iter().fold(0_u32, |sum, byte| {
            let shifted = |sum: u32, _| if sum >> 31 == 0 { sum << 1 } else { sum << 1 ^ 0x04C1_1DB7 };
            (0..8).fold(sum ^ u32::from(*byte) << 24, shifted)
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    };
    [page(2, 0, first), page(4, 48_000, marker.as_bytes())].concat()
}

/// The first packet of a Vorbis and of an Opus stream.
pub const VORBIS: &[u8] = b"\x01vorbis\0\0\0\0\x01\x80\xBB\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xB8\x01";
pub const OPUS: &[u8] = b"OpusHead\x01\x01\0\0\x80\xBB\0\0\0\0\0";

/// A FLAC of one frame, behind a comment.
pub fn flac(marker: &str) -> Vec<u8> {
    let description =
        [&[0, 0, 0, 34, 0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0xC4, 0x40, 0xF0, 0, 0, 0x10, 0][..], &[0; 16]];
    let note = [&[0x82, 0, 0, u8::try_from(marker.len()).unwrap()][..], marker.as_bytes()].concat();
    let head = [0xFF, 0xF8, 0xC9, 0x18, 0];
    let sum = head.iter().fold(0_u8, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum, _| if sum >> 7 == 0 { sum << 1 } else { sum << 1 ^ 0x07 })
    });
    [b"fLaC", &description.concat()[..], &note, &head, &[sum], &[0x11; 40]].concat()
}

/// A WebM, or a Matroska by another document type, of one block, which is the marker.
pub fn webm(doc_type: &str, marker: &str) -> Vec<u8> {
    let element = |id: &[u8], content: &[u8]| {
        let len = u16::try_from(content.len()).unwrap() | 0x4000;
        [id, &len.to_be_bytes(), content].concat()
    };
    let doc_type = [&[0x42, 0x82, 0x80 | u8::try_from(doc_type.len()).unwrap()][..], doc_type.as_bytes()].concat();
    let track = element(b"\xAE", &[element(b"\x83", &[1]), element(b"\x86", b"V_VP9")].concat());
    let block = element(b"\xA3", &[&[0x81, 0, 0, 0x80][..], marker.as_bytes()].concat());
    let cluster = element(b"\x1F\x43\xB6\x75", &[element(b"\xE7", &[0]), block].concat());
    let segment = [element(b"\x16\x54\xAE\x6B", &track), cluster].concat();
    [element(b"\x1A\x45\xDF\xA3", &doc_type), element(b"\x18\x53\x80\x67", &segment)].concat()
}
