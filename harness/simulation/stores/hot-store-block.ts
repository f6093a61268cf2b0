/**
 * Reads a block's body as the hot store does: RowBinary, an offset and a value a record.
 *
 * Both inserts of a range get the whole block and pick what is theirs, so the body is read for
 * either layer. A body that is cut short is a broken request and not a row.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';

const offsetBytes = 8;
const highWord = 0x1_0000_0000;

/**
 * Calls `visit` for each record in the order of the body. Values come as latin1 text, one character
 * a byte: cutting one text is several times cheaper than making an array for each record.
 */
export function readBlock(
  block: RecordBlock,
  visit: (offset: number, value: string | null) => void,
): void {
  const { body, hasNullValue } = block;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = 0;
  while (at < body.length) {
    if (at + offsetBytes >= body.length) throw cut();
    const offset = view.getInt32(at + 4, true) * highWord + view.getUint32(at, true);
    at += offsetBytes;
    if (hasNullValue) {
      at += 1;
      if (body[at - 1] === 1) {
        visit(offset, null);
        continue;
      }
    }
    let length = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = body[at];
      if (byte === undefined) throw cut();
      at += 1;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    if (at + length > body.length) throw cut();
    visit(offset, text.slice(at, at + length));
    at += length;
  }
}

function cut(): TidemarkError {
  return new TidemarkError('refused', 'the body of the block ends inside a record');
}
