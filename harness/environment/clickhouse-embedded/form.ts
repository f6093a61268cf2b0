/**
 * Multipart forms: the way in which clients send a query and parameters that are too long for a
 * URL.
 *
 * Only the fields `query` and `param_*` are taken. ClickHouse also accepts files in a form, as
 * temporary tables of the query; those external tables are not supported here and are refused by
 * name. A form is held whole in memory, so it has a maximum.
 */
import type { Body } from './body.ts';
import { notImplemented, refuse } from './errors.ts';

const formBytesMax = 64 * 1024 ** 2;

/** The fields of the form, or null when the request is not one. */
export async function readForm(
  contentType: string | undefined,
  body: Body,
): Promise<readonly (readonly [string, string])[] | null> {
  if (contentType === undefined || !/^multipart\/form-data\b/i.test(contentType)) return null;
  const { bytes, ended } = await body.head(formBytesMax);
  if (!ended) {
    throw refuse(446, 'QUERY_IS_TOO_LARGE', `The form has more than ${formBytesMax} bytes.`);
  }
  const headers = { 'content-type': contentType };
  const form = await new Response(new Uint8Array(bytes), { headers }).formData();
  return [...form].map(([name, value]) => {
    if (typeof value === 'string' && (name === 'query' || name.startsWith('param_'))) {
      return [name, value] as const;
    }
    throw notImplemented(`external tables (form field ${name})`, 'Insert the rows first.');
  });
}
