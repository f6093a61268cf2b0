/**
 * Takes the compression off a batch's records.
 *
 * LZ4, the usual choice for streams, has a decoder of ours with a buffer that is used again; gzip,
 * snappy and zstd go through the library's codecs. One unpacker serves one reader, which has one
 * batch open at a time.
 */
import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka';
import { TidemarkError } from '../../errors.ts';
import { Lz4Decoder } from './lz4.ts';
import { CorruptBatchError, type RecordBatch } from './record-batch.ts';

const plain = 0;
const lz4 = 3;

export class Unpacker {
  readonly #lz4 = new Lz4Decoder();

  /**
   * The records of a batch; valid until the next call. Throws CorruptBatchError, or `refused` for
   * an unknown codec.
   */
  unpack(batch: RecordBatch): Buffer {
    if (batch.compression === plain) return batch.payload;
    if (batch.compression === lz4) return this.#lz4.decode(batch.payload);
    const codec = compressionsAlgorithmsByBitmask[batch.compression];
    if (codec === undefined) {
      throw new TidemarkError(
        'refused',
        `batch at offset ${batch.offsetBase}: unknown compression ${batch.compression}`,
      );
    }
    try {
      return codec.decompressSync(batch.payload);
    } catch (error) {
      const what = `batch at offset ${batch.offsetBase}: its compressed records can't be unpacked`;
      throw new CorruptBatchError(what, { cause: error });
    }
  }
}
