/**
 * The name of a lake table, which is also the name of its lease: `<catalog>.<namespace>.<table>`.
 */
import type { LakeTable } from '../../ports/lake.ts';

export function tableName(table: LakeTable): string {
  return `${table.catalog}.${table.namespace}.${table.name}`;
}
