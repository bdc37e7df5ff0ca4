// Small real files for the journeys, made here: documents, scans, a picture, a recording.

import zlib from "node:zlib";

/** A PDF of these objects, numbered from 1; the first is the catalogue. An object may have a stream. */
function pdfOf(objects) {
  const parts = [Buffer.from("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", "latin1")];
  const offsets = [];
  let length = parts[0].length;
  const put = (bytes) => {
    parts.push(bytes);
    length += bytes.length;
  };
  for (const [at, object] of objects.entries()) {
    offsets.push(length);
    const { head, stream } = typeof object === "string" ? { head: object } : object;
    put(Buffer.from(`${at + 1} 0 obj\n${head}\n`));
    if (stream) put(Buffer.concat([Buffer.from("stream\n"), stream, Buffer.from("\nendstream\n")]));
    put(Buffer.from("endobj\n"));
  }
  const table = length;
  put(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`));
  for (const offset of offsets) put(Buffer.from(`${String(offset).padStart(10, "0")} 00000 n \n`));
  put(Buffer.from(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`));
  return Buffer.concat(parts);
}

const page = (resources, contents) =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << ${resources} >> /Contents ${contents} 0 R >>`;
const drawn = (text) => ({ head: `<< /Length ${Buffer.byteLength(text)} >>`, stream: Buffer.from(text) });
const pages = (kids) => `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] /Count ${kids.length} >>`;

/** A document whose pages differ in their words and in where a black bar is. */
export function report(count, marker) {
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"];
  const kids = [];
  for (let number = 1; number <= count; number += 1) {
    const words = `BT /F 24 Tf 60 760 Td (${marker}, page ${number}) Tj ET`;
    objects.push(drawn(`${words} 60 ${700 - number * 90} 300 60 re f`));
    objects.push(page("/Font << /F 3 0 R >>", objects.length));
    kids.push(objects.length);
  }
  objects[1] = pages(kids);
  return pdfOf(objects);
}

// A JPEG 2000 codestream (ISO/IEC 15444-1) of 16 by 16 pixels: a black square of 8 by 8 in the middle of white.
const JPX =
  "ff4fff510029000000000010000000100000000000000000000000100000001000000000000000000001070101ff52000c0000000100000202" +
  "0001ff5c00044040ff90000a0000000000840001ff93df839878990cc642aae39eb2ec14cddbfcae4dd601e4300003090972ff1e20000309" +
  "09481300611e629c47dca688fb94d1212f8c1c0000184738ff0fd14e11f729a2425f18380000308e71fe3f453847dca689097c60e00000c2" +
  "39c7f8fd14e11f729a2425f18380000308e71fe3f453847dca689097ffd9";

/** JBIG2 (ITU-T T.88) of 64 by 64 pixels, coded as a fax (T.6): a black bar from 16 to 47 in every row. */
function jbig2() {
  const word = (number) => Buffer.from([number >>> 24, number >>> 16, number >>> 8, number].map((byte) => byte & 255));
  const segment = (number, type, data) =>
    Buffer.concat([word(number), Buffer.from([type, 0, 1]), word(data.length), data]);
  const size = Buffer.concat([word(64), word(64)]);
  // Across: 16 white and 32 black, and white to the end; each row below has its edges where they were.
  const bits = `001101010000001101010${"1"}${"111".repeat(63)}${"000000000001".repeat(2)}`;
  const coded = Buffer.from(bits.match(/.{1,8}/g).map((byte) => parseInt(byte.padEnd(8, "0"), 2)));
  const sheet = Buffer.concat([size, word(0), word(0), Buffer.from([0, 0, 0])]);
  const region = Buffer.concat([size, word(0), word(0), Buffer.from([0, 1]), coded]);
  return Buffer.concat([segment(0, 48, sheet), segment(1, 38, region)]);
}

/** What a scanner makes: a page of JPEG 2000, and one of JBIG2. */
export function scan() {
  const image = (filter, side, bits, stream) => ({
    head:
      `<< /Type /XObject /Subtype /Image /Width ${side} /Height ${side} /ColorSpace /DeviceGray ` +
      `/BitsPerComponent ${bits} /Filter /${filter} /Length ${stream.length} >>`,
    stream,
  });
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    pages([6, 7]),
    image("JPXDecode", 16, 8, Buffer.from(JPX, "hex")),
    image("JBIG2Decode", 64, 1, jbig2()),
    drawn("q 400 0 0 400 97 221 cm /I Do Q"),
    page("/XObject << /I 3 0 R >>", 5),
    page("/XObject << /I 4 0 R >>", 5),
  ]);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** A picture in two colours, of the size of a small screen. */
export function picture(width = 640, height = 400) {
  const word = (number) => Buffer.from([number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]);
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    return Buffer.concat([word(data.length), body, word(crc32(body))]);
  };
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = (x >> 5) % 2 === (y >> 5) % 2 ? [18, 67, 109] : [255, 221, 0];
      colour.forEach((value, at) => (rows[y * (1 + width * 3) + 1 + x * 3 + at] = value));
    }
  }
  const head = Buffer.concat([word(width), word(height), Buffer.from([8, 2, 0, 0, 0])]);
  const mark = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([mark, chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/** A WAV of a tone, with 8000 samples of a byte each second. */
export function tone(seconds) {
  const data = Buffer.alloc(seconds * 8000);
  for (let at = 0; at < data.length; at += 1) data[at] = 128 + Math.round(40 * Math.sin((at * 440 * 2 * Math.PI) / 8000));
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(data.length + 36, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** A ZIP (APPNOTE 6.3) of stored entries, and the smallest Word document that is whole. */
export function word(marker) {
  const types =
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';
  const relations =
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="main.xml" ' +
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>';
  const entries = [["[Content_Types].xml", types], ["_rels/.rels", relations], ["main.xml", `<d>${marker}</d>`]];
  const [files, list] = [[], []];
  let at = 0;
  for (const [name, text] of entries) {
    const [title, bytes] = [Buffer.from(name), Buffer.from(text)];
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(title.length, 22);
    const file = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, title, bytes]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    list.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, more, title]));
    files.push(file);
    at += file.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, directory, Buffer.from("PK\x05\x06", "latin1"), end]);
}
