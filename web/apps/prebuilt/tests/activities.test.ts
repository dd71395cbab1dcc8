import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_POLLS, PollBook } from "../src/activities/poll-book";
import { MOST_QUESTIONS, QuestionBook } from "../src/activities/question-book";

const options = [
  { optionId: "a", option: "Yes", isCorrect: false },
  { optionId: "b", option: "No", isCorrect: false },
];
const poll = (id: string): string => JSON.stringify({ id, question: "Shall we?", options, isActive: true });

test("everybody has one vote in a poll, until it is over", () => {
  const book = new PollBook();
  const made = book.created(poll("p1"));
  assert(made);
  book.voted("p1", "ann", { optionId: "a" });
  book.voted("p1", "bob", '{"optionId":"a"}');
  book.voted("p1", "bob", { optionId: "b" });
  for (const wrong of [{ optionId: "z" }, "{", null, 7]) book.voted("p1", "eve", wrong);
  assert.deepEqual(book.counts(made), [1, 1]);
  assert.equal(book.choice(made, "bob"), "b");
  assert.equal(book.choice(made, "eve"), null);
  book.ended({ id: "p1" });
  book.voted("p1", "eve", { optionId: "a" });
  assert.deepEqual(book.counts(made), [1, 1]);
  assert(made.isOver);
});

test("what is no poll is left out, and no more is kept than can be shown", () => {
  const book = new PollBook();
  const few = JSON.stringify({ id: "p", question: "One?", options: options.slice(1) });
  const wrong: unknown[] = ["", "{}", few, { id: "p", question: " ", options }, [], null, { id: "p", question: "?", options: 4 }];
  for (const each of wrong) assert.equal(book.created(each), null);
  for (let index = 0; index < MOST_POLLS + 5; index += 1) book.created(poll(`p${index}`));
  assert.equal(book.created(poll(`p${MOST_POLLS}`)), null, "known already");
  assert.equal(book.polls.length, MOST_POLLS);
  assert.equal(book.polls[0]?.id, `p${MOST_POLLS + 4}`);
});

test("what many would like to know comes first, what is answered last", () => {
  const book = new QuestionBook();
  book.asked("q1", "ann", "Ann", "When?");
  book.asked("q2", "bob", "Bob", " Where? ");
  book.asked("q3", "eve", "Eve", "Why?");
  book.supported("ann", "q2");
  book.supported("ann", "q2");
  book.supported("ann", "none");
  assert.deepEqual(book.sorted.map(({ id }) => id), ["q2", "q1", "q3"]);
  assert.equal(book.sorted[0]?.supporters.size, 2);
  book.answered("q2");
  assert.deepEqual(book.sorted.map(({ text }) => text), ["When?", "Why?", "Where?"]);
  for (const wrong of ["", "  ", 7, null]) book.asked("q4", "eve", "Eve", wrong);
  assert.equal(book.sorted.length, 3);
  for (let index = 0; index < MOST_QUESTIONS; index += 1) book.asked(`m${index}`, "eve", "Eve", "Again?");
  assert.equal(book.sorted.length, MOST_QUESTIONS);
  assert(!book.sorted.some(({ id }) => id === "q2"), "an answered one goes first");
});
