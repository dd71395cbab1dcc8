// WebSocket frames (RFC 6455 §5.2) for both ends of the tests.

export interface Frame {
  opcode: number;
  payload: Uint8Array;
}

export const TEXT = 1;
export const CLOSE = 8;

export function writeFrame(opcode: number, payload: Uint8Array, mask: Uint8Array | null): Uint8Array {
  const length = payload.length;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = new Uint8Array(2 + extended + (mask ? 4 : 0));
  header[0] = 0x80 | opcode;
  header[1] = (mask ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  const view = new DataView(header.buffer);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  const frame = new Uint8Array(header.length + length);
  if (mask) header.set(mask, 2 + extended);
  frame.set(header);
  for (let index = 0; index < length; index += 1) {
    frame[header.length + index] = payload[index]! ^ (mask ? mask[index % 4]! : 0);
  }
  return frame;
}

/** Collects bytes and gives whole, unfragmented frames. */
export class FrameReader {
  private bytes = new Uint8Array(0);

  push(more: Uint8Array): Frame[] {
    const joined = new Uint8Array(this.bytes.length + more.length);
    joined.set(this.bytes);
    joined.set(more, this.bytes.length);
    this.bytes = joined;
    const frames: Frame[] = [];
    for (let frame = this.next(); frame; frame = this.next()) frames.push(frame);
    return frames;
  }

  private next(): Frame | null {
    const { bytes } = this;
    if (bytes.length < 2) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const short = bytes[1]! & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (bytes[1]! & 0x80) !== 0;
    const start = 2 + extended + (masked ? 4 : 0);
    if (bytes.length < start) return null;
    const length =
      extended === 2 ? view.getUint16(2) : extended === 8 ? Number(view.getBigUint64(2)) : short;
    if (bytes.length < start + length) return null;
    const payload = bytes.slice(start, start + length);
    if (masked) {
      const mask = bytes.slice(start - 4, start);
      payload.forEach((byte, index) => (payload[index] = byte ^ mask[index % 4]!));
    }
    const opcode = bytes[0]! & 0x0f;
    this.bytes = bytes.slice(start + length);
    return { opcode, payload };
  }
}
