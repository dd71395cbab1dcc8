import type { Meeting, PubSubMessage } from "@stoa/js-sdk";
import { element } from "../dom";
import { icon } from "../icons";
import { Poll, PollBook } from "./poll-book";
import { pollDialog } from "./poll-dialog";
import { LONGEST_QUESTION, Question, QuestionBook } from "./question-book";

/** Topics of polls as other applications of the SDK have them; those of questions are ours. */
const TOPICS = {
  poll: "CREATE_POLL",
  pollEnd: "END_POLL",
  vote: (pollId: string) => `SUBMIT_A_POLL_${pollId}`,
  question: "QUESTION",
  support: "QUESTION_SUPPORT",
  answered: "QUESTION_ANSWERED",
} as const;

export interface ActivitiesOptions {
  /** Makes and ends polls, and ticks questions off. */
  isHost: boolean;
  /** Something new came from somebody else. */
  arrived(words: string): void;
  failed(error: unknown): void;
  /** Absent where there is nothing to close. */
  closed?: () => void;
}

/** Polls and questions beside the stream or the call. */
export class Activities {
  readonly view: HTMLElement;
  private readonly polls = new PollBook();
  private readonly questions = new QuestionBook();
  private readonly list = element("div", { class: "activity-list", "data-testid": "activities" });
  private readonly input: HTMLTextAreaElement;
  private isOld = true;

  constructor(
    private readonly meeting: Meeting,
    private readonly options: ActivitiesOptions,
  ) {
    this.input = element("textarea", {
      rows: 1,
      placeholder: "Ask a question",
      "aria-label": "Question",
      maxlength: LONGEST_QUESTION,
      "data-testid": "question-input",
      onkeydown: (event) => {
        const key = event as KeyboardEvent;
        if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
        key.preventDefault();
        this.ask();
      },
    });
    const { isHost, closed } = options;
    this.view = element(
      "aside",
      { class: "side activities", hidden: true, "aria-label": "Polls and questions" },
      element(
        "header",
        {},
        element("h2", {}, "Polls and questions"),
        closed &&
          element("button", { class: "plain", "aria-label": "Close polls and questions", onclick: closed }, icon("close")),
      ),
      isHost
        ? element(
            "div",
            { class: "activity-actions" },
            element(
              "button",
              {
                type: "button",
                class: "small no",
                "data-testid": "new-poll",
                onclick: () => pollDialog((poll) => this.publish(TOPICS.poll, JSON.stringify(poll))),
              },
              icon("poll"),
              "New poll",
            ),
          )
        : null,
      this.list,
      element(
        "form",
        {
          class: "chat-form",
          onsubmit: (event) => {
            event.preventDefault();
            this.ask();
          },
        },
        this.input,
        element("button", { class: "send", "aria-label": "Ask", title: "Ask (Enter)", "data-testid": "question-send" }, icon("send")),
      ),
    );
    this.refresh();
  }

  /** Begins to listen, and learns what was asked before. */
  async open(): Promise<void> {
    const { pubSub } = this.meeting;
    const topics: [string, (message: PubSubMessage) => void][] = [
      [TOPICS.poll, (message) => this.polled(message)],
      [TOPICS.question, (message) => this.asked(message)],
      [TOPICS.support, ({ senderId, message }) => this.questions.supported(senderId, message)],
      [TOPICS.answered, ({ message }) => this.questions.answered(message)],
    ];
    for (const [topic, take] of topics) {
      const old = await pubSub.subscribe(topic, (message) => {
        take(message);
        this.refresh();
      });
      old.forEach(take);
    }
    await Promise.all(this.votesAwaited.splice(0));
    // Votes of before count also in a poll that is over by now.
    const ended = ({ message }: PubSubMessage): void => this.polls.ended(message);
    const old = await pubSub.subscribe(TOPICS.pollEnd, (message) => {
      ended(message);
      this.refresh();
    });
    old.forEach(ended);
    this.isOld = false;
    this.refresh();
  }

  /** Another room, other questions. */
  clear(): void {
    this.polls.clear();
    this.questions.clear();
    this.refresh();
  }

  focus(): void {
    this.input.focus();
  }

  private readonly votesAwaited: Promise<void>[] = [];

  private polled({ message, senderId }: PubSubMessage): void {
    const poll = this.polls.created(message);
    if (!poll) return;
    const take = (vote: PubSubMessage): void => this.polls.voted(poll.id, vote.senderId, vote.message);
    const subscribed = this.meeting.pubSub
      .subscribe(TOPICS.vote(poll.id), (vote) => {
        take(vote);
        this.refresh();
      })
      .then((old) => {
        old.forEach(take);
        this.refresh();
      })
      .catch(() => {});
    if (this.isOld) this.votesAwaited.push(subscribed);
    this.tell(senderId, `Poll: ${poll.question}`);
  }

