import { describe, expect, it } from 'vitest'
import { problemsOf } from '../files/testing/problems-of.ts'
import { generationDefaults, unfollowedGeneration } from './generation-config.ts'

describe('generationDefaults', () => {
  it('is greedy and endless where nothing is said', () => {
    const nothing = { eosTokens: [], sample: false, temperature: 1, topP: 1 }
    expect(generationDefaults({}, null)).toEqual(nothing)
    expect(generationDefaults({ eos_token_id: null }, { temperature: null })).toEqual(nothing)
  })

  it('takes each key from generation_config.json, else from config.json', () => {
    expect(
      generationDefaults(
        { eos_token_id: 2, temperature: 0.5 },
        { eos_token_id: [128001, 128009, 128001], do_sample: true, top_p: 0.9 },
      ),
    ).toEqual({ eosTokens: [128001, 128009], sample: true, temperature: 0.5, topP: 0.9 })
    expect(generationDefaults({ eos_token_id: 2 }, {}).eosTokens).toEqual([2])
    expect(generationDefaults({ eos_token_id: 2 }, { eos_token_id: 0 }).eosTokens).toEqual([0])
  })

  it('takes temperature 0 as greedy', () => {
    expect(generationDefaults({}, { do_sample: true, temperature: 0 })).toMatchObject({
      sample: false,
      temperature: 1,
    })
  })

  it('names every bad value with its file', async () => {
    const bad = () =>
      generationDefaults(
        { eos_token_id: '</s>', temperature: -1 },
        { top_p: 1.5, do_sample: 'yes' },
      )
    expect(await problemsOf(bad)).toMatchObject([
      { path: 'config.json: eos_token_id', got: '"</s>"' },
      { path: 'generation_config.json: do_sample', got: '"yes"' },
      { path: 'config.json: temperature', expected: 'a number ≥ 0', got: '-1' },
      { path: 'generation_config.json: top_p', got: '1.5' },
    ])
  })
})

it('names what is asked for and not followed', () => {
  const asked = { repetition_penalty: 50, no_repeat_ngram_size: 1, do_sample: false, top_k: 5 }
  const found = unfollowedGeneration('m', { num_beams: 4 }, asked)
  expect(found.map(({ path, got }) => `${path} = ${got}`)).toEqual([
    'm/generation_config.json: repetition_penalty = 50',
    'm/generation_config.json: no_repeat_ngram_size = 1',
    'm/config.json: num_beams = 4',
  ])
  const neutral = { repetition_penalty: 1.0, num_beams: 1, bad_words_ids: [], min_length: 0 }
  expect(unfollowedGeneration('m', {}, { ...neutral, do_sample: true, top_k: 50 })).toEqual([])
  const draws = unfollowedGeneration('m', {}, { do_sample: true, top_k: 20, min_p: 0.1 })
  expect(draws.map(({ path }) => path)).toEqual([
    'm/generation_config.json: top_k',
    'm/generation_config.json: min_p',
  ])
})
