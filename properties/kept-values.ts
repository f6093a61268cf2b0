/**
 * Values of a counterexample as plain JSON, and back.
 *
 * JSON has no bigint, no bytes, no undefined and no minus zero, and counterexamples are made of
 * exactly these. Each becomes an object with one key that begins with `$`; everything else stays as
 * it is, so a kept counterexample can be read and written by hand. What cannot be written down
 * (functions, classes) is refused, because a counterexample that comes back as something else
 * proves nothing.
 */

type Plain = { readonly [key: string]: unknown };

function tagged(tag: string, value: unknown): Plain {
  return { [`$${tag}`]: value };
}

/** JSON for a value of a property; throws on a value that JSON could not give back. */
export function toKept(value: unknown): unknown {
  if (typeof value === 'bigint') return tagged('bigint', value.toString());
  if (value === undefined) return tagged('undefined', true);
  if (value instanceof Uint8Array) return tagged('bytes', Buffer.from(value).toString('hex'));
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return tagged('number', Object.is(value, -0) ? '-0' : String(value));
  }
  if (Array.isArray(value)) return value.map(toKept);
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new Error(`a ${typeof value} cannot be kept in a file`);
  }
  if (typeof value !== 'object' || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(`a ${prototype.constructor?.name} cannot be kept in a file`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toKept(one)]));
}

/** The value behind what `toKept` gave; bytes come back as a Buffer. */
export function fromKept(kept: unknown): unknown {
  if (Array.isArray(kept)) return kept.map(fromKept);
  if (typeof kept !== 'object' || kept === null) return kept;
  const entries = Object.entries(kept);
  const [tag, content] = entries[0] ?? ['', undefined];
  if (entries.length === 1 && tag === '$bigint') return BigInt(String(content));
  if (entries.length === 1 && tag === '$bytes') return Buffer.from(String(content), 'hex');
  if (entries.length === 1 && tag === '$undefined') return undefined;
  if (entries.length === 1 && tag === '$number') return Number(content);
  return Object.fromEntries(entries.map(([key, one]) => [key, fromKept(one)]));
}
