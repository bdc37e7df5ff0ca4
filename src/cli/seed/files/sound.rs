//! A WAV of a short tone: RIFF with the format, the label in a `LIST` chunk, and the samples.

use super::Label;

/// Samples a second, of one byte, on one channel.
const RATE: u32 = 8_000;
const SAMPLES: u32 = RATE / 5;
/// How long the tone is.
pub const SECONDS: f64 = 0.2;

pub fn wav(label: &Label<'_>) -> Vec<u8> {
    let mut format = Vec::new();
    for half in [1_u16, 1] {
        format.extend(half.to_le_bytes());
    }
    format.extend(RATE.to_le_bytes());
    format.extend(RATE.to_le_bytes());
    for half in [1_u16, 8] {
        format.extend(half.to_le_bytes());
    }
    let mut name = format!("{}, {}, {}", label.title, label.author, label.reference).into_bytes();
    name.push(0);
    let mut info = b"INFO".to_vec();
    chunk(&mut info, *b"INAM", &name);
    let mut body = b"WAVE".to_vec();
    chunk(&mut body, *b"fmt ", &format);
    chunk(&mut body, *b"LIST", &info);
    chunk(&mut body, *b"data", &tone(label.shade));
    let mut file = Vec::new();
    chunk(&mut file, *b"RIFF", &body);
    file
}

/// A triangle wave, 200 to 500 times a second.
fn tone(shade: u32) -> Vec<u8> {
    let half = 8 + shade % 12;
    let sample = |at: u32| {
        let (step, falling) = (at % half, at / half % 2 == 1);
        let height = if falling { half - step } else { step };
        0x60 + u8::try_from(height * 0x40 / half).expect("at most a quarter of the range")
    };
    (0..SAMPLES).map(sample).collect()
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let len = u32::try_from(data.len()).expect("a short sound");
    file.extend(name);
    file.extend(len.to_le_bytes());
    file.extend(data);
    if len % 2 == 1 {
        file.push(0);
    }
}
