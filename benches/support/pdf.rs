//! A PDF of one page that shows one uncompressed grey picture of noise: what a scanner makes of a
//! sheet of paper, as far as the cost of taking it in goes.

const WIDTH: u64 = 256;

/// What stands before and after the noise in a PDF of `length` bytes.
pub fn around(length: u64) -> (Vec<u8>, Vec<u8>) {
    // All numbers that depend on the size have a fixed width, so a first draft tells the overhead.
    let (start, end) = draft(0, 0, length);
    let room = length - (start.len() + end.len()) as u64;
    // The picture takes whole rows; a comment takes what is left.
    let rows = room / WIDTH;
    draft(rows, room - rows * WIDTH, length)
}

fn draft(rows: u64, padding: u64, length: u64) -> (Vec<u8>, Vec<u8>) {
    let drawing = "q 500 0 0 700 50 50 cm /Picture Do Q";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /XObject << /Picture 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
    ];
    // Four bytes above 127 tell programs that the file is binary.
    let mut start = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(start.len());
        start.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    offsets.push(start.len());
    let picture = format!(
        "5 0 obj\n<< /Type /XObject /Subtype /Image /Width {WIDTH} /Height {rows:010} \
         /ColorSpace /DeviceGray /BitsPerComponent 8 /Length {:010} >>\nstream\n",
        rows * WIDTH
    );
    start.extend_from_slice(picture.as_bytes());
    let end = ending(&offsets, padding, length);
    (start, end.into_bytes())
}

fn ending(offsets: &[usize], padding: u64, length: u64) -> String {
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in offsets {
        table.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let size = offsets.len() + 1;
    let trailer = |at: u64| format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{at:010}\n%%EOF\n");
    let closing = "\nendstream\nendobj\n%";
    let spaces = " ".repeat(padding as usize);
    // The table's place, counted from the end of the file; the first draft may have no room for it.
    let table_at = length.saturating_sub((table.len() + trailer(0).len()) as u64);
    format!("{closing}{spaces}\n{table}{}", trailer(table_at))
}
