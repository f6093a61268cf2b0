/**
 * Quotes values and names for ClickHouse SQL.
 *
 * Settings and parameters come from the URL and go into a SET statement, so this is the place where
 * a quote or a backslash in them must lose its meaning. The backslash goes first: `\'` would else
 * end a string early. It quotes only; whether a value fits its setting is for the engine to say.
 */

/** A string literal. */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A quoted name. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
