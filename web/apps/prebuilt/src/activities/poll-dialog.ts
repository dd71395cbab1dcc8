import { element } from "../dom";
import { icon } from "../icons";
import { openDialog } from "../outputs/dialog";
import { LONGEST, OPTIONS } from "./poll-book";

/** A poll as it is sent. */
export interface NewPoll {
  id: string;
  question: string;
  options: { optionId: string; option: string; isCorrect: boolean }[];
  timeout: number;
  hasCorrectAnswer: boolean;
  hasTimer: boolean;
  isActive: boolean;
}

/** Asks for a question and its answers. */
export function pollDialog(done: (poll: NewPoll) => void): void {
  const question = field("Question", LONGEST.question, "poll-question");
  const answers = element("div", { class: "poll-answers" });
  const more = element(
    "button",
    { type: "button", class: "text-button", "data-testid": "more-answers", onclick: () => add().focus() },
    icon("plus"),
    "Another answer",
  );
  const add = (): HTMLInputElement => {
    const made = field(`Answer ${answers.childElementCount + 1}`, LONGEST.option, "poll-answer");
    answers.append(made);
    more.hidden = answers.childElementCount >= OPTIONS.most;
    return made;
  };
  add();
  add();
  const form = element(
    "form",
    {
      class: "dialog-form",
      onsubmit: (event) => {
        event.preventDefault();
        const given = [...answers.children].map((each) => (each as HTMLInputElement).value.trim());
        const options = given.filter((option) => option !== "");
        if (question.value.trim() === "") return question.focus();
        if (options.length < OPTIONS.least) {
          return (answers.children[given.indexOf("")] as HTMLElement | undefined)?.focus();
        }
        done({
          id: crypto.randomUUID(),
          question: question.value.trim(),
          options: options.map((option, index) => ({ optionId: String(index + 1), option, isCorrect: false })),
          timeout: 0,
          hasCorrectAnswer: false,
          hasTimer: false,
          isActive: true,
        });
        dialog.close();
      },
    },
    question,
    answers,
    more,
    element("div", { class: "dialog-foot" }, element("button", { class: "primary", "data-testid": "start-poll" }, "Start the poll")),
  );
  const dialog = openDialog("New poll", "poll-dialog", form);
  question.focus();
}

function field(label: string, longest: number, test: string): HTMLInputElement {
  return element("input", { type: "text", placeholder: label, "aria-label": label, maxlength: longest, "data-testid": test });
}
