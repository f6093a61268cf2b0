/**
 * What a request says besides its SQL: who asks, query id, format, database, query parameters,
 * settings.
 *
 * Every URL parameter that ClickHouse's HTTP interface does not reserve for itself is a setting.
 * Those that it reserves and this front can't honour (sessions, roles, ClickHouse's own block
 * compression) are refused by name: ignoring them would look like success. Names of settings are
 * checked by the engine; here they only have to be names.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { notImplemented, refuse } from './errors.ts';

export interface Parameters {
  readonly queryId: string;
  /** The SQL of the URL; empty when it is all in the body. */
  readonly query: string;
  readonly database: string;
  /** For a statement without a FORMAT clause. */
  readonly formatDefault: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Names without `param_`, values in ClickHouse's escaped form, as they came. */
  readonly queryParameters: ReadonlyMap<string, string>;
  /** Whether the client asked for a compressed answer by `enable_http_compression=1`. */
  readonly compressAnswer: boolean;
  /** The whole answer is to be made before its first byte is sent. */
  readonly waitEnd: boolean;
}

/** Reserved by the interface, without effect here or read below. */
const reserved = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'enable_http_compression',
  'wait_end_of_query',
  'buffer_size',
  'stacktrace',
  'client_protocol_version',
  'compress',
  'decompress',
]);

const refused: ReadonlyMap<string, string> = new Map([
  ['session_id', 'Send settings with each request; each has a session of its own.'],
  ['session_timeout', 'Each request has a session of its own.'],
  ['session_check', 'Each request has a session of its own.'],
  ['role', 'There is one user, default, without roles.'],
  ['quota_key', 'There are no quotas.'],
]);

const namePattern = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const on = (value: string | null) => value === '1' || value === 'true';

function checkUser(headers: IncomingHttpHeaders, url: URLSearchParams): void {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ');
  let user = url.get('user') ?? headers['x-clickhouse-user']?.toString() ?? '';
  if (scheme.toLowerCase() === 'basic') {
    user = Buffer.from(credentials, 'base64').toString().split(':')[0] ?? '';
  } else if (scheme !== '') {
    throw notImplemented(`authorization by ${scheme}`, 'Use the user default, by any password.');
  }
  if (user === '' || user === 'default') return;
  const sentence = `${user}: Authentication failed: there is one user here, default.`;
  throw refuse(516, 'AUTHENTICATION_FAILED', sentence);
}

/** Reads URL and headers. Throws a ServerError for a wrong user and for what is not supported. */
export function readParameters(url: URLSearchParams, headers: IncomingHttpHeaders): Parameters {
  checkUser(headers, url);
  const settings = new Map<string, string>();
  const queryParameters = new Map<string, string>();
  for (const [name, value] of url) {
    const instead = refused.get(name);
    if (instead !== undefined && value !== '') throw notImplemented(name, instead);
    if ((name === 'compress' || name === 'decompress') && on(value)) {
      throw notImplemented(`${name}=1`, 'Use Content-Encoding and Accept-Encoding.');
    }
    if (reserved.has(name) || refused.has(name)) continue;
    if (!namePattern.test(name)) {
      throw refuse(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'.`);
    }
    if (name.startsWith('param_')) queryParameters.set(name.slice('param_'.length), value);
    else settings.set(name, value);
  }
  const formatOfHeader = headers['x-clickhouse-format']?.toString();
  return {
    queryId: url.get('query_id') || randomUUID(),
    query: url.get('query') ?? '',
    database: url.get('database') ?? headers['x-clickhouse-database']?.toString() ?? '',
    formatDefault: formatOfHeader ?? url.get('default_format') ?? 'TabSeparated',
    settings,
    queryParameters,
    compressAnswer: on(url.get('enable_http_compression')),
    waitEnd: on(url.get('wait_end_of_query')),
  };
}
