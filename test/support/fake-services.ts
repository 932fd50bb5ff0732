/** A service control manager that says what a test tells it, one call at a time. */
import { Lane } from '../../src/ras/lane.ts';
import type { ServiceManager, ServiceState } from '../../src/ras/service-manager.ts';

export class FakeServices implements ServiceManager {
  answer: ServiceState | Error | 'hangs' = 'running';
  /** Milliseconds before it answers. */
  delay = 0;
  calls = 0;
  readonly #lane = new Lane();
  #release: () => void = () => {};

  get hanging(): boolean {
    return this.#lane.busy;
  }

  release(): void {
    this.answer = 'running';
    this.#release();
  }

  queryState(_service: string, signal: AbortSignal): Promise<ServiceState> {
    return this.#lane.run<ServiceState>(
      'QueryServiceStatusEx',
      (done) => {
        this.calls += 1;
        const { answer } = this;
        if (answer === 'hangs') this.#release = () => done(undefined, 'running');
        else if (answer instanceof Error) done(answer, 'running');
        else if (this.delay > 0) setTimeout(done, this.delay, undefined, answer);
        else done(undefined, answer);
      },
      signal,
    );
  }
}
