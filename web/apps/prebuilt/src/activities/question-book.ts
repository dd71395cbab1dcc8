/** Something a viewer would like to know. */
export interface Question {
  id: string;
  text: string;
  by: string;
  isAnswered: boolean;
  /** Ids of those who would like to know it too. */
  supporters: Set<string>;
}

/** More are left out, the oldest that are answered first. */
export const MOST_QUESTIONS = 200;
export const LONGEST_QUESTION = 500;

/** The questions of a meeting. */
export class QuestionBook {
  private readonly questions: Question[] = [];

  /** Open ones with most supporters first, then those that are answered. */
  get sorted(): Question[] {
    return this.questions
      .map((question, index) => ({ question, index }))
      .sort(
        (a, b) =>
          Number(a.question.isAnswered) - Number(b.question.isAnswered) ||
          b.question.supporters.size - a.question.supporters.size ||
          a.index - b.index,
      )
      .map(({ question }) => question);
  }

  asked(id: string, senderId: string, by: string, message: unknown): void {
    if (typeof message !== "string" || message.trim() === "" || this.find(id)) return;
    const question = { id, text: message.trim().slice(0, LONGEST_QUESTION), by, isAnswered: false };
    this.questions.push({ ...question, supporters: new Set([senderId]) });
    if (this.questions.length <= MOST_QUESTIONS) return;
    const answered = this.questions.findIndex(({ isAnswered }) => isAnswered);
    this.questions.splice(Math.max(answered, 0), 1);
  }

  supported(senderId: string, id: unknown): void {
    this.find(id)?.supporters.add(senderId);
  }

  answered(id: unknown): void {
    const question = this.find(id);
    if (question) question.isAnswered = true;
  }

  clear(): void {
    this.questions.length = 0;
  }

  private find(id: unknown): Question | undefined {
    return this.questions.find((each) => each.id === id);
  }
}
