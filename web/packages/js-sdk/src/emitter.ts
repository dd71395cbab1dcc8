type Listener<Arguments extends unknown[]> = (...values: Arguments) => void;

type Listeners<Events extends Record<keyof Events, unknown[]>> = {
  [Name in keyof Events]: Listener<Events[Name]>;
};

/** Named events with typed arguments; a listener that throws does not keep others from hearing. */
export class Emitter<Events extends Record<keyof Events, unknown[]>> {
  private readonly listeners = new Map<keyof Events, Set<Listener<never>>>();

  on<Name extends keyof Events>(name: Name, listener: Listeners<Events>[Name]): void {
    const known = this.listeners.get(name);
    if (known) known.add(listener as Listener<never>);
    else this.listeners.set(name, new Set([listener as Listener<never>]));
  }

  off<Name extends keyof Events>(name: Name, listener: Listeners<Events>[Name]): void {
    this.listeners.get(name)?.delete(listener as Listener<never>);
  }

  /** @internal */
  emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      try {
        (listener as unknown as Listener<Events[Name]>)(...values);
      } catch (error) {
        // An application's mistake belongs in its console, not in our state machine.
        setTimeout(() => {
          throw error;
        });
      }
    }
  }
}
