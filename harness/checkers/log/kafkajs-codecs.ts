/**
 * Teaches kafkajs the codecs that it lacks: it ships with gzip only and refuses the rest.
 *
 * Only decompression is registered, because nothing is written here. The codec table of kafkajs is
 * global to its module, so this runs in the thread that reads with kafkajs and nowhere else.
 */
import kafkajs from 'kafkajs';
import { Decompressor } from './decompress.ts';

const codecs = { snappy: 2, lz4: 3, zstd: 4 } as const;

function decompressOnly(codec: number) {
  const decompressor = new Decompressor();
  return () => ({
    compress: () => Promise.reject(new Error('the log reader does not write')),
    decompress: async (buffer: Buffer) => {
      const { bytes, start, end } = decompressor.decompress(codec, buffer, 0, buffer.length);
      // kafkajs keeps views of the result for as long as the batch lives, so it gets a copy.
      return Buffer.from(bytes.subarray(start, end));
    },
  });
}

export function registerCodecs(): void {
  const table: Record<number, unknown> = kafkajs.CompressionCodecs;
  for (const codec of Object.values(codecs)) table[codec] = decompressOnly(codec);
}
