import config from '../../assets/lethe-tiny/config.json?url'
import generationConfig from '../../assets/lethe-tiny/generation_config.json?url'
import weights from '../../assets/lethe-tiny/model.safetensors?url'
import tokenizer from '../../assets/lethe-tiny/tokenizer.json?url'
import tokenizerConfig from '../../assets/lethe-tiny/tokenizer_config.json?url'

const addresses = {
  'config.json': config,
  'generation_config.json': generationConfig,
  'model.safetensors': weights,
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': tokenizerConfig,
}

/** The demo's model, fetched from where the page came from. */
export async function modelFiles(): Promise<Map<string, Uint8Array>> {
  const files = Object.entries(addresses).map(async ([name, address]) => {
    const response = await fetch(address)
    if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`)
    return [name, new Uint8Array(await response.arrayBuffer())] as const
  })
  return new Map(await Promise.all(files))
}

/** What made a model here, for its card. */
export const versions: Readonly<Record<string, string>> = {
  lethe: __LETHE_VERSION__,
  'onnxruntime-web': __ORT_VERSION__,
}
