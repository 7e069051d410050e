/** A folder of `src/`. */
export interface Room {
  readonly name: string
  /** What is in it, in one sentence without its full stop. */
  readonly purpose: string
  /** Whether a browser runs it too, so that nothing of Node may be reached from it. */
  readonly pure?: true
}

/**
 * The rooms of `src/`, lowest level first. A file may import from its own level and from lower ones; two rooms of one
 * level do not import each other in a circle. `.` stands for the files directly in `src/`; the public index may import
 * everything.
 */
export const levels: readonly (readonly Room[])[] = [
  [{ name: '.', purpose: 'Errors, and how bytes and durations are written' }],
  [
    { name: 'questions', purpose: 'Questions and texts that Lethe wrote', pure: true },
    { name: 'math', purpose: 'Random numbers by counter, and small linear algebra', pure: true },
    { name: 'jinja', purpose: 'Chat templates, as jinja2 renders them', pure: true },
    { name: 'files', purpose: 'Files and folders that are there as a whole or not at all' },
  ],
  [
    {
      name: 'graph',
      purpose: 'The static tensor graph: ops, shapes, gradients, reference evaluation',
      pure: true,
    },
  ],
  [
    {
      name: 'engine',
      purpose: 'What runs a graph: the contract, and ONNX Runtime or XLA behind it',
    },
  ],
  [
    {
      name: 'parts',
      purpose:
        'What a training step is made of: losses, combiners, selectors, gradient estimators, optimisers, merge rules',
      pure: true,
    },
    { name: 'model', purpose: 'Architectures as graphs, adapters, generation' },
    { name: 'data', purpose: 'Records of files as examples, tokens and batches' },
    { name: 'checkpoint', purpose: 'Hugging Face model folders, tokenizers, training states' },
    { name: 'gguf', purpose: 'GGUF files, read as Hugging Face folders and written from them' },
    { name: 'hub', purpose: 'The Hugging Face hub: download, cache, upload' },
  ],
  [
    { name: 'method', purpose: 'Published methods: named points in the space of parts' },
    { name: 'metric', purpose: 'Metrics: pure functions of numbers and texts', pure: true },
  ],
  [{ name: 'train', purpose: 'The training loop: a step, its guards, its states' }],
  [
    { name: 'edit', purpose: 'Changes of weights in closed form, without a training loop' },
    {
      name: 'measure',
      purpose: 'What a model answers and scores on rows, kept as records, and the metrics of these',
    },
  ],
  [
    {
      name: 'goal',
      purpose: 'What ignorance is, row by row, how near a model is to it, and what to do next',
    },
  ],
  [
    { name: 'benchmark', purpose: 'Benchmarks: declarations of rows, prompts and metrics' },
    { name: 'compare', purpose: 'Runs and leaderboards beside each other: seeds, spread, rank' },
  ],
  [{ name: 'recipe', purpose: 'Recipes: from text to a checked and complete value' }],
  [{ name: 'run', purpose: 'One run and its folder: plan, train, measure, export' }],
  [{ name: 'report', purpose: 'Pages and figures, made of what a run folder or a board holds' }],
  [
    {
      name: 'job',
      purpose: 'Performs what a recipe says, in its folder, and goes on where it was',
    },
    { name: 'track', purpose: 'Events of a run for TensorBoard and MLflow' },
  ],
  [
    { name: 'studio', purpose: 'The local web page over run folders' },
    { name: 'api', purpose: 'What a program calls: run, evaluate, compare, ask a model' },
    { name: 'conformance', purpose: 'The suites that parts must pass, for parts from outside too' },
  ],
  [{ name: 'cli', purpose: 'The command line: words in, text out' }],
]
