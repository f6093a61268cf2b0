/** All subcommands, in the order of the help. */
import type { Command } from '../command.ts';
import { corpus } from './corpus.ts';
import { enumerate } from './enumerate.ts';
import { judge } from './judge.ts';
import { produce } from './produce.ts';
import { prove } from './prove.ts';
import { replay } from './replay.ts';
import { ingest, offload } from './services.ts';
import { simulate } from './simulate.ts';
import { doctor, down, status, up } from './stack.ts';
import { verify } from './verify.ts';

export const commands: readonly Command[] = [
  prove,
  produce,
  ingest,
  offload,
  verify,
  corpus,
  simulate,
  replay,
  judge,
  enumerate,
  doctor,
  up,
  status,
  down,
];
