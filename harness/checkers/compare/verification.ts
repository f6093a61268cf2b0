/**
 * What the steps of one verification share: options, the ledger as it was first read, readers,
 * findings and evidence.
 *
 * The choice of readers is made here. Small runs are read by the slow and simple clients, large
 * ones by the fast readers; what was chosen stands in every layer's result.
 */
import type { JournalEvent, LayerResult } from '../../experiment/journal-events.ts';
import { createFileContents, type LakeContents } from '../lake/file-content.ts';
import { createLocalFiles, type LakeFiles } from '../lake/lake-files.ts';
import { readLake } from '../lake/lake-metadata.ts';
import type { LakeState } from '../lake/lake-state.ts';
import { createKafkajsLogReader } from '../log/kafkajs-log-reader.ts';
import type { LogReader } from '../log/log-layer-reader.ts';
import { createRawLogReader, findTopicId } from '../log/raw-log-reader.ts';
import { bronzeTable } from '../stores/clickhouse-reader.ts';
import { type ClickHouseStore, openClickHouse } from '../stores/clickhouse-store.ts';
import type { LedgerRange, LedgerState } from '../stores/ledger.ts';
import { readLedger } from '../stores/postgres-ledger.ts';
import type { RangeContent } from '../stores/range-contents.ts';
import { readRangeContents } from '../stores/range-contents.ts';
import type { FindingLog } from './finding-log.ts';
import type { Evidence } from './guarantees.ts';
import { type ObservedReader, observeReader } from './observed-reader.ts';
import { type PartitionName, partitionName } from './offset-spans.ts';

export interface VerifyOptions {
  readonly kafkaBootstrap: string;
  readonly topic: string;
  readonly clickhouseUrl: string;
  readonly database: string;
  readonly postgresUrl: string;
  readonly catalog: string;
  readonly namespace: string;
  /** Path of the journal that the producer wrote. */
  readonly producerJournal?: string;
  readonly readers: {
    readonly log: 'kafkajs' | 'raw' | 'auto';
    readonly lake: 'clickhouse' | 'typescript' | 'both' | 'auto';
  };
  /**
   * True: everything in the log must have arrived everywhere. False: compare up to the ledger's
   * heads.
   */
  readonly expectComplete: boolean;
}

/** Above this `auto` takes the fast readers. */
const recordsSmallMax = 250_000n;

export interface VerificationSinks {
  readonly findings: FindingLog;
  readonly evidence: Evidence;
  readonly onProgress: (text: string) => void;
  readonly emit: (event: JournalEvent) => void;
  readonly addLayer: (layer: LayerResult) => void;
}

export interface Verification extends VerificationSinks {
  readonly options: VerifyOptions;
  readonly ledger: LedgerState;
  readonly store: ClickHouseStore;
  readonly files: LakeFiles;
  readonly lakeReaders: ReadonlyArray<'typescript' | 'clickhouse'>;
  readonly logReader: LogReader;
  /** The same reader, asked for each digest once. */
  readonly log: ObservedReader;
  /** What the tables hold of every ledger range; read once. */
  rangeContents(): Promise<ReadonlyMap<string, RangeContent>>;
  /**
   * The lake as the pointer named it when the ledger was read; null when the catalog has no table.
   * Read once.
   */
  lake(): Promise<LakeState | null>;
  /** Contents of the lake's data files, each read at most once by TypeScript. */
  fileContents(state: LakeState): LakeContents;
  /** Heads of a layer per partition, or undefined where everything must have arrived. */
  heads(layer: string): ReadonlyMap<PartitionName, bigint> | undefined;
  readonly closedRanges: readonly LedgerRange[];
  close(): Promise<void>;
}

/** Rejects when the ledger cannot be read or does not know the topic. */
export async function openVerification(
  options: VerifyOptions,
  sinks: VerificationSinks,
): Promise<Verification> {
  const { postgresUrl, topic, catalog, namespace } = options;
  const ledger = await readLedger({ postgresUrl, topic, catalog, namespace, table: bronzeTable });
  const records = ledger.ranges.reduce((sum, range) => sum + range.rows, 0n);
  const isSmall = records <= recordsSmallMax;
  const store = openClickHouse(options.clickhouseUrl, options.database);
  const logReader = chooseLogReader(options, ledger.topicId, isSmall);
  const files = createLocalFiles();
  let contents: Promise<ReadonlyMap<string, RangeContent>> | null = null;
  let lake: Promise<LakeState> | null = null;
  let fileContents: LakeContents | null = null;
  return {
    ...sinks,
    options,
    ledger,
    store,
    logReader,
    log: observeReader(logReader),
    lakeReaders: chooseLakeReaders(options, isSmall),
    closedRanges: ledger.ranges.filter((range) => range.state === 'done'),
    rangeContents() {
      contents ??= readRangeContents(store, ledger.ranges);
      return contents;
    },
    files,
    async lake() {
      if (ledger.pointer === null) return null;
      lake ??= readLake(files, ledger.pointer);
      return await lake;
    },
    fileContents(state) {
      fileContents ??= createFileContents(files, state.columns, (rows) =>
        sinks.onProgress(`${rows} rows of data files read`),
      );
      return fileContents;
    },
    heads(layer) {
      if (options.expectComplete) return undefined;
      const heads = ledger.heads.filter((head) => head.layer === layer);
      return new Map(heads.map((head) => [partitionName(head), head.offsetNext]));
    },
    close: () => store.close(),
  };
}

function chooseLogReader(options: VerifyOptions, topicId: string, isSmall: boolean): LogReader {
  const { kafkaBootstrap, topic, producerJournal } = options;
  const common = {
    bootstrapServers: kafkaBootstrap,
    topic,
    producerSums: producerJournal !== undefined,
  };
  const wanted = options.readers.log;
  const slow = wanted === 'kafkajs' || (wanted === 'auto' && isSmall);
  return slow ? createKafkajsLogReader({ ...common, topicId }) : createRawLogReader(common);
}

function chooseLakeReaders(
  { readers }: VerifyOptions,
  isSmall: boolean,
): Verification['lakeReaders'] {
  if (readers.lake === 'both') return ['typescript', 'clickhouse'];
  if (readers.lake === 'auto') return [isSmall ? 'typescript' : 'clickhouse'];
  return [readers.lake];
}

/**
 * Notes `topic-recreated` when the broker's topic of that name is another one than the ledger's.
 */
export async function checkTopicId({ options, ledger, findings }: Verification): Promise<void> {
  const topicId = await findTopicId(options.kafkaBootstrap, options.topic);
  if (topicId === ledger.topicId) return;
  findings.add('topic-recreated', () => ({
    layer: 'ledger',
    message: `topic ${options.topic} has id ${topicId}, the ledger knows ${ledger.topicId}`,
    identity: null,
    expected: { topicId: ledger.topicId },
    actual: [{ topicId }],
  }));
}
