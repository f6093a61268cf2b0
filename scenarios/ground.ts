/**
 * The ground of a scenario file: the real services, started once, and on them as many scenarios as
 * wanted.
 *
 * Scenarios of one file never see each other: each has a topic, a database in Postgres, a database
 * in ClickHouse and a warehouse of its own. So a file pays for the start of the services once, and
 * what one test breaks is no other test's problem.
 */
import { createLocalEnvironment, type LocalEnvironment } from '../harness/environment/local.ts';
import { Scenario, type ScenarioOptions } from './scenario.ts';

export class Ground {
  readonly environment: LocalEnvironment = createLocalEnvironment();
  readonly #open: Scenario[] = [];
  #opened = 0;

  async start(): Promise<void> {
    await this.environment.start();
  }

  async scenario(options: ScenarioOptions): Promise<Scenario> {
    this.#opened += 1;
    const scenario = await Scenario.open(this.environment, `s${this.#opened}`, options);
    this.#open.push(scenario);
    return scenario;
  }

  /** For afterEach: nothing of a scenario runs on into the next one. */
  async endScenarios(): Promise<void> {
    for (const scenario of this.#open.splice(0)) await scenario.close();
  }

  async stop(): Promise<void> {
    await this.endScenarios();
    await this.environment.stop();
  }
}
