/** One answer of a poll. */
export interface PollOption {
  optionId: string;
  option: string;
}

/** A question with answers to choose from. */
export interface Poll {
  id: string;
  question: string;
  options: PollOption[];
  isOver: boolean;
}

/** What is kept: more polls, answers and letters than a page can show are left out. */
export const MOST_POLLS = 50;
export const OPTIONS = { least: 2, most: 8 } as const;
export const LONGEST = { question: 200, option: 80 } as const;

/** The polls of a meeting, made of messages in the form other applications of the SDK have them. */
export class PollBook {
  /** Newest first. */
  readonly polls: Poll[] = [];
  private readonly votes = new Map<string, Map<string, string>>();

  /** Takes a message of `CREATE_POLL`; `null` if it is none, or is known. */
  created(message: unknown): Poll | null {
    const said = read(message);
    const id = text(said?.id, 64);
    const question = text(said?.question, LONGEST.question);
    const given = said?.options;
    if (id === null || question === null || !Array.isArray(given) || this.poll(id)) return null;
    const options: PollOption[] = [];
    for (const each of given.slice(0, OPTIONS.most) as Partial<Record<string, unknown>>[]) {
      const optionId = text(each?.optionId, 64);
      const option = text(each?.option, LONGEST.option);
      if (optionId !== null && option !== null) options.push({ optionId, option });
    }
    if (options.length < OPTIONS.least) return null;
    const poll = { id, question, options, isOver: false };
    this.polls.unshift(poll);
    this.votes.set(id, new Map());
    for (const old of this.polls.splice(MOST_POLLS)) this.votes.delete(old.id);
    return poll;
  }

  /** Takes a message of `SUBMIT_A_POLL_<id>`: everybody has one vote, the last that came before the end. */
  voted(id: string, senderId: string, message: unknown): void {
    const poll = this.poll(id);
    const optionId = text(read(message)?.optionId, 64);
    if (!poll || poll.isOver || !poll.options.some((each) => each.optionId === optionId)) return;
    this.votes.get(id)?.set(senderId, optionId as string);
  }

  /** Takes a message of `END_POLL`. */
  ended(message: unknown): void {
    const said = read(message);
    const id = text(said?.id ?? said?.pollId, 64);
    const poll = id === null ? null : this.poll(id);
    if (poll) poll.isOver = true;
  }

  /** How many chose each answer, in the answers' order. */
  counts(poll: Poll): number[] {
    const chosen = [...(this.votes.get(poll.id)?.values() ?? [])];
    return poll.options.map(({ optionId }) => chosen.filter((each) => each === optionId).length);
  }

  /** What somebody chose. */
  choice(poll: Poll, participantId: string): string | null {
    return this.votes.get(poll.id)?.get(participantId) ?? null;
  }

  clear(): void {
    this.polls.length = 0;
    this.votes.clear();
  }

  private poll(id: string): Poll | undefined {
    return this.polls.find((each) => each.id === id);
  }
}

/** An object, also as its JSON text. */
function read(message: unknown): Record<string, unknown> | null {
  try {
    const value: unknown = typeof message === "string" ? JSON.parse(message) : message;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function text(value: unknown, longest: number): string | null {
  const words = typeof value === "number" ? String(value) : value;
  return typeof words === "string" && words.trim() !== "" ? words.trim().slice(0, longest) : null;
}
