/** All subcommands, in the order of the help. */
import type { Command } from '../command.ts';
import { produce } from './produce.ts';
import { prove } from './prove.ts';
import { ingest, offload } from './services.ts';
import { doctor, down, status, up } from './stack.ts';
import { verify } from './verify.ts';

export const commands: readonly Command[] = [
  prove,
  produce,
  ingest,
  offload,
  verify,
  doctor,
  up,
  status,
  down,
];
