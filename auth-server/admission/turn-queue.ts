/** What a task belongs to: an account, a network. */
export interface Flow {
  key: string;
  /** The part of a turn that a task takes: with 1/5, five tasks of the flow share a turn. */
  step: number;
}

interface Waiting<Task> {
  task: Task;
  flows: readonly Flow[];
  turn: number;
}

/** The number of flows above which those without a waiting task are removed. */
const MOST_FLOWS = 1_000;

/**
 * Tasks that wait, in the order of their turns. Each task of a flow has a later turn than the one
 * before it. The first task of a new flow has the present turn, so it waits for at most one turn of
 * each other flow (start-time fair queueing: https://doi.org/10.1109/90.649569). A task has the
 * latest turn of its flows.
 */
export class TurnQueue<Task> {
  private readonly waiting: Waiting<Task>[] = [];
  /** The turn of the next task of each flow. */
  private readonly turns = new Map<string, number>();
  private present = 0;

  get size(): number {
    return this.waiting.length;
  }

  /** The task with the latest turn. */
  get last(): Task | undefined {
    return this.waiting.at(-1)?.task;
  }

  /** @returns whether the task waits for others of its own flows. */
  add(task: Task, flows: readonly Flow[]): boolean {
    const turn = Math.max(this.present, ...flows.map(({ key }) => this.turnOf(key)));
    for (const { key, step } of flows) this.turns.set(key, this.turnOf(key) + step);
    const before = this.waiting.findLastIndex((other) => other.turn <= turn);
    this.waiting.splice(before + 1, 0, { task, flows, turn });
    return turn > this.present;
  }

  /** Its later tasks keep their turns; the next one gets the turn that is free again. */
  remove(task: Task): boolean {
    const index = this.waiting.findIndex((one) => one.task === task);
    if (index === -1) return false;
    const [{ flows }] = this.waiting.splice(index, 1) as [Waiting<Task>];
    for (const { key, step } of flows) this.turns.set(key, this.turnOf(key) - step);
    this.forgetFlows();
    return true;
  }

  /** The first task in the order for which `mayStart` is true. */
  take(mayStart: (task: Task) => boolean): Task | undefined {
    const index = this.waiting.findIndex(({ task }) => mayStart(task));
    if (index === -1) return undefined;
    const [{ task, turn }] = this.waiting.splice(index, 1) as [Waiting<Task>];
    this.present = Math.max(this.present, turn);
    this.forgetFlows();
    return task;
  }

  private turnOf(key: string): number {
    return Math.max(this.present, this.turns.get(key) ?? 0);
  }

  private forgetFlows(): void {
    if (this.waiting.length === 0) this.turns.clear();
    if (this.turns.size < MOST_FLOWS) return;
    for (const [key, turn] of this.turns) {
      if (turn <= this.present) this.turns.delete(key);
    }
  }
}
