/** The configuration names the key that is wrong, where it came from, and what was expected. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configKeys, environmentName, flagName, loadConfig } from './config.ts';

const flags = {
  'kafka-bootstrap-servers': '127.0.0.1:9092',
  'kafka-topic': 'trades',
  'clickhouse-url': 'http://127.0.0.1:8123',
  'postgres-url': 'postgres://u:p@127.0.0.1:5432/db',
  'lake-warehouse': 'file:///warehouse',
};

function file(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tidemark-config-')), 'config.json');
  writeFileSync(path, content);
  return path;
}

describe('configuration', () => {
  test('five settings are enough; the rest has defaults', () => {
    const config = loadConfig({ environment: {}, flags });
    expect(config.ingest.rangeRowsMax).toBe(200_000);
    expect(config.lake.catalog).toBe('lake');
  });

  test('a flag beats the environment, the environment beats the file', () => {
    const path = file('{"kafka":{"topic":"from-file","groupId":"file-group"},"leaseMs":1}');
    const environment = { TIDEMARK_KAFKA_GROUP_ID: 'env-group', TIDEMARK_LEASE_MS: '2' };
    const config = loadConfig({ file: path, environment, flags: { ...flags, 'lease-ms': '3' } });
    expect(config.kafka).toMatchObject({ topic: 'trades', groupId: 'env-group' });
    expect(config.leaseMs).toBe(3);
  });

  test('a missing setting is named with the ways to set it', () => {
    const { 'kafka-topic': _, ...rest } = flags;
    expect(() => loadConfig({ environment: {}, flags: rest })).toThrow(
      /kafka\.topic is missing \(set --kafka-topic or TIDEMARK_KAFKA_TOPIC\)/,
    );
  });

  test('a wrong value is named with its source', () => {
    const environment = { TIDEMARK_INGEST_RANGE_ROWS_MAX: 'many' };
    expect(() => loadConfig({ environment, flags })).toThrow(
      /ingest\.rangeRowsMax \(environment TIDEMARK_INGEST_RANGE_ROWS_MAX\)/,
    );
    expect(() =>
      loadConfig({ environment: {}, flags: { ...flags, 'clickhouse-url': 'nonsense' } }),
    ).toThrow(/clickhouse\.url \(flag --clickhouse-url\): expected a URL/);
  });

  test('a misspelt key in the file is an error, not a silent default', () => {
    expect(() =>
      loadConfig({ file: file('{"kafka":{"topik":"x"}}'), environment: {}, flags }),
    ).toThrow(/kafka\.topik/);
    const two = file('{"kafka":{"aaa":1,"bbb":2}}');
    expect(() => loadConfig({ file: two, environment: {}, flags })).toThrow(
      /kafka\.aaa \(file .*\): there is no such key; kafka\.bbb \(file/,
    );
    expect(() => loadConfig({ file: file('{"kafak":{}}'), environment: {}, flags })).toThrow(
      /kafak/,
    );
  });

  test('an unknown flag is an error', () => {
    expect(() => loadConfig({ environment: {}, flags: { ...flags, 'kafka-topik': 'x' } })).toThrow(
      /--kafka-topik/,
    );
  });

  test('a file that is no JSON object is named', () => {
    expect(() => loadConfig({ file: file('[1]'), environment: {}, flags })).toThrow(
      /expected a JSON object/,
    );
    expect(() => loadConfig({ file: '/no/such/file', environment: {}, flags })).toThrow(
      '/no/such/file',
    );
  });

  test('every key has a spelling of its own in the environment and as a flag', () => {
    expect(new Set(configKeys.map(environmentName)).size).toBe(configKeys.length);
    expect(new Set(configKeys.map(flagName)).size).toBe(configKeys.length);
  });
});
