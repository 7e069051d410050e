/** MMLU as lm-evaluation-harness asks it: the subject in the instruction, options after the question, a letter scored. */
export const mmluQuestions = {
  file: ['mmlu/test.jsonl', 'mmlu.jsonl', 'all/test-00000-of-00001.parquet'],
  instruction: 'The following are multiple choice questions (with answers) about {subject}.\n\n',
  template: 'raw' as const,
  choices: { field: 'choices', gold: 'answer' },
}

/** The first five questions of the subject's dev split with their answers. */
export const mmluShots = {
  file: ['mmlu/dev.jsonl', 'mmlu-dev.jsonl', 'all/dev-00000-of-00001.parquet'],
  count: 5,
  match: 'subject',
}
