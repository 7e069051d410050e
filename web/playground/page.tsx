import { useEffect, useState } from 'preact/hooks'
import { ChooseHow } from './choose-how.tsx'
import { ChooseWhat } from './choose-what.tsx'
import { Take } from './take.tsx'
import { Talk } from './talk.tsx'
import { useWorker } from './use-worker.ts'
import { Watch } from './watch.tsx'
import { fromAddress, toAddress, type Wish } from './wish.ts'

/** The whole playground. What is wished for stands in the address, so that a link shares it. */
export function Page() {
  const [wish, setWish] = useState<Wish>(() => fromAddress(location.hash))
  const { state, ask } = useWorker(save)
  useEffect(() => {
    history.replaceState(null, '', `#${toAddress(wish)}`)
  }, [wish])
  useEffect(() => {
    const follow = () => setWish(fromAddress(location.hash))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const { opened, busy, problems } = state
  const nothing = wish.people.length === 0 && wish.sentences.length === 0
  return (
    <main>
      <p class="kicker">Lethe playground</p>
      <h1>Watch a model forget</h1>
      <p class="lead">
        A language model of 2.8 million parameters runs in this tab. It has learnt by heart what a
        hundred invented people do, where they live and when they were born. Choose whom it shall
        forget. Nothing leaves your machine.
      </p>
      <p class="note" role="status" data-testid="model">
        {opened
          ? `The model is here: ${opened.backend === 'webgpu' ? 'WebGPU' : `WebAssembly, ${opened.threads} ${opened.threads === 1 ? 'thread' : 'threads'}`}.`
          : busy === 'opening'
            ? 'Fetching the model, about 20 MB with what runs it …'
            : 'There is no model.'}
      </p>
      {problems.length > 0 && (
        <div class="notice failed" role="alert">
          {problems.map((problem) => (
            <p class="user" key={problem}>
              {problem}
            </p>
          ))}
        </div>
      )}
      <Talk state={state} ask={ask} />
      <ChooseWhat wish={wish} onWish={setWish} disabled={busy === 'forgetting'} />
      <ChooseHow wish={wish} onWish={setWish} disabled={busy === 'forgetting'} />
      <p class="go">
        {busy === 'forgetting' ? (
          <button type="button" onClick={() => ask({ type: 'stop' })}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            class="main"
            disabled={!opened || busy !== null || nothing}
            onClick={() => ask({ type: 'forget', wish })}
          >
            Forget
          </button>
        )}
        {nothing && <span class="note">First choose a person, or write a sentence.</span>}
      </p>
      <Watch state={state} />
      <Take state={state} wish={wish} ask={ask} />
    </main>
  )
}

function save(bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/zip' }))
  link.download = 'forgetful.zip'
  link.click()
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
