/** All planted bugs, in the order of the published table. */
import { defectBugs } from './bugs/defects.ts';
import { defenceBugs } from './bugs/defences.ts';
import { derivedBugs } from './bugs/derived.ts';
import { protocolBugs } from './bugs/protocol.ts';
import { upstreamBugs } from './bugs/upstream.ts';
import { ingestWindowBugs } from './bugs/windows-ingest.ts';
import { offloadWindowBugs } from './bugs/windows-offload.ts';
import type { PlantedBug } from './planted-bug.ts';

export const plantedBugs: readonly PlantedBug[] = [
  ...defectBugs,
  ...upstreamBugs,
  ...defenceBugs,
  ...ingestWindowBugs,
  ...offloadWindowBugs,
  ...derivedBugs,
  ...protocolBugs,
];
