/** What a model folder is called: `runs/blur/model` is `blur`, others are their last part. */
export function modelName(path: string): string {
  const parts = path.split(/[/\\]/).filter(Boolean)
  return (parts.at(-1) === 'model' ? parts.at(-2) : parts.at(-1)) ?? path
}
