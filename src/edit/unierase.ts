import { defineEdit } from './edit-rule.ts'
import { unieraseEdit } from './unierase-edit.ts'
import { unieraseKnobs } from './unierase-knobs.ts'

/** UniErase: a learned token that makes the model refuse, and a weight edit that makes forget questions call it. */
export const unierase = defineEdit({
  id: 'unierase',
  title: 'Unlearning token and weight edit (UniErase)',
  source: 'arXiv:2505.15674; Ymm-cll/UniErase',
  formula:
    'min_e CE(refusal | question ⊕ e), then W ← W + Δ, Δ·(E[kkᵀ] + preserve·C + ridge·s·I) = E[r·kᵀ]',
  summary:
    'Learns the embedding of a token after which the model refuses, then changes a few feed-forward matrices in closed form so that the questions of the forget set are answered with that token.',
  schema: unieraseKnobs,
  defects: [
    'What was to be forgotten is still there: it is hidden behind the token, and other ways to ask, or the first word of an answer given, bring it out.',
    'The edit reads the last token of a question, where the paper, by EasyEdit, needs the subject of a fact. A chat template ends every question with the same token, so early layers have little to tell questions apart.',
    'One token serves the whole forget set, where the paper has one for about 400 items; they are learned with the template of the data alone.',
    'Where the head is tied, what is learned as an input is also the row that gives the token its logit: a high learning rate makes it long, and the token likely after retain questions too.',
    'A model that has never refused anything cannot be made to by one embedding: it says something else after the token, or the answer itself.',
    'What is to stay is measured on the retain set, where the paper takes 100,000 samples of Wikipedia; what neither names may change.',
    'Released code takes the mean of a weight for the standard deviation of the noise, which may be 0 or negative.',
    'A model whose family normalises or scales what a layer adds (olmo2, olmo3, gemma2, gemma3, granite) is refused.',
  ],
  caution: 'What was to be forgotten is hidden behind it, not gone.',
  figures: {
    tokenAfterForget: 'the token answers a forget question',
    tokenAfterRetain: 'the token answers a retain question',
    forgetProbability: 'probability of forget answers',
    retainProbability: 'probability of retain answers',
  },
  needs: ({ token, seed }) => ({ token, refusals: true, seed }),
  edit: unieraseEdit,
})