  private asked({ id, senderId, senderName, message }: PubSubMessage): void {
    this.questions.asked(id, senderId, senderName.trim() || "Guest", message);
    if (this.options.isHost) this.tell(senderId, `${senderName.trim() || "Somebody"} asks a question`);
  }

  private tell(senderId: string, words: string): void {
    if (!this.isOld && senderId !== this.meeting.localParticipant.id) this.options.arrived(words);
  }

  private publish(topic: string, message: unknown): void {
    this.meeting.pubSub.publish(topic, message, { persist: true }).catch((error: unknown) => this.options.failed(error));
  }

  private ask(): void {
    const text = this.input.value.trim();
    if (text === "") return;
    this.input.value = "";
    this.publish(TOPICS.question, text);
  }

  private refresh(): void {
    const questions = this.questions.sorted;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.focus;
    const cards = [
      ...this.polls.polls.filter(({ isOver }) => !isOver).map((poll) => this.pollCard(poll)),
      ...questions.map((question) => this.questionCard(question)),
      ...this.polls.polls.filter(({ isOver }) => isOver).map((poll) => this.pollCard(poll)),
    ];
    const nothing = this.options.isHost
      ? "Ask everybody with a poll. What viewers would like to know appears here."
      : "Ask the people on stage. Questions are seen by everyone, and polls appear here too.";
    if (cards.length === 0) cards.push(element("p", { class: "chat-empty" }, nothing));
    this.list.replaceChildren(...cards);
    // What was pressed is there again, newly made.
    if (focused) this.list.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  private pollCard(poll: Poll): HTMLElement {
    const counts = this.polls.counts(poll);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const own = this.polls.choice(poll, this.meeting.localParticipant.id);
    // Who has not voted yet should not vote as the others did.
    const isShown = poll.isOver || own !== null || this.options.isHost;
    const most = Math.max(...counts, 1);
    const rows = poll.options.map(({ optionId, option }, index) => {
      const count = counts[index] ?? 0;
      const percent = total === 0 ? 0 : Math.round((100 * count) / total);
      const bar = element("span", { class: "poll-bar", "aria-hidden": "true" });
      bar.style.width = isShown ? `${percent}%` : "0";
      const leads = poll.isOver && count === most && total > 0;
      return element(
        "button",
        {
          type: "button",
          class: `poll-option${own === optionId ? " own" : ""}${leads ? " leads" : ""}`,
          disabled: poll.isOver,
          "aria-pressed": String(own === optionId),
          "data-testid": "poll-option",
          "data-focus": `${poll.id}/${optionId}`,
          onclick: () => this.publish(TOPICS.vote(poll.id), JSON.stringify({ optionId })),
        },
        bar,
        element("span", { class: "poll-words" }, option),
        isShown ? element("span", { class: "poll-share" }, `${percent} %`) : null,
      );
    });
    const voices = `${total} ${total === 1 ? "vote" : "votes"}`;
    return element(
      "section",
      { class: `activity poll${poll.isOver ? " over" : ""}`, "aria-label": `Poll: ${poll.question}`, "data-testid": "poll" },
      element("h3", {}, poll.question),
      ...rows,
      element(
        "footer",
        {},
        element("span", {}, poll.isOver ? `${voices} · ended` : voices),
        this.options.isHost && !poll.isOver
          ? element(
              "button",
              { type: "button", class: "text-button", "data-testid": "end-poll", onclick: () => this.publish(TOPICS.pollEnd, JSON.stringify({ id: poll.id })) },
              "End poll",
            )
          : null,
      ),
    );
  }

  private questionCard(question: Question): HTMLElement {
    const isOwn = question.supporters.has(this.meeting.localParticipant.id);
    const count = question.supporters.size;
    const label = `${count} would like to know: ${question.text}`;
    return element(
      "section",
      { class: `activity question${question.isAnswered ? " over" : ""}`, "data-testid": "question" },
      element(
        "button",
        {
          type: "button",
          class: `support${isOwn ? " own" : ""}`,
          disabled: question.isAnswered || isOwn,
          "aria-pressed": String(isOwn),
          "aria-label": label,
          title: "I would like to know too",
          "data-testid": "support-question",
          "data-focus": question.id,
          onclick: () => this.publish(TOPICS.support, question.id),
        },
        icon("up"),
        element("span", {}, String(count)),
      ),
      element(
        "div",
        { class: "question-words" },
        element("span", { class: "message-sender" }, question.by),
        element("p", {}, question.text),
        question.isAnswered
          ? element("span", { class: "answered" }, icon("check"), "Answered")
          : this.options.isHost
            ? element(
                "button",
                { type: "button", class: "text-button", "data-testid": "answer-question", onclick: () => this.publish(TOPICS.answered, question.id) },
                "Mark as answered",
              )
            : null,
      ),
    );
  }
}
