//! A PNG (ISO/IEC 15948) of a few coloured stripes, with its label in a text chunk.

use super::Label;

/// Pixels.
const SIDE: u32 = 16;
const CRC: [u32; 256] = crc_table();

pub fn png(label: &Label<'_>) -> Vec<u8> {
    let mut header = [SIDE.to_be_bytes(), SIDE.to_be_bytes()].concat();
    // 8 bits a channel, red, green and blue, and the only compression, filter and order there are.
    header.extend([8, 2, 0, 0, 0]);
    let text = format!("Title\0{}, {}, {}", label.title, label.author, label.reference);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"tEXt", text.as_bytes());
    chunk(&mut file, *b"IDAT", &stored(&pixels(label.shade)));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn pixels(shade: u32) -> Vec<u8> {
    let [_, red, green, blue] = shade.to_be_bytes();
    let mut rows = Vec::new();
    for row in 0..SIDE {
        // The filter of the row: none.
        rows.push(0);
        for column in 0..SIDE {
            let light = if (row / 4 + column / 4) % 2 == 0 { 0 } else { 0x40 };
            rows.extend([red ^ light, green ^ light, blue]);
        }
    }
    rows
}

/// A zlib stream of one block that is not compressed (RFC 1950, RFC 1951).
fn stored(data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(data.len()).expect("a small picture");
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(len.to_le_bytes());
    stream.extend((!len).to_le_bytes());
    stream.extend(data);
    let (mut low, mut high) = (1_u32, 0_u32);
    for &byte in data {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let len = u32::try_from(data.len()).expect("a small picture");
    file.extend(len.to_be_bytes());
    file.extend(name);
    file.extend(data);
    let covered = name.iter().chain(data);
    let crc = !covered.fold(u32::MAX, |crc, &byte| CRC[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ crc >> 8);
    file.extend(crc.to_be_bytes());
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut number = 0_u32;
    while number < 256 {
        let (mut crc, mut bit) = (number, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ crc >> 1 } else { crc >> 1 };
            bit += 1;
        }
        table[number as usize] = crc;
        number += 1;
    }
    table
}
